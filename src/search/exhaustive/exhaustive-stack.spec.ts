/** How an exhaustive search comes back to earlier states, in schedules of many more states than its stack has at first. */
import { expect, it } from 'vitest';
import type { Coroutine } from '../../../model/kernel/coroutine.ts';
import type { Step } from '../../../model/kernel/step.ts';
import { Machine } from '../../../model/machine/machine.ts';
import { shapeOf } from '../../../model/machine/shape.ts';
import type { Scenario } from '../../../model/scenario/scenario.ts';
import { JobState } from '../../../model/job/job-status.ts';
import { request, smallScenario } from '../../../model/testing.ts';
import { Properties } from '../../../properties/all.ts';
import type { Violation } from '../../../properties/property.ts';
import { neverStop } from '../../testing.ts';
import { searchExhaustively } from './exhaustive.ts';
import { NO_REDUCTION } from './reductions.ts';

/** A cancel may come after any of its steps, of which there are far more than 256. */
const LONG: Scenario = smallScenario('full', [], { sectors: 100, cancel: true });

const SHORT: Scenario = smallScenario('full', [], { sectors: 10, cancel: true });

function machineOf(scenario: Scenario): Machine {
  return new Machine(shapeOf(scenario, { effects: 'cluster', wake: 'any', without: [], requestsMin: 0 }));
}

it('calls the caller back in each state in which nothing can run', () => {
  const machine = machineOf(SHORT);
  const properties = new Properties(machine);
  machine.load(SHORT);
  const ends = new Set<string>();
  const onEnd = (): unknown => ends.add(`${machine.job.status.stateSeen} ${machine.job.status.offsetSeen}`);
  const result = searchExhaustively(machine, properties, { bytesMax: 2 ** 26, shouldStop: neverStop, onEnd }, NO_REDUCTION);
  expect(result).toMatchObject({ broken: null, complete: true });
  const cancelled = Array.from({ length: 6 }, (_, clusters) => `${JobState.cancelled} ${2 * clusters}`);
  expect(ends).toEqual(new Set([...cancelled, `${JobState.completed} 10`]));
});

/** Takes it for a failure that a job is cancelled once most of the disk has been copied. */
class NoLateCancel extends Properties {
  readonly #machine: Machine;

  constructor(machine: Machine) {
    super(machine);
    this.#machine = machine;
  }
  override after(coroutine: Coroutine, step: Step): Violation | null {
    const { stateSeen, offsetSeen } = this.#machine.job.status;
    return stateSeen === JobState.cancelled && offsetSeen === 96
      ? { property: 'no-late-cancel', detail: 'cancelled near the end' }
      : super.after(coroutine, step);
  }
}

it('tells the schedule of a failure to which it comes on the way back', () => {
  const machine = machineOf(LONG);
  const properties = new NoLateCancel(machine);
  machine.load(LONG);
  const { broken } = searchExhaustively(machine, properties, { bytesMax: 2 ** 26, shouldStop: neverStop }, NO_REDUCTION);
  machine.begin();
  properties.begin();
  const seen = broken!.schedule.map((id) => {
    const coroutine = machine.coroutines.byId(id);
    const step = coroutine.pending;
    machine.step(id);
    return properties.after(coroutine, step);
  });
  expect(seen.length).toBeGreaterThan(256);
  expect(seen.at(-1)).toEqual(broken!.violation);
  expect(seen.slice(0, -1).every((violation) => violation === null)).toBe(true);
});

it('knows so deep, too, whose steps are independent of each other', () => {
  const long = smallScenario('full', [request('g1', 'flush', [0, 0]), request('g2', 'read', [0, 1])], { sectors: 140 });
  const [plain, sleeping] = [NO_REDUCTION, { ...NO_REDUCTION, sleep: true }].map((reductions) => {
    const machine = machineOf(long);
    const properties = new Properties(machine);
    machine.load(long);
    return searchExhaustively(machine, properties, { bytesMax: 2 ** 28, shouldStop: neverStop }, reductions);
  });
  expect(plain).toMatchObject({ broken: null, complete: true });
  expect(plain!.depth).toBeGreaterThan(256);
  expect(sleeping).toMatchObject({ broken: null, complete: true, states: plain!.states });
  expect(sleeping!.transitions).toBeLessThan(0.7 * plain!.transitions);
});
