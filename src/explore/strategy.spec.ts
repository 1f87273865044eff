import { describe, expect, it } from 'vitest';
import type { WakeOrder } from '../../model/kernel/coroutine.ts';
import { type Step, stepNamed, stepOf } from '../../model/kernel/step.ts';
import { shapeOf } from '../../model/machine.ts';
import type { Scenario } from '../../model/scenario.ts';
import { drawScenario, scenarios } from '../generate/scenarios.ts';
import { MODES, SCOPE, WAKES, settingWithout } from '../testing.ts';
import { Bench } from './campaign.ts';
import { Experiment, type NamedStep, Prefer } from './experiment.ts';
import { type RandomNumbers, randomNumbers } from './random-numbers.ts';
import { RandomWalk } from './random-walk.ts';
import type { RunResult } from './run.ts';
import { StickyWalk } from './sticky-walk.ts';
import { Portfolio, STRATEGIES } from './strategies.ts';
import type { ReadySteps, Strategy } from './strategy.ts';

/** Three scenarios of each mode, drawn once, in which there is something to choose; in one of them I/O fails, and an operator pauses the job. */
const SCENARIOS: readonly Scenario[] = MODES.flatMap((mode) => {
  const random = randomNumbers(`conformance/${mode}`);
  const busy = (count: number, faults: boolean): Scenario[] => {
    const arbitrary = scenarios(mode, { ...SCOPE, faults });
    return Array.from({ length: count }, () => drawScenario(arbitrary, random)).filter(({ guest }) => guest.length >= 2);
  };
  return [...busy(20, false).slice(0, 2), ...busy(400, true).filter(({ pause, faults }) => pause === true && faults !== undefined).slice(0, 1)];
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
    if (id !== this.#picked?.id || step !== this.#picked.step) throw new Error(`picked ${JSON.stringify(this.#picked)}, and ${JSON.stringify({ id, step })} ran`);
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
const readySteps = (...ids: number[]): ReadySteps => ({ count: ids.length, ids: Int32Array.from(ids), step: (i) => stepOf(stepNamed('sleep'), ids[i]!) });

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
    const all = (seed: string): string[] => SCENARIOS.map((scenario) => JSON.stringify(runs(new Watched(make()), scenario, wake, seed, 10).map(({ ran }) => ran)));
    const once = all('one seed');
    expect(all('one seed')).toEqual(once);
    expect(all('another seed').filter((run, i) => run === once[i]).length).toBeLessThan(2);
  });

  it.each(WAKES)('makes runs that can be followed by the names of their steps (wake order %s)', (wake) => {
    for (const [i, scenario] of SCENARIOS.entries()) {
      const experiment = new Experiment(scenario, settingWithout([], { wake, requestsMin: 0 }));
      for (const { result, named, ran } of runs(new Watched(make()), scenario, wake, `replay ${i}`, 15)) {
        const follower = new Prefer(experiment.machine, named);
        expect(experiment.run(follower)).toEqual(result);
        expect(follower.ran).toEqual(named);
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
const unlikely = (counts: readonly number[], times: number, p: number): number[] => counts.filter((count) => Math.abs(count - times * p) > 5 * Math.sqrt(times * p * (1 - p)));

describe('random walk', () => {
  // 20,000 picks of n steps: each is picked 20,000/n times, with a standard deviation of
  // sqrt(20,000 (1/n)(1 - 1/n)): 71 for n = 2, 67 for 3, 38 for 13. 35 counts are looked at, so by
  // chance one of them is off by 5 deviations in 50,000 seeds. A step that is an eighth too likely shows.
  it.each([2, 3, 5, 12, 13])('picks each of %i ready steps as often as any other, whoever ran last', (n) => {
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

describe('portfolio', () => {
  // 8 members, 8,000 runs: each has 1,000 of them, deviation 30; 5 deviations, 8 counts: 1 in 210,000.
  const MEMBERS = ['pct 2', 'pct 3', 'pct 4', 'pos', 'random', 'sticky 0.5', 'sticky 0.8', 'sticky 0.95'];

  it('leaves as many runs to each member as to any other, and keeps to it for the run', () => {
    const strategy = STRATEGIES['portfolio']!() as Portfolio;
    const random = randomNumbers('members');
    const runsOf = new Map<string, number>();
    for (let run = 0; run < 8_000; run++) {
      strategy.start(random);
      const member = strategy.current;
      for (let i = 0; i < 3; i++) strategy.done(strategy.pick(readySteps(1, 2, 3)), 0);
      expect(strategy.current).toBe(member);
      runsOf.set(member, (runsOf.get(member) ?? 0) + 1);
    }
    expect([...runsOf.keys()].toSorted()).toEqual(MEMBERS);
    expect(unlikely([...runsOf.values()], 8_000, 1 / 8)).toEqual([]);
  });

  it('asks the member that has the run, and tells it what ran', () => {
    const log: string[] = [];
    const member = (name: string, pick: number): Strategy => ({ name, start: () => log.push(`${name} starts`), pick: () => pick, done: (id) => log.push(`${name} sees ${id}`) });
    const strategy = new Portfolio('two', [member('a', 0), member('b', 1)]);
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
