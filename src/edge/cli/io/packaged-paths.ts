/**
 * Paths of the documents and of the help, such as `traces/gallery/wakeWaiters.trace.yaml`: where they are not in this folder, the
 * package's own are read. Only for commands that read them: nothing is ever written into the package.
 */
import { existsSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { Command } from 'commander';
import { printable } from '../../../trace/printable.ts';
import { PACKAGE_ROOT } from '../../files/package-root.ts';
import { io } from './io.ts';

const SHIPPED = /^(?:traces|examples)\/(?!.*\.\.)/;
/** Commands with the options that name files to read. Their arguments are traces. */
const READ: Readonly<Record<string, readonly string[]>> = {
  check: ['job', 'scenario', 'workload'],
  replay: ['job'],
  explain: ['job'],
  learn: [],
};

/** @param command that is about to run, its command line parsed */
export function readPackaged(command: Command): void {
  const options = READ[command.name()];
  if (options === undefined) return;
  const found = new Map<string, string>();
  const read = (path: unknown): unknown => {
    const own = typeof path === 'string' ? packaged(path) : null;
    if (own === null) return Array.isArray(path) ? path.map(read) : path;
    found.set(path as string, own);
    return own;
  };
  command.processedArgs = command.processedArgs.map(read);
  for (const name of options)
    command.setOptionValueWithSource(name, read(command.getOptionValue(name)), command.getOptionValueSource(name));
  for (const [path, own] of found)
    io().err(`cowcheck: ${printable(path)} is not in this directory; reading cowcheck's own: ${printable(own)}\n`);
}

/** @returns null: it is not one of the package's, or it is here */
function packaged(path: string): string | null {
  if (!SHIPPED.test(path) || existsSync(path)) return null;
  const own = join(PACKAGE_ROOT, path);
  return existsSync(own) ? relative('', own) : null;
}
