/**
 * Fills the matrix of rules (`cowcheck rules --matrix`), all of it or some rows. The matrix goes to docs/rules.json, and
 * its traces to traces/matrix/. The smallest trace of each rule, in whichever mode, goes to traces/gallery/ and keeps
 * what is said about it there. `npm run docs` does the rest.
 *
 *     npm run rules-matrix [-- RULE...]
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { RULE_NAMES, type RuleName } from '../../model/families/notifier/rules.ts';
import { matrixFiles, smallestTrace } from '../../src/matrix/corpus.ts';
import { type MatrixCell, type MatrixRow, wordsOf } from '../../src/matrix/matrix.ts';
import type { Trace } from '../../src/trace/format.ts';
import { readTrace } from '../../src/trace/read.ts';
import { ROOT } from '../copy-of-tree.ts';
import { corpusText } from '../corpus.ts';

const JSON_FILE = join(ROOT, 'docs/rules.json');
const MATRIX = join(ROOT, 'traces/matrix');
const GALLERY = join(ROOT, 'traces/gallery');

const asked = process.argv.slice(2);
mkdirSync(MATRIX, { recursive: true });
const { status, stdout } = spawnSync(
  process.execPath,
  ['dist/src/edge/cli/main.js', 'rules', ...asked, '--matrix', '--json', '--out', MATRIX],
  { cwd: ROOT, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'], maxBuffer: 2 ** 28 },
);
if (status !== 0) process.exit(status ?? 1);

const fresh = JSON.parse(stdout) as MatrixRow[];
const before = existsSync(JSON_FILE) ? (JSON.parse(readFileSync(JSON_FILE, 'utf8')) as MatrixRow[]) : [];
const kept = before.map(withFreshPairs);
const rows = RULE_NAMES.map((name) => fresh.find((row) => row.name === name) ?? kept.find((row) => row.name === name))
  .filter((row) => row !== undefined)
  .map((row) => ({ ...row, ...wordsOf(row.name) }));
writeFileSync(JSON_FILE, `${JSON.stringify(rows, null, 1)}\n`);

const wanted = new Set(matrixFiles(rows));
for (const file of readdirSync(MATRIX)) {
  const path = join(MATRIX, file);
  if (wanted.has(file)) writeFileSync(path, corpusText(load(path)));
  else rmSync(path);
}

for (const row of rows) {
  const smallest = smallestTrace(row, (file) => load(join(MATRIX, file)));
  const path = join(GALLERY, `${row.name}.trace.yaml`);
  const about = existsSync(path) ? load(path).about : undefined;
  if (about === undefined) console.log(`${row.name}: nothing is said about it yet (about: in ${path})`);
  writeFileSync(path, corpusText({ ...(about === undefined ? {} : { about }), ...smallest }));
}

/** A kept row with the pairs of the fresh rows: what those say of a pair is true of its other rule, too. */
function withFreshPairs(row: MatrixRow): MatrixRow {
  const cells = Object.entries(row.modes) as [keyof MatrixRow['modes'], MatrixCell][];
  const modes = Object.fromEntries(cells.map(([mode, cell]) => [mode, cellWithFreshPairs(row.name, mode, cell)]));
  return { ...row, modes: modes as MatrixRow['modes'] };
}

function cellWithFreshPairs(name: RuleName, mode: keyof MatrixRow['modes'], cell: MatrixCell): MatrixCell {
  const partners = new Set([
    ...cell.together.filter((other) => !asked.includes(other)),
    ...fresh.filter((row) => row.modes[mode].together.includes(name)).map((row) => row.name),
  ]);
  const together = RULE_NAMES.filter((other) => partners.has(other));
  const isMasked = cell.necessary === false && cell.asked === true;
  return { ...cell, together, ...(isMasked ? { maskedBy: together } : {}) };
}

function load(path: string): Trace {
  return readTrace(readFileSync(path, 'utf8'));
}
