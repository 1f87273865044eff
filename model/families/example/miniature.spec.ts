import { describe, expect, it } from 'vitest';
import { sized } from '../../../tools/nightly/testing.ts';
import { ComparingBudget, ComparingEngine } from '../../kernel/comparing-engine.ts';
import { type Engine, GeneratorEngine, HiddenState } from '../../kernel/engine.ts';
import { LearnedTable } from '../../kernel/learned-table.ts';
import { nameOf } from '../../kernel/step.ts';
import { seeded, WAKES } from '../../testing.ts';
import { Miniature, type Plan } from './miniature.ts';
import { type Found, Search } from './search.ts';

const EQUAL = [
  { first: 0, end: 2 },
  { first: 0, end: 2 },
];
const OVERLAPPING = [
  { first: 0, end: 2 },
  { first: 1, end: 3 },
];

/** Whatever runs is compared. */
const ALL = { first: Infinity, part: 0 };

interface Sampled {
  readonly model: Miniature;
  readonly engine: Engine;
  readonly table: LearnedTable;
}

/** A model that runs one way, and is compared with a twin that runs the other way. */
function sampled(plan: Plan, way: 'generators' | 'table', budget = new ComparingBudget(ALL)): Sampled {
  const [model, twin] = [new Miniature(plan), new Miniature(plan)];
  const table = new LearnedTable((way === 'table' ? model : twin).coroutines, model.stepEnd);
  const generators = new GeneratorEngine((way === 'table' ? twin : model).coroutines);
  const [engine, twins] = way === 'table' ? [table, generators] : [generators, table];
  const compared = new ComparingEngine(
    engine,
    {
      world: model.world,
      readyTwin: () => ({
        world: twin.world,
        get lessons() {
          return table.lessons;
        },
        begin: () => twin.begin(twins),
        step: (id) => twins.step(twin.coroutines.byId(id)),
      }),
      parted: (id, step) => new HiddenState(`${model.coroutines.byId(id).name} in ${nameOf(step).label}`),
    },
    budget,
  );
  return { model, engine: compared, table };
}

/** Runs the plan so often in orders that are drawn. @returns how many steps ran, and what was found broken at their ends */
function runOften({ model, engine }: Sampled, seed: string, runs: number): { steps: number; broken: Set<string> } {
  const pick = seeded(seed);
  const broken = new Set<string>();
  let steps = 0;
  for (let run = 0; run < runs; run++) {
    model.begin(engine);
    for (let { ready } = model; ready.length > 0; { ready } = model) {
      engine.step(ready[pick(ready.length)]!);
      steps++;
    }
    if (model.broken !== null) broken.add(model.broken);
  }
  return { steps, broken };
}

const GUESTS = [
  ['equal ranges', EQUAL],
  ['ranges that overlap', OVERLAPPING],
] as const;
const PLANS = WAKES.flatMap((wake) =>
  GUESTS.map(([ranges, guests]) => ({ wake, ranges, plan: { clusters: 3, workers: 2, wake, guests } })),
);

/** On each engine, of each plan: by day, too, 10,000 in each wake order. */
const RUNS = sized(1_500, 5_000);

describe.each(PLANS)('block-copy in miniature (wake order $wake, two guests with $ranges)', ({ plan }) => {
  it.each(['generators', 'table'] as const)(`comes to the same cells both ways in ${RUNS} runs, sampled on %s`, (way) => {
    const one = sampled(plan, way);
    const { steps, broken } = runOften(one, way, RUNS);
    expect(steps).toBeGreaterThan(20 * RUNS);
    expect(one.table.lessons).toBeLessThan(steps / sized(20, 100));
    expect([...broken]).toEqual([]);
  });

  it('is searched alike with sleep sets and without', () => {
    const [plain, slept] = [false, true].map((sleepSets) => new Search(new Miniature(plan), { sleepSets }).run()) as [Found, Found];
    expect(plain.broken).toBeNull();
    expect(plain.states).toBeGreaterThan(5_000);
    // Sleep sets leave out transitions, and no state.
    expect({ ...slept, transitions: 0 }).toEqual({ ...plain, transitions: 0 });
    expect(slept.transitions).toBeLessThan(0.7 * plain.transitions);
  });

  it('loses a cluster to a write if a call claims it and then waits, and every search finds that', () => {
    const mistaken: Plan = { ...plan, workers: 1, mistake: 'claimsBeforeWaiting' };
    const lost = /^cluster \d holds 10[12]$/;
    const [plain, slept] = [false, true].map((sleepSets) => new Search(new Miniature(mistaken), { sleepSets }).run()) as [Found, Found];
    expect(plain.broken).toMatch(lost);
    expect(slept.broken).toMatch(lost);
    expect({ ...slept, transitions: 0, broken: '' }).toEqual({ ...plain, transitions: 0, broken: '' });
    const { broken } = runOften(sampled(mistaken, 'generators'), 'mistaken', 1_000);
    expect([...broken].every((what) => lost.test(what))).toBe(true);
    expect(broken.size).toBeGreaterThan(0);
  });
});

describe('a pool that calls reach through a field in JavaScript', () => {
  const planFor = (guests: Plan['guests']): Plan => ({ clusters: 3, workers: 2, wake: 'any', guests, mistake: 'poolInField' });

  it.each(['generators', 'table'] as const)('is told as hidden state where two guests have equal ranges, sampled on %s', (way) => {
    const one = sampled(planFor(EQUAL), way);
    expect(() => runOften(one, 'a field', 100)).toThrow(HiddenState);
    expect(() => runOften(one, 'a field', 100)).toThrow(/^g[12] in mini\..*: it keeps something outside the cells$/);
  });

  it('is told, too, where a twentieth of what runs may be spent on comparing', () => {
    const one = sampled(planFor(EQUAL), 'generators', new ComparingBudget({ first: 0, part: 1 / 20 }));
    expect(() => runOften(one, 'a field, sampled', 5_000)).toThrow(HiddenState);
  });

  it('does no harm, and is not told, where only one guest writes', () => {
    expect(() => runOften(sampled(planFor(EQUAL.slice(1)), 'table'), 'one guest', 200)).not.toThrow();
  });
});
