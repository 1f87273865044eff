/**
 * Checks the house: each floor imports only what .dependency-cruiser.cjs lets it, and neither files nor folders import
 * each other in a circle; no line is longer than 140 columns, or leaves open who acts; no observer goes by the label of a
 * step, and no code asks of which family a job is, or for a sync mode by its name; links of documents lead somewhere. It also
 * draws it.
 *
 *     node dist/tools/house/main.js [FOLDER]      check (default: this tree)
 *     node dist/tools/house/main.js --draw        put the picture of this tree into CONTRIBUTING.md
 *
 * Exit status: 0 nothing is violated, 1 something is, 2 bad usage.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { ROOT } from '../copy-of-tree.ts';
import { withPicture } from './contributing.ts';
import { deadLinks } from './links.ts';
import { longLines, textsOfNobody, unplainLines } from './lines.ts';
import { questionsByName } from './modes.ts';
import { peekingCode } from './peeking.ts';
import { pictureOf } from './picture.ts';
import { readHouse } from './read.ts';

process.exitCode = await main();

/** @returns the exit status */
async function main(): Promise<number> {
  const { values, positionals } = parseArgs({ options: { draw: { type: 'boolean', default: false } }, allowPositionals: true });
  if (values.draw && positionals.length > 0) {
    process.stderr.write('house: --draw draws this tree, and takes no folder\n');
    return 2;
  }
  const folder = resolve(positionals[0] ?? ROOT);
  const { modules, violations: forbidden, folders } = await readHouse(folder);
  const violations = [
    ...forbidden,
    ...longLines(folder),
    ...unplainLines(folder),
    ...textsOfNobody(folder),
    ...deadLinks(folder),
    ...peekingCode(folder),
    ...questionsByName(folder),
  ];
  for (const violation of violations) process.stderr.write(`${violation}\n`);
  process.stdout.write(`floors: ${modules} modules read, ${violations.length} violations\n`);
  if (violations.length > 0) return 1;
  if (values.draw) {
    const path = join(ROOT, 'CONTRIBUTING.md');
    writeFileSync(path, withPicture(readFileSync(path, 'utf8'), pictureOf(folders)));
  }
  return 0;
}
