/** one-cut, start-all-or-nothing and group-all-or-nothing of a machine of two disks. */
import { NO_ERROR } from '../model/block/errors.ts';
import { JobState } from '../model/job/job-status.ts';
import type { DiskOfMachine } from '../model/machine/disk-of-machine.ts';
import type { Machine } from '../model/machine/machine.ts';
import { GROUP_ALL_OR_NOTHING, GROUP_IS_ALL_OR_NOTHING, type Outcome, judgeGroup } from './group-all-or-nothing.ts';
import { type CutView, ONE_CUT, ONE_CUT_IS_CONSISTENT, OneCut } from './one-cut.ts';
import type { Property, Violation } from './property.ts';
import { START_ALL_OR_NOTHING, START_IS_ALL_OR_NOTHING, judgeStart } from './start-all-or-nothing.ts';
import { Watched } from './watch.ts';

export class OneCutInModel implements Property {
  readonly name = ONE_CUT;
  readonly sentence = ONE_CUT_IS_CONSISTENT;
  readonly watches = Watched.jobState;
  readonly #disks: readonly DiskOfMachine[];
  readonly #cut: OneCut;
  /** By disk: 1 once it has had its point in time. */
  readonly #hadCell: number;

  constructor(machine: Machine, second: DiskOfMachine) {
    const { world, guests } = machine;
    this.#disks = [machine, second];
    this.#cut = new OneCut(guests.length, world, () => viewOf(machine));
    this.#hadCell = world.alloc('oracle.cut.had', this.#disks.length);
  }

  begin(): void {}

  after(): Violation | null {
    for (const [disk, of] of this.#disks.entries()) {
      const { world, job } = of;
      if (world.cells[this.#hadCell + disk] === 1 || job.status.stateSeen !== JobState.active) continue;
      world.store(this.#hadCell + disk, 1);
      const violation = this.#cut.pointInTime(
        disk,
        (request) => shows(of, request),
        (request) => of.guests[request]!.hasEnded,
      );
      if (violation !== null) return violation;
    }
    return null;
  }

  end(): null {
    return null;
  }
}

/** Requests that read have no effect, and none of them comes after a reader's. */
const viewOf = (machine: Machine): CutView => ({
  requests: machine.scenario.guest.map(({ id, after }, i) => ({ id, after, disk: machine.hasRequest(i) ? 0 : 1 })),
  diskName: (disk) => `the disk of ${machine.backups[disk]!.job.name}`,
});

/** Whether the disk shows something of what a request has written. */
function shows({ scenario, guests, source }: DiskOfMachine, request: number): boolean {
  const { kind, first, count } = scenario.guest[request]!;
  const guest = guests[request]!;
  if (kind !== 'write' || guest.hasEnded) return false;
  for (let s = first; s < first + count; s++) if (source.contentAt(s) === guest.contentFor(s)) return true;
  return false;
}

/** What is judged of both jobs once nothing can run any more. */
class AtTheEnd implements Property {
  readonly name: string;
  readonly sentence: string;
  readonly watches = Watched.nothing;
  readonly #judge: () => Violation | null;

  constructor(name: string, sentence: string, judge: () => Violation | null) {
    this.name = name;
    this.sentence = sentence;
    this.#judge = judge;
  }

  begin(): void {}
  after(): null {
    return null;
  }
  end(): Violation | null {
    return this.#judge();
  }
}

export const startInModel = ({ backups }: Machine): Property =>
  new AtTheEnd(START_ALL_OR_NOTHING, START_IS_ALL_OR_NOTHING, () => {
    const states = backups.map(({ job }) => ({ name: job.name, state: job.status.stateSeen }));
    if (states.some(({ state }) => state === JobState.created)) return null; // always-finishes says why it was not
    return judgeStart(states.map(({ name, state }) => ({ name, isStarted: state !== JobState.refused })));
  });

export const groupInModel = ({ backups, shape }: Machine): Property =>
  new AtTheEnd(GROUP_ALL_OR_NOTHING, GROUP_IS_ALL_OR_NOTHING, () =>
    shape.transaction === 'grouped' ? judgeGroup(backups.map(({ job }) => ({ name: job.name, outcome: outcomeOf(job.status) }))) : null,
  );

function outcomeOf({ stateSeen, errorSeen }: { readonly stateSeen: JobState; readonly errorSeen: number }): Outcome {
  if (stateSeen === JobState.completed) return errorSeen === NO_ERROR ? 'completed' : 'failed';
  if (stateSeen === JobState.cancelled) return 'cancelled';
  return stateSeen === JobState.refused ? 'failed' : 'running';
}
