/** For specs only: a scenario searched with some reductions, and what came of it in every schedule. */
import type { WakeOrder } from '../../../model/kernel/wake/orders.ts';
import { nameOf } from '../../../model/kernel/step.ts';
import type { JobName, RuleName } from '../../../model/machine/job-names.ts';
import { Machine } from '../../../model/machine/machine.ts';
import { shapeOf } from '../../../model/machine/shape.ts';
import type { Scenario } from '../../../model/scenario/scenario.ts';
import { Properties } from '../../../properties/all.ts';
import { type ExhaustiveResult, searchExhaustively } from './exhaustive.ts';
import { NO_REDUCTION, type Reductions } from './reductions.ts';

export interface SearchSetting {
  readonly job?: JobName;
  readonly wake?: WakeOrder;
  readonly without?: readonly RuleName[];
  readonly statesMax?: number;
}

export interface Searched extends ExhaustiveResult {
  /** What came of the backup and of the guest, in every schedule. */
  readonly ends: ReadonlySet<string>;
  /** The same with the disk. */
  readonly disks: ReadonlySet<string>;
}

/** Searches with these reductions and no other. */
export function search(
  scenario: Scenario,
  reductions: Partial<Reductions>,
  { job = 'correct', wake = 'any', without = [], statesMax = Infinity }: SearchSetting = {},
): Searched {
  const machine = new Machine(shapeOf(scenario, { job, effects: 'cluster', wake, without, requestsMin: 0 }));
  const properties = new Properties(machine);
  machine.load(scenario);
  const [ends, disks] = [new Set<string>(), new Set<string>()];
  const onEnd = (): void => {
    const end = endOf(machine);
    ends.add(end);
    disks.add(`${end} ${sectorsOf(machine, machine.source)}`);
  };
  const result = searchExhaustively(
    machine,
    properties,
    { bytesMax: 2 ** 26, shouldStop: (seen) => seen > statesMax, onEnd },
    { ...NO_REDUCTION, ...reductions },
  );
  return { ...result, ends, disks };
}

function endOf(machine: Machine): string {
  const { job, target, coroutines } = machine;
  const { stateSeen, errorSeen, offsetSeen, eventsSeen, eventSeen, ioStatusSeen } = job.status;
  const alive = coroutines
    .alive()
    .map((c) => nameOf(c.pending).label)
    .toSorted();
  return JSON.stringify([stateSeen, errorSeen, offsetSeen, eventsSeen, eventSeen, ioStatusSeen, alive, sectorsOf(machine, target)]);
}

/** Which request wrote a sector is left out: requests that are alike may change places. */
function sectorsOf({ contents }: Machine, image: Machine['target']): string {
  const byGuests = contents.byGuest(0, 0);
  return Array.from({ length: image.sectors }, (_, s) =>
    [image.isTarget && image.isWrittenAt(s), image.isAllocatedAt(s), Math.min(image.isAllocatedAt(s) ? image.contentAt(s) : 0, byGuests)]
      .map(Number)
      .join(),
  ).join(' ');
}
