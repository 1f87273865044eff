import { describe, expect, it } from 'vitest';
import type { WakeOrder } from '../../../model/kernel/wake/orders.ts';
import { type Step, stepNamed, stepOf } from '../../../model/kernel/step.ts';
import { shapeOf } from '../../../model/machine/shape.ts';
import type { Scenario } from '../../../model/scenario/scenario.ts';
import { drawScenario, scenarios } from '../../scenarios/draw.ts';
import { MODES, SCOPE, WAKES, settingWithout } from '../../testing.ts';
import { Bench } from '../campaign/campaign.ts';
import { Experiment, type NamedStep, BestEffortReplay } from '../experiment.ts';
import { RunHistory } from './run-history.ts';
import { Pct } from './pct.ts';
import { Portfolio } from './portfolio.ts';
import { type RandomNumbers, randomNumbers } from './random-numbers.ts';
import { RandomWalk } from './random-walk.ts';
import type { RunResult } from '../run.ts';
import { StickyWalk } from './sticky-walk.ts';
import { STRATEGIES } from './strategies.ts';
import type { ReadySteps, Strategy } from './strategy.ts';

/**
 * Three scenarios of each mode, drawn once, in which there is something to choose; in one of them I/O fails, and an
 * operator pauses the job.
 */
const SCENARIOS: readonly Scenario[] = MODES.flatMap((mode) => {
  const random = randomNumbers(`conformance/${mode}`);
  const busy = (count: number, faults: boolean): Scenario[] => {
    const arbitrary = scenarios(mode, { ...SCOPE, faults });
    return Array.from({ length: count }, () => drawScenario(arbitrary, random)).filter(({ guest }) => guest.length >= 2);
  };
  return [
    ...busy(20, false).slice(0, 2),
    ...busy(400, true)
      .filter(({ pause, faults }) => pause === true && faults !== undefined)
      .slice(0, 1),
  ];
});

/** A strategy, watched: every pick must be one of the ready steps, and what runs is what was picked. */
class Watched implements Strategy {
  readonly name = 'watched';
  readonly ran: { id: number; step: Step }[] = [];
  /** Picks where there was a choice. */
  choices = 0;
  readonly #inner: Strategy;
  #picked: { id: number; step: Step } | null = null;

  constructor(inner: Strategy) {
    this.#inner = inner;
  }
  start(random: RandomNumbers): void {
    this.ran.length = 0;
    this.#inner.start(random);
  }
  pick(ready: ReadySteps): number {
    const { count } = ready;
    const pick = this.#inner.pick(ready);
    if (!Number.isInteger(pick) || pick < 0 || pick >= count) throw new Error(`picked ${pick} of ${count}`);
    if (count > 1) this.choices++;
    this.#picked = { id: ready.ids[pick]!, step: ready.step(pick) };
    return pick;
  }
  done(id: number, step: Step): void {
    if (id !== this.#picked?.id || step !== this.#picked.step)
      throw new Error(`picked ${JSON.stringify(this.#picked)}, and ${JSON.stringify({ id, step })} ran`);
    this.ran.push({ id, step });
    this.#inner.done(id, step);
  }
}

interface Watching {
  readonly result: RunResult;
  readonly ran: readonly { id: number; step: Step }[];
  readonly named: readonly NamedStep[];
}

/** So many schedules of a scenario under a strategy, each with what ran. */
function runs(strategy: Watched, scenario: Scenario, wake: WakeOrder, seed: string, count: number): Watching[] {
  const bench = new Bench(shapeOf(scenario, settingWithout([], { wake })));
  const { machine } = bench;
  machine.load(scenario);
  const random = randomNumbers(seed);
  return Array.from({ length: count }, () => {
    const result = bench.runner.run(strategy, random);
    const ran = [...strategy.ran];
    return { result, ran, named: ran.map(({ id, step }) => ({ who: machine.coroutineName(machine.coroutines.byId(id)), step })) };
  });
}

/** Ready steps out of thin air, each about another cluster. */
const readySteps = (...ids: number[]): ReadySteps => ({
  count: ids.length,
  ids: Int32Array.from(ids),
  step: (i) => stepOf(stepNamed('sleep')!, ids[i]!),
});

it('there are scenarios to hold strategies to', () => {
  expect(SCENARIOS).toHaveLength(9);
});

// A new strategy is one line in the registry, and this holds it to the contract of strategy.ts.
describe.each(Object.keys(STRATEGIES))('strategy %s', (name) => {
  const make = (): Strategy => STRATEGIES[name]!();

  it.each(WAKES)('picks one of the ready steps, always, and uses its freedom (wake order %s)', (wake) => {
    for (const [i, scenario] of SCENARIOS.entries()) {
      const strategy = new Watched(make());
      const schedules = runs(strategy, scenario, wake, `range ${i}`, 40).map(({ ran }) => ran.map(({ id }) => id).join(' '));
      expect(strategy.choices).toBeGreaterThan(40);
      expect(new Set(schedules).size).toBeGreaterThan(5);
    }
  });

  it('picks in range of whatever is ready: many, one, and with gaps between the ids', () => {
    const strategy = make();
    const random = randomNumbers('thin air');
    for (let run = 0; run < 50; run++) {
      strategy.start(random);
      for (let step = 0; step < 40; step++) {
        const ids = Array.from({ length: 1 + random.below(12) }, (_, i) => 1 + 7 * i + random.below(7));
        const ready = { ...readySteps(...ids), ids: Int32Array.from([...ids, 999, 999]) }; // the buffer is longer than what is ready
        const pick = strategy.pick(ready);
        expect(Number.isInteger(pick) && pick >= 0 && pick < ids.length).toBe(true);
        strategy.done(ids[pick]!, ready.step(pick));
      }
    }
  });

  it.each(WAKES)('picks the same from the same seed, and something else from another (wake order %s)', (wake) => {
    const all = (seed: string): string[] =>
      SCENARIOS.map((scenario) => JSON.stringify(runs(new Watched(make()), scenario, wake, seed, 10).map(({ ran }) => ran)));
    const once = all('one seed');
    expect(all('one seed')).toEqual(once);
    expect(all('another seed').filter((run, i) => run === once[i]).length).toBeLessThan(2);
  });

  it.each(WAKES)('makes runs that can be followed by the names of their steps (wake order %s)', (wake) => {
    for (const [i, scenario] of SCENARIOS.entries()) {
      const experiment = new Experiment(scenario, settingWithout([], { wake, requestsMin: 0 }));
      for (const { result, named, ran } of runs(new Watched(make()), scenario, wake, `replay ${i}`, 15)) {
        const dependent = new BestEffortReplay(experiment.machine, named);
        expect(experiment.run(dependent)).toEqual(result);
        expect(dependent.ran).toEqual(named);
        expect(experiment.latest(result.steps)).toEqual(ran.map(({ id }) => id));
      }
    }
  });
});

/** How often each index was picked, from the same ready steps, after `done(last)`. */
function picks(strategy: Strategy, ready: ReadySteps, times: number, last: number | null): number[] {
  const random = randomNumbers(`statistics of ${strategy.name}`);
  const count = Array.from({ length: ready.count }, () => 0);
  strategy.start(random);
  for (let i = 0; i < times; i++) {
    if (last !== null) strategy.done(last, 0);
    count[strategy.pick(ready)]!++;
  }
  return count;
}

/** Counts that are off from `times * p` by more than 5 standard deviations; with chance alone, one in 1.7 million. */
const unlikely = (counts: readonly number[], times: number, p: number): number[] =>
  counts.filter((count) => Math.abs(count - times * p) > 5 * Math.sqrt(times * p * (1 - p)));

describe('random walk', () => {
  // 20,000 picks of n steps: each is picked 20,000/n times, with a standard deviation of
  // sqrt(20,000 (1/n)(1 - 1/n)): 71 for n = 2, 67 for 3, 38 for 13. 35 counts are looked at, so by
  // chance one of them is off by 5 deviations in 50,000 seeds. A step that is an eighth too likely shows.
  it.each([2, 3, 5, 12, 13])('picks each of %i ready steps as often as any other, no matter which coroutine ran last', (n) => {
    const ids = Array.from({ length: n }, (_, i) => i + 3);
    const counts = picks(new RandomWalk(), readySteps(...ids), 20_000, ids[0]!);
    expect(counts).toHaveLength(n);
    expect(unlikely(counts, 20_000, 1 / n)).toEqual([]);
  });

  // Two coroutines, each ready at each of 8 picks: a run is 8 fair coins, 2^8 = 256 schedules, each
  // 40 times in 10,240 runs, deviation sqrt(40 (1 - 1/256)) = 6.3. All come up: the chance that one
  // does not is 256 (255/256)^10240 = 256 e^-40. None is off by 5 deviations: 256/1.7 M = 1 in 6,700.
  it('leaves no schedule out and prefers none', () => {
    const random = randomNumbers('coins');
    const strategy = new RandomWalk();
    const ready = readySteps(1, 2);
    const counts = Array.from({ length: 256 }, () => 0);
    for (let run = 0; run < 10_240; run++) {
      strategy.start(random);
      let schedule = 0;
      for (let i = 0; i < 8; i++) schedule = 2 * schedule + strategy.pick(ready);
      counts[schedule]!++;
    }
    expect(Math.min(...counts)).toBeGreaterThan(0);
    expect(unlikely(counts, 10_240, 1 / 256)).toEqual([]);
  });
});

describe('sticky walk', () => {
  // The last one runs on with 0.8, and with 0.2/4 when the lot falls on it: 0.85. Each other one: 0.05.
  // Of 20,000: 17,000 with a deviation of 50, and 1,000 with one of 31. 5 deviations, 4 counts: 1 in 420,000.
  it('stays with the coroutine that ran last as often as it says', () => {
    const counts = picks(new StickyWalk(0.8), readySteps(2, 5, 6, 9), 20_000, 6);
    expect(unlikely([counts[2]!], 20_000, 0.85)).toEqual([]);
    expect(unlikely([counts[0]!, counts[1]!, counts[3]!], 20_000, 0.05)).toEqual([]);
  });

  // Uniform: each of 4 has 5,000 of 20,000, deviation 61.
  it('picks at random where that one is not ready', () => {
    expect(unlikely(picks(new StickyWalk(0.8), readySteps(2, 5, 6, 9), 20_000, 7), 20_000, 1 / 4)).toEqual([]);
    expect(unlikely(picks(new StickyWalk(0.95), readySteps(2, 5, 6, 9), 20_000, null), 20_000, 1 / 4)).toEqual([]);
  });

  // If it remembered, it would stay in 0.95 + 0.05/4 = 96 % of the runs; forgotten, in a quarter:
  // of 4,000 runs 1,000, deviation 27.
  it('forgets who ran last when a run begins', () => {
    const strategy: Strategy = new StickyWalk(0.95);
    const random = randomNumbers('forgetful');
    const counts = [0, 0, 0, 0];
    for (let run = 0; run < 4_000; run++) {
      strategy.start(random);
      counts[strategy.pick(readySteps(2, 5, 6, 9))]!++;
      strategy.done(6, 0);
    }
    expect(unlikely(counts, 4_000, 1 / 4)).toEqual([]);
  });
});

/** Runs coroutines that never wait, each of so many steps. @returns who ran: `1121` */
function toyRun(strategy: Strategy, lengths: readonly number[], random: RandomNumbers): string {
  const left = [...lengths];
  let ran = '';
  strategy.start(random);
  while (left.some((steps) => steps > 0)) {
    const ready = readySteps(...left.flatMap((steps, i) => (steps > 0 ? [i + 1] : [])));
    const id = ready.ids[strategy.pick(ready)]!;
    left[id - 1]!--;
    ran += id;
    strategy.done(id, 0);
  }
  return ran;
}
const countOf = <T>(times: number, once: () => T): Map<T, number> => {
  const counts = new Map<T, number>();
  for (let i = 0; i < times; i++) {
    const one = once();
    counts.set(one, (counts.get(one) ?? 0) + 1);
  }
  return counts;
};

describe('pct', () => {
  const alone = (depth: number): Portfolio => {
    const past = new RunHistory();
    return new Portfolio('alone', [new Pct(depth, past)], past);
  };

  // Two coroutines of 5 steps: both are ready at 9 steps at most, so k is at most 1.5 x 9 = 14. The one schedule in
  // which 1 is put behind 2 at its fourth step comes with a chance of 1/(2 k) = 1/28 at least: 143 of 4,000 runs, deviation 12.
  // A random walk makes this schedule in 2^-8 of its runs: 16. 100 lies 3.6 deviations below, and 21 above.
  it('finds a schedule that takes one change as often as the theorem says', () => {
    const random = randomNumbers('one change');
    const strategy = alone(2);
    const counts = countOf(4_000, () => toyRun(strategy, [5, 5], random));
    expect(counts.get('1112222211')).toBeGreaterThan(100);
  });

  // At depth 1 nothing changes: the order of three is one of six, each in 1,000 of 6,000 runs, deviation 29.
  it('ranks coroutines at random, and goes from one to the next where nothing changes', () => {
    const random = randomNumbers('ranks');
    const strategy = alone(1);
    const counts = countOf(6_000, () => toyRun(strategy, [2, 2, 2], random));
    expect([...counts.keys()].toSorted()).toEqual(['112233', '113322', '221133', '223311', '331122', '332211']);
    expect(unlikely([...counts.values()], 6_000, 1 / 6)).toEqual([]);
  });

  // Of three, the one that comes last is first with 1/3: 2,000 of 6,000, deviation 37. If it got a rank behind or
  // before all, never or always.
  it('ranks those that come later at random as well', () => {
    const random = randomNumbers('latecomer');
    const strategy = alone(1);
    const latecomers = countOf(6_000, () => {
      strategy.start(random);
      strategy.pick(readySteps(1, 2));
      return strategy.pick(readySteps(1, 2, 3));
    });
    expect(unlikely([latecomers.get(2)!], 6_000, 1 / 3)).toEqual([]);
  });

  it('multiplies up how likely its runs miss a bug, each with its own n and k', () => {
    const random = randomNumbers('bounds');
    const strategy = alone(2);
    toyRun(strategy, [1, 1], random); // taken to have 64 choices; it has 1
    toyRun(strategy, [1, 1], random); // 1.5, rounded up
    expect(strategy.bounds()).toEqual([
      { depth: 2, coroutines: 2, steps: 64, runs: 2, overshoots: 0, logMiss: Math.log1p(-1 / (2 * 64)) + Math.log1p(-1 / (2 * 2)) },
    ]);
    expect(strategy.bounds()).toEqual(strategy.bounds()); // asking is no run
    strategy.newScenario();
    toyRun(strategy, [1, 1, 1], random); // as many as any run before: 1; it has 2
    expect(strategy.bounds()).toMatchObject([{ coroutines: 3, runs: 3, overshoots: 1 }]);
  });
});

describe('urw', () => {
  // Coroutines of 9 steps and of 1: ten schedules, each in 1,000 of 10,000 runs, deviation 30. A random walk begins
  // with the short one in half of its runs.
  it('makes each schedule of a long and a short coroutine as often as any other', () => {
    const strategy = STRATEGIES['urw']!();
    const random = randomNumbers('long and short');
    toyRun(strategy, [9, 1], random);
    const counts = countOf(10_000, () => toyRun(strategy, [9, 1], random));
    expect(counts.size).toBe(10);
    expect(unlikely([...counts.values()], 10_000, 1 / 10)).toEqual([]);
  });

  // What it knows of another scenario would have it begin with the long one in 9/10: of 1,000 first runs 500, deviation 16.
  it('takes all to be as long as each other in a scenario that it does not know', () => {
    const strategy = STRATEGIES['urw']!();
    const random = randomNumbers('unknown');
    const firsts = countOf(1_000, () => {
      strategy.newScenario!();
      return toyRun(strategy, [9, 1], random)[0];
    });
    expect(unlikely([...firsts.values()], 1_000, 1 / 2)).toEqual([]);
  });
});

describe('portfolio', () => {
  // 9 members, 9,000 runs: each has 1,000 of them, deviation 30; 5 deviations, 9 counts: 1 in 190,000.
  const MEMBERS = ['pct 2', 'pct 3', 'pct 4', 'pos', 'random', 'sticky 0.5', 'sticky 0.8', 'sticky 0.95', 'urw'];

  it('leaves as many runs to each member as to any other, and keeps to it for the run', () => {
    const strategy = STRATEGIES['portfolio']!() as Portfolio;
    const random = randomNumbers('members');
    const runsOf = new Map<string, number>();
    for (let run = 0; run < 9_000; run++) {
      strategy.start(random);
      const member = strategy.current;
      for (let i = 0; i < 3; i++) strategy.done(strategy.pick(readySteps(1, 2, 3)), 0);
      expect(strategy.current).toBe(member);
      runsOf.set(member, (runsOf.get(member) ?? 0) + 1);
    }
    expect([...runsOf.keys()].toSorted()).toEqual(MEMBERS);
    expect(unlikely([...runsOf.values()], 9_000, 1 / 9)).toEqual([]);
  });

  it('asks the member that has the run, and tells it what ran', () => {
    const log: string[] = [];
    const member = (name: string, pick: number): Strategy => ({
      name,
      start: () => log.push(`${name} starts`),
      pick: () => pick,
      done: (id) => log.push(`${name} sees ${id}`),
    });
    const strategy = new Portfolio('two', [member('a', 0), member('b', 1)], new RunHistory());
    const random = randomNumbers('two members');
    for (let run = 0; run < 20; run++) {
      log.length = 0;
      strategy.start(random);
      const name = strategy.current;
      expect(strategy.pick(readySteps(4, 8))).toBe(name === 'a' ? 0 : 1);
      strategy.done(8, 0);
      expect(log).toEqual([`${name} starts`, `${name} sees 8`]);
    }
  });
});
