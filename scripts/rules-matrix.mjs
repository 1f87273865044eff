#!/usr/bin/env node
/**
 * `npm run rules-matrix [-- RULE...]`: fills the matrix of rules (`cowcheck rules --matrix`), all of it or some
 * rows, writes it to docs/rules.json and its traces to traces/matrix/. The smallest trace of each rule, of
 * whichever mode, goes to traces/gallery/ and keeps what is said about it there. `npm run docs` does the rest.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { RULE_NAMES } from '../dist/model/families/notifier/rules.js';
import { matrixFiles, smallestTrace } from '../dist/src/matrix/corpus.js';
import { wordsOf } from '../dist/src/matrix/matrix.js';
import { readTrace } from '../dist/src/trace/read.js';
import { writeTrace } from '../dist/src/trace/write.js';

const root = fileURLToPath(new URL('..', import.meta.url));
const JSON_FILE = `${root}/docs/rules.json`;
const MATRIX = `${root}/traces/matrix`;
const GALLERY = `${root}/traces/gallery`;

const rules = process.argv.slice(2);
mkdirSync(MATRIX, { recursive: true });
const { status, stdout } = spawnSync(
  process.execPath,
  ['dist/src/edge/cli/main.js', 'rules', ...rules, '--matrix', '--json', '--out', MATRIX],
  {
    cwd: root,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
    maxBuffer: 2 ** 28,
  },
);
if (status !== 0) process.exit(status ?? 1);

const fresh = JSON.parse(stdout);
const kept = existsSync(JSON_FILE) ? JSON.parse(readFileSync(JSON_FILE, 'utf8')) : [];
for (const row of kept) addPairs(row);
const rows = RULE_NAMES.map((name) => fresh.find((row) => row.name === name) ?? kept.find((row) => row.name === name))
  .filter((row) => row !== undefined)
  .map((row) => ({ ...row, ...wordsOf(row.name) }));
writeFileSync(JSON_FILE, `${JSON.stringify(rows, null, 1)}\n`);

/** What fresh rows say of pairs is true of the other rule, too. */
function addPairs({ name, modes }) {
  for (const [mode, cell] of Object.entries(modes)) {
    const partners = new Set([
      ...cell.together.filter((other) => !rules.includes(other)),
      ...fresh.filter((row) => row.modes[mode].together.includes(name)).map((row) => row.name),
    ]);
    cell.together = RULE_NAMES.filter((other) => partners.has(other));
    if (cell.necessary === false && cell.asked) cell.maskedBy = cell.together;
  }
}

const wanted = new Set(matrixFiles(rows));
for (const file of readdirSync(MATRIX)) if (!wanted.has(file)) rmSync(`${MATRIX}/${file}`);

const load = (path) => readTrace(readFileSync(path, 'utf8'));
for (const row of rows) {
  const smallest = smallestTrace(row, (file) => load(`${MATRIX}/${file}`));
  const path = `${GALLERY}/${row.name}.trace.yaml`;
  const { about } = existsSync(path) ? load(path) : {};
  if (about === undefined) console.log(`${row.name}: nothing is said about it yet (about: in ${path})`);
  writeFileSync(path, writeTrace({ ...(about === undefined ? {} : { about }), ...smallest }));
}
