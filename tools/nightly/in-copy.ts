/**
 * Runs a command in a copy of the tree, and compares files and folders that it writes with those of the tree:
 *
 *     node dist/tools/nightly/in-copy.js --same docs/rules.json -- node dist/tools/rules-matrix/main.js
 *
 * Exit status: 0 the command succeeds and the files are the same.
 */
import { spawn } from 'node:child_process';
import { readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ROOT, copyTree, scratchFolder } from '../copy-of-tree.ts';

const { values, positionals } = parseArgs({ options: { same: { type: 'string', multiple: true, default: [] } }, allowPositionals: true });
const [program, ...options] = positionals;
if (program === undefined) throw new Error('expected a command after --');

const copy = scratchFolder('copy');
copyTree(ROOT, copy);
const child = spawn(program, options, { cwd: copy, stdio: 'inherit' });
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => child.kill(signal));
const status = await new Promise<number>((done) => void child.on('exit', (code) => done(code ?? 1)));
const differing = values.same.flatMap((path) => differences(path));
for (const path of differing) process.stdout.write(`differs from the tree: ${path}\n`);
process.exitCode = status !== 0 ? status : differing.length > 0 ? 1 : 0;

function differences(path: string): string[] {
  const inTree = readIfThere(join(ROOT, path));
  const inCopy = readIfThere(join(copy, path));
  if (!Array.isArray(inTree) || !Array.isArray(inCopy)) return String(inTree) === String(inCopy) ? [] : [path];
  return [...new Set([...inTree, ...inCopy])].flatMap((name) => differences(join(path, name)));
}

/** A file's text, the names in a folder, or null. */
function readIfThere(path: string): string | string[] | null {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat === undefined) return null;
  return stat.isDirectory() ? readdirSync(path) : readFileSync(path, 'utf8');
}
