/**
 * Measures how many schedules a campaign needs until something breaks: for each rule off, in the mode of its trace in
 * traces/gallery/, with each strategy on small disks, and with the default on larger ones. Writes docs/strategies.md.
 *
 *     npm run matrix [-- --seeds 30 --max 50000 --rule NAME ... --out FILE]
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Piscina } from 'piscina';
import { RULE_NAMES, type RuleName } from '../../model/families/notifier/rules.ts';
import { STRATEGIES } from '../../src/search/strategies/strategies.ts';
import { readTrace } from '../../src/trace/read.ts';
import { ROOT } from '../copy-of-tree.ts';
import { type Column, type Needed, document } from './document.ts';
import type { Task } from './measure.ts';

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
const COLUMNS: readonly Column[] = [...names.map((strategy) => ({ strategy, ...SMALL })), { strategy: 'portfolio', ...LARGE }];
/** Most strategies miss the race on large disks, and a miss takes all of the budget. */
const [raceSeeds, raceMax] = [Math.ceil(seeds / 3), Math.ceil(max / 5)];

const rules = values.rule as RuleName[];
const pool = new Piscina<Task, number>({ filename: new URL('./measure.js', import.meta.url).href, maxThreads: availableParallelism() });
const total = seeds * rules.length * COLUMNS.length + raceSeeds * names.length * 2;
let done = 0;
const measure = async (task: Task): Promise<number> => {
  try {
    return await pool.run(task);
  } finally {
    if (++done % Math.ceil(total / 20) === 0) process.stderr.write(`${Math.round((100 * done) / total)} % of ${total} searches done\n`);
  }
};
const measured = async (task: Omit<Task, 'seed'>, count: number): Promise<Needed> =>
  Promise.all(Array.from({ length: count }, (_, i) => measure({ ...task, seed: `matrix ${i}` })));

const rows = rules.map(async (rule) => {
  const { mode } = readTrace(readFileSync(join(ROOT, `traces/gallery/${rule}.trace.yaml`), 'utf8')).scenario;
  const cells = await Promise.all(COLUMNS.map(async (column) => measured({ rule, mode, ...column, max }, seeds)));
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
  values.out ?? join(ROOT, 'docs/strategies.md'),
  document({ columns: COLUMNS, rows: await Promise.all(rows), race: await Promise.all(race), seeds, raceSeeds, max, raceMax }),
);
await pool.destroy();
