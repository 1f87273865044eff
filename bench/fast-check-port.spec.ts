import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nameOf } from '../model/kernel/step.ts';
import type { RuleName } from '../model/families/notifier/rules.ts';
import { Machine } from '../model/machine/machine.ts';
import { shapeOf } from '../model/machine/shape.ts';
import type { Scenario } from '../model/scenario/scenario.ts';
import { Properties } from '../properties/all.ts';
import { WATCHED_END } from '../properties/watch.ts';
import type { Violation } from '../properties/property.ts';
import { sized } from '../tools/nightly/testing.ts';
import { type RandomNumbers, randomNumbers } from '../src/search/strategies/random-numbers.ts';
import { drawScenario, scenarios } from '../src/scenarios/draw.ts';
import { type PortRules, type TaskScheduler, portSchedulesPerSecond, portedSchedule } from './fast-check-port.ts';

const ARBITRARY = scenarios('full', { clusters: 4, clusterSectors: 2, writes: 3, exactly: true });
const SCENARIOS = sized(60, 300);
const CORRECT: PortRules = { waitForOverlappingCopies: true };
const WITHOUT_WAIT: PortRules = { waitForOverlappingCopies: false };

describe('portedSchedule', () => {
  it('runs a whole backup under writes, a step at a time, in an order that fast-check chooses', async () => {
    const scenario: Scenario = {
      mode: 'full',
      disk: { sectors: 4, clusterSectors: 2, zero: [2, 3], discardReads: 'zero' },
      targetClusterSectors: 0,
      guest: [{ id: 'g1', kind: 'write', first: 0, count: 3, after: [], early: false }],
      cancel: false,
    };
    // Job: start, 2 sleeps, close. Two copies of 6 steps, by the job or by the write. Write: start, send, 2 lands, done.
    const least = 4 + 2 * 6 + 5;
    // And at most one wait by each, a drain of the copies and one of the writes.
    const most = least + 4;
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), async (scheduler) => {
        const { steps, violation } = await portedSchedule(scheduler, scenario);
        expect(violation).toBeNull();
        expect(steps).toBeGreaterThanOrEqual(least);
        expect(steps).toBeLessThanOrEqual(most);
        expect(scheduler.count()).toBe(0);
      }),
      { seed: 1, numRuns: 500 },
    );
  });

  it('keeps every promise on every schedule while its rules are on', async () => {
    const random = randomNumbers('port holds');
    for (let i = 0; i < SCENARIOS; i++) {
      const result = await fc.check(holds(drawScenario(ARBITRARY, random), CORRECT), { seed: random.bits(), numRuns: 10 });
      expect(result.errorInstance).toBeNull();
      expect(result.numRuns).toBe(10);
    }
  });

  it('finds the race once copies no longer wait for each other', async () => {
    // Measured: one schedule in 8 breaks, and 20 schedules break 89 % of the scenarios. 70 of 100 is six
    // standard deviations below that.
    const random = randomNumbers('port breaks');
    let broken = 0;
    for (let i = 0; i < 100; i++) {
      const { failed } = await fc.check(holds(drawScenario(ARBITRARY, random), WITHOUT_WAIT), { seed: random.bits(), numRuns: 20 });
      if (failed) broken++;
    }
    expect(broken).toBeGreaterThanOrEqual(70);
  });

  it.each([
    { name: 'with every rule on', rules: CORRECT, without: [], broken: 0 },
    { name: 'without the wait for overlapping copies', rules: WITHOUT_WAIT, without: ['waitForOverlappingCopies'], broken: sized(3, 20) },
  ] as const)('takes the steps of our machine, one by one, and breaks where it does: $name', async ({ rules, without, broken }) => {
    const random = randomNumbers('side by side');
    let violations = 0;
    for (let i = 0; i < SCENARIOS; i++) {
      const scenario = drawScenario(ARBITRARY, random);
      const ours = runMachine(scenario, without, random);
      const theirs = new Dictated(ours.steps);
      const { steps, violation } = await portedSchedule(theirs, scenario, rules);
      expect(steps).toBe(ours.steps.length);
      expect(violation?.split(':', 1)[0] ?? null).toBe(ours.property);
      if (ours.sector !== null) expect(violation).toContain(`sector ${ours.sector}`);
      // Where both have come to the end, nobody has anything left to do.
      if (violation === null) expect(theirs.count()).toBe(0);
      else violations++;
    }
    expect(violations).toBeGreaterThanOrEqual(broken);
    if (broken === 0) expect(violations).toBe(0);
  });

  it('takes as many steps as our machine on average, each with its own random choices', async () => {
    // Both pick evenly among those that can run. Around a scenario's mean, the steps of its schedules have a
    // standard deviation of at most 2.3 (measured), so the difference of two means of 3,000 has one of at most
    // 0.06. 0.5 % of the mean of 48 steps is four of those.
    const random = randomNumbers('steps on average');
    let [ours, theirs] = [0, 0];
    for (let i = 0; i < 300; i++) {
      const scenario = drawScenario(ARBITRARY, random);
      for (let j = 0; j < 10; j++) ours += runMachine(scenario, [], random).steps.length;
      await fc.check(
        fc.asyncProperty(fc.scheduler(), async (scheduler) => {
          theirs += (await portedSchedule(scheduler, scenario)).steps;
        }),
        { seed: random.bits(), numRuns: 10 },
      );
    }
    expect(theirs / ours).toBeGreaterThan(0.995);
    expect(theirs / ours).toBeLessThan(1.005);
  });

  it('refuses what it does not know', async () => {
    const scenario = drawScenario(ARBITRARY, randomNumbers('refused'));
    const other: [says: string, scenario: Scenario][] = [
      ['mode none', { ...scenario, mode: 'none' }],
      ['a cancel', { ...scenario, cancel: true }],
      ['clusters of their own', { ...scenario, targetClusterSectors: 2 }],
      ['request g1', { ...scenario, guest: [{ ...scenario.guest[0]!, kind: 'discard' }] }],
      ['request g1', { ...scenario, guest: [{ ...scenario.guest[0]!, early: true }] }],
    ];
    for (const [says, refused] of other) await expect(portedSchedule(new Dictated([]), refused)).rejects.toThrow(says);
  });
});

describe('portSchedulesPerSecond', () => {
  it.each(['waitOne', 'waitNext'] as const)(
    'counts whole schedules of the scenarios that it is given, within about the time that it is given: %s',
    async (wait) => {
      const start = performance.now();
      let asked = 0;
      const scenario = drawScenario(ARBITRARY, randomNumbers('one scenario'));
      const next = (): Scenario => (asked++ % 8 === 0 ? drawScenario(ARBITRARY, randomNumbers(`scenario ${asked}`)) : scenario);
      const perSecond = await portSchedulesPerSecond(0.2, next, wait);
      expect(perSecond).toBeGreaterThan(100);
      expect(asked).toBeGreaterThan(0.2 * perSecond); // the warm-up asks, too
      expect(performance.now() - start).toBeLessThan(10_000);
    },
  );
});

function holds(scenario: Scenario, rules: PortRules): fc.IAsyncProperty<[fc.Scheduler]> {
  return fc.asyncProperty(fc.scheduler(), async (scheduler) => {
    expect((await portedSchedule(scheduler, scenario, rules)).violation).toBeNull();
  });
}

/** Who ran, and what: `job copy.read`. */
type NamedStep = string;

interface MachineRun {
  readonly steps: readonly NamedStep[];
  readonly property: string | null;
  readonly sector: number | null;
}

/** The properties that the port looks at as well. */
const PORTED: readonly string[] = ['nothing-freed', 'always-finishes', 'snapshot-kept', 'guest-unharmed'];

/** One random schedule of our own machine, up to its end or the first broken property. */
function runMachine(scenario: Scenario, without: readonly RuleName[], random: RandomNumbers): MachineRun {
  const machine = new Machine(shapeOf(scenario, { effects: 'cluster', wake: 'any', without, requestsMin: 0 }));
  const properties = new Properties(machine);
  machine.load(scenario);
  machine.begin();
  properties.begin();
  const asked = properties.all.filter(({ name }) => PORTED.includes(name));
  const ids = new Int32Array(machine.coroutines.all.length);
  const steps: NamedStep[] = [];
  for (let count = machine.ready(ids); count > 0; count = machine.ready(ids)) {
    const coroutine = machine.coroutines.byId(ids[random.below(count)]!);
    const step = coroutine.pending;
    steps.push(`${machine.coroutineName(coroutine)} ${nameOf(step).label}`);
    machine.step(coroutine.id);
    let violation: Violation | null = null;
    for (const property of asked) violation ??= property.after(coroutine, step, WATCHED_END - 1);
    if (violation !== null) return { steps, property: violation.property, sector: violation.sector ?? null };
  }
  const left = asked.map((property) => property.end()).find((violation) => violation !== null);
  return { steps, property: left?.property ?? null, sector: null };
}

/** A scheduler that has no choice: it runs these steps, and it is an error if one of them can't run. */
class Dictated implements TaskScheduler {
  readonly #steps: readonly NamedStep[];
  #at = 0;
  readonly #waiting = new Map<NamedStep, () => void>();

  constructor(steps: readonly NamedStep[]) {
    this.#steps = steps;
  }

  schedule<T>(task: Promise<T>, label?: string, who?: unknown): Promise<T> {
    return new Promise((run) => this.#waiting.set(`${String(who)} ${label}`, () => run(task)));
  }
  count(): number {
    return this.#waiting.size;
  }
  async waitOne(): Promise<void> {
    const step = this.#steps[this.#at++];
    const run = step === undefined ? undefined : this.#waiting.get(step);
    if (step === undefined || run === undefined)
      throw new Error(`the machine's step ${this.#at} is ${step}; the port has ${[...this.#waiting.keys()].join(', ')}`);
    this.#waiting.delete(step);
    run();
    await Promise.resolve();
  }
}
