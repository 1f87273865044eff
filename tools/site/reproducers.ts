/** The reproducers of bugs in real releases, which the page links to: one Python file for each trace of traces/releases/. */
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { reproducerOf } from '../../src/edge/qemu/reproducer/reproducer.ts';
import { readTrace } from '../../src/trace/read.ts';
import { ROOT } from '../copy-of-tree.ts';

const TRACES = join(ROOT, 'traces/releases');
const ENDING = '.trace.yaml';

/** @param folder where the site goes; they are put into `reproducers/` in it */
export function writeReproducers(folder: string): void {
  mkdirSync(join(folder, 'reproducers'), { recursive: true });
  for (const name of readdirSync(TRACES).filter((file) => file.endsWith(ENDING)))
    writeFileSync(
      join(folder, 'reproducers', name.replace(ENDING, '.py')),
      reproducerOf(readTrace(readFileSync(join(TRACES, name), 'utf8'))),
    );
}
