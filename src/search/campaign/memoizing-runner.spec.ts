import { describe, expect, it } from 'vitest';
import type { RuleName } from '../../../model/machine/job-names.ts';
import { type Setting, shapeOf } from '../../../model/machine/shape.ts';
import type { Scenario } from '../../../model/scenario/scenario.ts';
import { sized } from '../../../tools/nightly/testing.ts';
import { request, smallScenario } from '../../../model/testing.ts';
import { MARK_IDS } from '../../../properties/situations.ts';
import { drawScenario, scenarios } from '../../scenarios/draw.ts';
import { MODES, SCOPE, WAKES, scopeFor, settingWithout } from '../../testing.ts';
import { Bench } from './campaign.ts';
import { randomNumbers } from '../strategies/random-numbers.ts';
import { RandomWalk } from '../strategies/random-walk.ts';
import { MemoizingRunner } from './memoizing-runner.ts';
import { STRATEGIES } from '../strategies/strategies.ts';

interface Outcome {
  readonly steps: number;
  readonly property: string | undefined;
  readonly step: string | undefined;
  readonly cutOff: boolean;
  readonly schedule: string;
  readonly marks: string;
}

/** What so many schedules of a scenario come to. */
function outcomes(remembers: boolean, scenario: Scenario, setting: Setting, name: string, count: number): { all: Outcome[]; bench: Bench } {
  const bench = new Bench(shapeOf(scenario, setting), remembers);
  bench.machine.load(scenario);
  bench.onLoad();
  const strategy = STRATEGIES[name]!();
  const random = randomNumbers('the same');
  const all = Array.from({ length: count }, (): Outcome => {
    const { steps, violation, cutOff } = bench.runner.run(strategy, random);
    return {
      steps,
      property: violation?.property,
      step: violation?.detail,
      cutOff,
      schedule: bench.runner.schedule.subarray(0, steps).join(),
      marks: bench.marks.hit.join(''),
    };
  });
  return { all, bench };
}

const drawn = (mode: (typeof MODES)[number], seed: string, without: readonly RuleName[] = []): Scenario =>
  drawScenario(scenarios(mode, scopeFor(without)), randomNumbers(seed));

function expectSame(scenario: Scenario, setting: Setting, strategy: string, count: number): { broken: number; known: number } {
  const plain = outcomes(false, scenario, setting, strategy, count).all;
  const { all, bench } = outcomes(true, scenario, setting, strategy, count);
  expect(all).toEqual(plain);
  return { broken: plain.filter(({ property }) => property !== undefined).length, known: (bench.runner as MemoizingRunner).states };
}

describe('a runner that remembers', () => {
  it('comes to what a plain one comes to: steps, schedule, marks, whatever chooses', () => {
    for (const strategy of Object.keys(STRATEGIES)) {
      for (const mode of MODES)
        for (const wake of WAKES)
          expect(expectSame(drawn(mode, `${mode} 1`), settingWithout([], { wake }), strategy, 150).known).toBeGreaterThan(1);
    }
  });

  it('finds the same failures, at the same steps, and goes on finding them', () => {
    let broken = 0;
    for (const rule of [
      'waitForOverlappingCopies',
      'wakeWaiters',
      'completedTellsError',
      'topStopsAtEndOfDisk',
      'drainGuestAtStart',
    ] as const) {
      for (let n = 0; n < 4; n++) broken += expectSame(drawn('top', `${rule} ${n}`, [rule]), settingWithout([rule]), 'random', 400).broken;
    }
    expect(broken).toBeGreaterThan(100);
  });

  it('does nothing twice: once it knows its way the machine stands still', () => {
    const scenario = smallScenario('full', [request('g1', 'write', [0, 2])], { sectors: 2 });
    const { bench } = outcomes(true, scenario, settingWithout([], { effects: 'cluster' }), 'random', 4_000);
    const { states } = bench.runner as MemoizingRunner;
    bench.machine.step = () => {
      throw new Error('this step has been taken before');
    };
    const random = randomNumbers('others');
    for (let n = 0; n < 500; n++) bench.runner.run(new RandomWalk(), random);
    expect((bench.runner as MemoizingRunner).states).toBe(states);
  });

  it('forgets one scenario when the next is loaded', () => {
    const setting = settingWithout([]);
    const [one, other] = ['g1', 'g1'].map((id, n) => smallScenario('full', [request(id, 'write', [2 * n, 1])], { sectors: 4 })) as [
      Scenario,
      Scenario,
    ];
    const { bench } = outcomes(true, one, setting, 'random', 200);
    bench.machine.load(other);
    bench.onLoad();
    const again = Array.from(
      { length: 200 },
      (
        (random, strategy) => () =>
          bench.runner.run(strategy, random).steps
      )(randomNumbers('the same'), new RandomWalk()),
    );
    expect(again).toEqual(outcomes(false, other, setting, 'random', 200).all.map(({ steps }) => steps));
  });

  it('runs plainly what has too many states to know, to the same effect', () => {
    const large = drawScenario(scenarios('full', { ...SCOPE, clusters: 16, writes: 8, exactly: true }), randomNumbers('large'));
    // It gives up in less than 3,000 schedules.
    expect(expectSame(large, settingWithout([], { effects: 'cluster' }), 'random', sized(3_400, 8_400)).known).toBe(0);
  });

  it('has room for every mark in the bits of two numbers', () => {
    expect(MARK_IDS.length).toBeLessThanOrEqual(64);
  });
});
