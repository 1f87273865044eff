import { describe, expect, it } from 'vitest';
import type { RuleName } from '../../../model/machine/job-names.ts';
import type { WakeOrder } from '../../../model/kernel/wake/orders.ts';
import type { Setting } from '../../../model/machine/shape.ts';
import type { Scenario } from '../../../model/scenario/scenario.ts';
import { request, smallScenario } from '../../../model/testing.ts';
import { settingWithout } from '../../testing.ts';
import { ANY_COST, type MinimalScheduleResult, type ScheduleCost, minimalSchedule } from './minimal-schedule.ts';
import { Experiment, BestEffortReplay, namedSchedule } from '../experiment.ts';

const LIMITS = { below: ANY_COST, bytesMax: 2 ** 26, shouldStop: () => false };

function cheapest(
  scenario: Scenario,
  setting: Setting,
  limits: Partial<typeof LIMITS> = {},
  isWanted = (_: unknown, __: readonly number[]): boolean => true,
): MinimalScheduleResult {
  const { machine, properties } = new Experiment(scenario, setting);
  return minimalSchedule(machine, properties, { ...LIMITS, ...limits }, isWanted);
}

const SMALL = smallScenario('full', [request('g1', 'write', [0, 1])], { sectors: 2 });
const UNALLOCATED = { clusterSectors: 2, allocated: [], zeroClusters: [], baseSectors: 1 };
const WRITES = smallScenario('top', [request('g1', 'write', [0, 1]), request('g2', 'write', [0, 1])], { sectors: 1, zero: [] });
const TOP: Scenario = { ...WRITES, disk: { ...WRITES.disk, overlay: UNALLOCATED } };

describe('minimalSchedule', () => {
  it('finds the schedule with the fewest preemptions, and of these a shortest', () => {
    const { cheapest: found } = cheapest(SMALL, settingWithout(['copyBeforeWrite'], { effects: 'cluster' }));
    expect(found).toMatchObject({ preemptions: 1, steps: 4, violation: { property: 'snapshot-kept' } });
    const machine = new Experiment(SMALL, settingWithout(['copyBeforeWrite'], { effects: 'cluster' })).machine;
    const names = found!.schedule.map((id) => machine.coroutineName(machine.coroutines.byId(id)));
    expect(names).toEqual(['job', 'g1', 'g1', 'g1']);
  });

  it('finds nothing where all holds, once it has seen everything', () => {
    expect(cheapest(SMALL, settingWithout([]))).toMatchObject({ cheapest: null, complete: true });
  });

  it('looks for nothing that costs as much as it is told, or more', () => {
    const setting = settingWithout(['copyBeforeWrite'], { effects: 'cluster' });
    expect(cheapest(SMALL, setting, { below: { preemptions: 1, steps: 4 } })).toMatchObject({ cheapest: null, complete: true });
    expect(cheapest(SMALL, setting, { below: { preemptions: 1, steps: 5 } }).cheapest).toMatchObject({ preemptions: 1, steps: 4 });
    expect(cheapest(SMALL, setting, { below: { preemptions: 2, steps: 0 } }).cheapest).toMatchObject({ preemptions: 1, steps: 4 });
  });

  it('says so when it did not come to its end', () => {
    const { machine, properties } = new Experiment(TOP, settingWithout([]));
    expect(minimalSchedule(machine, properties, { ...LIMITS, bytesMax: 10_000 }, () => true)).toMatchObject({
      cheapest: null,
      complete: false,
    });
  });

  it('goes on to the next one where the first is not wanted', () => {
    const costs: number[][] = [];
    cheapest(SMALL, settingWithout(['copyBeforeWrite']), {}, (_, schedule) => (costs.push([...schedule]), false));
    expect(costs.length).toBeGreaterThan(3);
    expect(new Set(costs.map(String)).size).toBe(costs.length);
  });

  const CASES: readonly [rule: RuleName, scenario: Scenario, wake: WakeOrder][] = [
    ['copyBeforeWrite', SMALL, 'any'],
    ['wakeWaiters', SMALL, 'any'],
    ['wakeWaiters', SMALL, 'qemu'],
    ['drainCopiesBeforeEnd', SMALL, 'any'],
    ['drainGuestAtStart', { ...SMALL, guest: [{ ...SMALL.guest[0]!, early: true }] }, 'qemu'],
    ['drainBeforeUnhook', TOP, 'any'],
    ['drainBeforeUnhook', TOP, 'qemu'],
  ];

  it.each(CASES)('agrees with trying out every schedule: without %s, %#', (rule, scenario, wake) => {
    const setting = settingWithout([rule], { wake, effects: 'cluster', requestsMin: 0 });
    const { cheapest: found } = cheapest(scenario, setting);
    expect(found).not.toBeNull();
    // What it counts is what everybody else counts, and the schedule breaks what it says.
    const again = new Experiment(scenario, setting);
    const prefer = new BestEffortReplay(again.machine, namedSchedule(scenario, setting, found!.schedule));
    const { violation, steps } = again.run(prefer);
    expect({ property: violation?.property, preemptions: prefer.preemptions, steps }).toEqual({
      property: found!.violation.property,
      preemptions: found!.preemptions,
      steps: found!.steps,
    });
    expect(bruteForce(scenario, setting, found!.preemptions)).toEqual({ preemptions: found!.preemptions, steps: found!.steps });
  });
});

/** The least that any schedule with up to so many preemptions costs which breaks something. Each is run from its beginning. */
function bruteForce(scenario: Scenario, setting: Setting, preemptionsMax: number): ScheduleCost | null {
  const { machine, properties } = new Experiment(scenario, setting);
  const ready = new Int32Array(machine.coroutines.all.length + 1);
  let best: ScheduleCost | null = null;
  const isBetter = (cost: ScheduleCost): boolean =>
    best === null || cost.preemptions < best.preemptions || (cost.preemptions === best.preemptions && cost.steps < best.steps);
  const visit = (schedule: readonly number[], preemptions: number): void => {
    machine.begin();
    properties.begin();
    for (const [i, id] of schedule.entries()) {
      const coroutine = machine.coroutines.byId(id);
      const step = coroutine.pending;
      machine.step(id);
      if (properties.after(coroutine, step) === null) continue;
      if (i === schedule.length - 1 && isBetter({ preemptions, steps: schedule.length })) best = { preemptions, steps: schedule.length };
      return;
    }
    const ids = [...ready.subarray(0, machine.ready(ready))];
    if (ids.length === 0 && properties.end() !== null && isBetter({ preemptions, steps: schedule.length }))
      best = { preemptions, steps: schedule.length };
    const last = schedule.at(-1) ?? 0;
    for (const id of ids) {
      const more = preemptions + (id !== last && ids.includes(last) ? 1 : 0);
      if (more <= preemptionsMax) visit([...schedule, id], more);
    }
  };
  visit([], 0);
  return best;
}
