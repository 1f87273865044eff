/** Searches one scenario in every order, and says what was found. Knows nothing of workers. */
import { Machine } from '../../model/machine/machine.ts';
import { shapeOf } from '../../model/machine/shape.ts';
import { Properties } from '../../properties/all.ts';
import { ANY_COST, minimalSchedule } from '../../src/search/minimal/minimal-schedule.ts';
import { searchExhaustively } from '../../src/search/exhaustive/exhaustive.ts';
import { Run } from '../../src/run/run.ts';
import { BYTES_MAX, type Check, type Found } from './question.ts';

/** @param tell hears now and then how many states it has been */
export function check(asked: Check, tell: (states: number) => void, bytesMax: number = BYTES_MAX): Found {
  const limits = { bytesMax, shouldStop: (states: number): boolean => (tell(states), false) };
  const found = asked.kind === 'cheapest' ? cheapest(asked, limits) : any(asked, limits);
  // A run that goes round in circles comes to no state that is new: only the other search looks for it.
  return asked.kind === 'cheapest' && found.is === 'holds' ? any(asked, limits) : found;
}

interface Limits {
  readonly bytesMax: number;
  readonly shouldStop: (states: number) => boolean;
}

function any({ scenario, setting }: Check, limits: Limits): Found {
  const { states, broken, complete } = searchExhaustively(...loaded({ scenario, setting }), limits);
  if (broken === null) return { is: complete ? 'holds' : 'memory', states };
  const run = new Run(scenario, setting);
  for (const id of broken.schedule) run.take(id);
  return {
    is: 'broken',
    states,
    way: { property: broken.violation.property, ids: broken.schedule, preemptions: run.preemptions(run.length), isCheapest: false },
  };
}

function cheapest(asked: Pick<Check, 'scenario' | 'setting'>, limits: Limits): Found {
  const { states, cheapest: way, complete } = minimalSchedule(...loaded(asked), { ...limits, below: ANY_COST }, () => true);
  if (way === null) return { is: complete ? 'holds' : 'memory', states };
  return {
    is: 'broken',
    states,
    way: { property: way.violation.property, ids: way.schedule, preemptions: way.preemptions, isCheapest: true },
  };
}

function loaded({ scenario, setting }: Pick<Check, 'scenario' | 'setting'>): [Machine, Properties] {
  const machine = new Machine(shapeOf(scenario, setting));
  const properties = new Properties(machine);
  machine.load(scenario);
  return [machine, properties];
}
