/**
 * What must hold of a real QEMU: the same properties as of the model, asked of what can be seen from outside,
 * which is every effect on the disks, every answer that a guest gets, and every event.
 */
import type { Content } from '../../../../model/block/content.ts';
import type { Errno, Side } from '../../../../model/block/errors.ts';
import type { Scenario } from '../../../../model/scenario/scenario.ts';
import { syncOf } from '../../../../model/sync.ts';
import type { Violation } from '../../../../properties/property.ts';
import { Disks } from '../disks/disks.ts';
import { GuestRun } from '../disks/guest.ts';
import type { Held } from '../disks/held.ts';
import { TORN } from '../disks/pattern.ts';
import type { Role } from '../disks/role.ts';
import type { QmpEvent } from '../daemon/qmp.ts';

/** How a job ended. */
export type JobEnd = 'completed' | 'failed' | 'cancelled';

export interface Struck {
  readonly side: Side;
  readonly errno: Errno;
  /** Whose request it was, as far as it is known by now. */
  role: Role;
}

/** What observers know of a case as far as it has come. */
export interface CaseView {
  readonly scenario: Scenario;
  /** Where a copy before a guest's write fails, the backup is given up, and the write goes on (`on-cbw-error=break-snapshot`). */
  readonly givesUp: boolean;
  /** The target is a backup of the beginning, and a bitmap records what has been written since. */
  readonly hasBitmap: boolean;
  /** The point in time is read through a node that knows when the backup has been given up, and then fails. */
  readonly readsThroughFilter: boolean;
  readonly disks: Disks;
  readonly runs: readonly GuestRun[];
  /** Steps so far. */
  now: number;
  /** The step after which T0 was. */
  t0At: number;
  /** By sector, from the point in time on. */
  t0: Int32Array | null;
  end: JobEnd | null;
  /** The side that the job blamed last for an error that it reports. */
  blamed: Side | null;
  /** The sides of which the job told an error. */
  readonly told: Set<Side>;
  /** The step from which on the job is about to end: a cancel was sent, or it told that it aborts. */
  endingSince: number;
  /** The step after which nothing more is promised: the job has told of its end, or its filter has gone. */
  endedAt: number;
  /** What a raw source held then. */
  sourceAtEnd: readonly Content[] | null;
  /** Injected errors so far. */
  readonly struck: Struck[];
}

/** Of a case that has not begun. */
export const viewOfCase = (scenario: Scenario, how: Pick<CaseView, 'givesUp' | 'hasBitmap' | 'readsThroughFilter'>): CaseView => ({
  scenario,
  ...how,
  disks: new Disks(scenario, how.hasBitmap),
  runs: scenario.guest.map((operation, i) => new GuestRun(operation, i)),
  now: 0,
  t0: null,
  t0At: Infinity,
  end: null,
  blamed: null,
  told: new Set(),
  endingSince: Infinity,
  endedAt: Infinity,
  sourceAtEnd: null,
  struck: [],
});

export interface Observer {
  /** T0 is now. */
  pointInTime?(): Violation | null;
  /** A request of QEMU has had its effect on a disk. */
  landed?(held: Held): Violation | null;
  issued?(run: GuestRun): void;
  answered?(run: GuestRun): Violation | null;
  /** An event of the job. Those of its end come once QEMU is at rest after it. */
  event?(event: QmpEvent): Violation | null;
  /** The job is over, and QEMU has closed the target. */
  targetClosed?(): Violation | null;
  /** All is over, and QEMU has closed the disks. */
  end?(): Violation | null;
}

/** Whether nothing more is promised: what guests do now is no longer the backup's business. */
export const isPromiseOver = ({ endedAt }: CaseView): boolean => endedAt !== Infinity;

/**
 * Whether the backup may have been given up. Then the disks show nothing that counts; but a job that completes without an error
 * has a right target all the same, and what is read of the point in time without an error is right (QAPI, `OnCbwError`).
 */
export const mayBeGivenUp = ({ givesUp, struck }: CaseView): boolean => givesUp && struck.length > 0;

/** Whether the job has ended in such a way that what it leaves behind shows T0. */
export function isPromised(view: CaseView): boolean {
  const { endsByItself } = syncOf(view.scenario.mode);
  return view.end === (endsByItself ? 'completed' : 'cancelled') && (endsByItself || !mayBeGivenUp(view));
}

export const printContent = ({ disks, runs }: Pick<CaseView, 'disks' | 'runs'>, content: Content): string =>
  content === TORN
    ? 'torn'
    : disks.contents.print(
        content,
        runs.map(({ operation }) => operation.id),
      );
