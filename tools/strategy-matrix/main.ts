/**
 * Measures how many schedules a campaign needs until something breaks: for each rule off, with each strategy on small disks, and with the
 * default on larger ones. Of the notifier in the mode of the rule's trace in traces/gallery/, and writes docs/strategies.md; of block-copy
 * in all modes in turn, with all that a scenario may ask of the job, and writes docs/strategies-today.md.
 *
 *     npm run matrix [-- --family block-copy --seeds 30 --max 50000 --strategy NAME ... --small --rule NAME ... --out FILE]
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Piscina } from 'piscina';
import { RULE_NAMES as BLOCK_COPY_RULES } from '../../model/families/block-copy/rules.ts';
import { RULES, RULE_NAMES as NOTIFIER_RULES, type RuleName as NotifierRule } from '../../model/families/notifier/rules.ts';
import type { Rule } from '../../model/families/rule.ts';
import type { RuleName } from '../../model/machine/job-names.ts';
import { STRATEGIES } from '../../src/search/strategies/strategies.ts';
import { readTrace } from '../../src/trace/read.ts';
import { ROOT } from '../copy-of-tree.ts';
import { type Column, type Needed, document, documentToday } from './document.ts';
import type { Task } from './measure.ts';

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '30' },
    max: { type: 'string', default: '50000' },
    family: { type: 'string', default: 'notifier' },
    strategy: { type: 'string', multiple: true, default: Object.keys(STRATEGIES) },
    small: { type: 'boolean', default: false },
    rule: { type: 'string', multiple: true },
    out: { type: 'string' },
  },
});
const [seeds, max] = [Number(values.seeds), Number(values.max)];
const isToday = values.family === 'block-copy';
const names = values.strategy;
const SMALL = { clusters: 4, writes: 3 };
const LARGE = { clusters: 16, writes: 8 };
/** The default comes last. */
const COLUMNS: readonly Column[] = [
  ...names.map((strategy) => ({ strategy, ...SMALL })),
  ...(values.small ? [] : [{ strategy: 'portfolio', ...LARGE }]),
];
/** Most strategies miss the race on large disks, and a miss takes all of the budget. */
const [raceSeeds, raceMax] = [Math.ceil(seeds / 3), Math.ceil(max / 5)];

const rules = (values.rule ?? (isToday ? BLOCK_COPY_RULES : NOTIFIER_RULES)) as RuleName[];
const races = isToday ? [] : names;
const pool = new Piscina<Task, number>({ filename: new URL('./measure.js', import.meta.url).href, maxThreads: availableParallelism() });
const total = seeds * rules.length * COLUMNS.length + raceSeeds * races.length * 2;
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

/** What is searched for a rule. */
function searchFor(rule: RuleName): Pick<Task, 'rule' | 'job' | 'mode' | 'faults'> {
  if (isToday) return { rule, job: 'block-copy', mode: 'all', faults: true };
  const { mode } = readTrace(readFileSync(join(ROOT, `traces/gallery/${rule}.trace.yaml`), 'utf8')).scenario;
  const { needsFaults }: Rule = RULES[rule as NotifierRule];
  return { rule, job: 'correct', mode, faults: needsFaults === true };
}

const rows = rules.map(async (rule) => {
  const search = searchFor(rule);
  const cells = await Promise.all(COLUMNS.map(async (column) => measured({ ...search, ...column, max }, seeds)));
  return { rule, mode: search.mode, cells };
});
const race = races.map(async (strategy) => {
  const cells = await Promise.all(
    [SMALL, LARGE].map(async (size) =>
      measured(
        { rule: 'drainBeforeUnhook', job: 'correct', mode: 'top', faults: false, strategy, ...size, plain: true, max: raceMax },
        raceSeeds,
      ),
    ),
  );
  return { strategy, cells };
});
writeFileSync(
  values.out ?? join(ROOT, isToday ? 'docs/strategies-today.md' : 'docs/strategies.md'),
  (isToday ? documentToday : document)({
    columns: COLUMNS,
    rows: await Promise.all(rows),
    race: await Promise.all(race),
    seeds,
    raceSeeds,
    max,
    raceMax,
  }),
);
await pool.destroy();
