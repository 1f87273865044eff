#!/usr/bin/env node
/**
 * `npm run matrix [-- --seeds 30 --max 50000 --rule NAME ... --out FILE]`: for each rule off, in the mode of
 * its trace in traces/gallery/, how many schedules a campaign needs until something breaks: with each strategy
 * on small disks, and with the default on larger ones. Writes docs/strategies.md.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { Piscina } from 'piscina';
import { RULE_NAMES } from '../dist/model/families/notifier/rules.js';
import { STRATEGIES } from '../dist/src/search/strategies/strategies.js';
import { readTrace } from '../dist/src/trace/read.js';
import { document } from './matrix/document.mjs';

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '30' },
    max: { type: 'string', default: '50000' },
    rule: { type: 'string', multiple: true, default: RULE_NAMES },
    out: { type: 'string' },
  },
});
const [seeds, max] = [Number(values.seeds), Number(values.max)];
const names = Object.keys(STRATEGIES);
const SMALL = { clusters: 4, writes: 3 };
const LARGE = { clusters: 16, writes: 8 };
/** The default comes last. */
const COLUMNS = [...names.map((strategy) => ({ strategy, ...SMALL })), { strategy: 'portfolio', ...LARGE }];
/** Most strategies miss the race on large disks, and a miss takes all of the budget. */
const [raceSeeds, raceMax] = [Math.ceil(seeds / 3), Math.ceil(max / 5)];

const pool = new Piscina({ filename: new URL('./matrix/measure.mjs', import.meta.url).href, maxThreads: availableParallelism() });
const total = seeds * values.rule.length * COLUMNS.length + raceSeeds * names.length * 2;
let done = 0;
const measure = async (task) =>
  pool
    .run(task)
    .finally(
      () =>
        ++done % Math.ceil(total / 20) === 0 && process.stderr.write(`${Math.round((100 * done) / total)} % of ${total} searches done\n`),
    );
const measured = async (task, count) =>
  Promise.all(Array.from({ length: count }, (_, i) => measure({ max, ...task, seed: `matrix ${i}` })));

const rows = values.rule.map(async (rule) => {
  const { mode } = readTrace(readFileSync(new URL(`../traces/gallery/${rule}.trace.yaml`, import.meta.url), 'utf8')).scenario;
  const cells = await Promise.all(COLUMNS.map(async (column) => measured({ rule, mode, ...column }, seeds)));
  return { rule, mode, cells };
});
const race = names.map(async (strategy) => {
  const cells = await Promise.all(
    [SMALL, LARGE].map(async (size) =>
      measured({ rule: 'drainBeforeUnhook', mode: 'top', strategy, ...size, plain: true, max: raceMax }, raceSeeds),
    ),
  );
  return { strategy, cells };
});
writeFileSync(
  values.out ?? new URL('../docs/strategies.md', import.meta.url),
  document({ columns: COLUMNS, rows: await Promise.all(rows), race: await Promise.all(race), seeds, raceSeeds, max, raceMax }),
);
await pool.destroy();
