/**
 * What must hold of a real QEMU: the same properties as of the model, asked of what can be seen from outside,
 * which is every effect on the disks, every answer that a guest gets, and every event.
 */
import type { Content } from '../../../../model/block/content.ts';
import type { Errno, Side } from '../../../../model/block/errors.ts';
import type { Scenario } from '../../../../model/scenario/scenario.ts';
import { syncOf } from '../../../../model/sync.ts';
import type { Violation } from '../../../../properties/property.ts';
import type { Disks } from '../disks/disks.ts';
import type { GuestRun } from '../disks/guest.ts';
import type { Held } from '../disks/held.ts';
import { TORN } from '../disks/pattern.ts';
import type { QmpEvent } from '../daemon/qmp.ts';

/** How a job ended. */
export type JobEnd = 'completed' | 'failed' | 'cancelled';

export interface Struck {
  readonly side: Side;
  readonly errno: Errno;
}

/** What observers know of a case as far as it has come. */
export interface CaseView {
  readonly scenario: Scenario;
  readonly disks: Disks;
  readonly runs: readonly GuestRun[];
  /** Steps so far. */
  now: number;
  /** The step after which T0 was. */
  t0At: number;
  /** By sector, from the point in time on. */
  t0: Int32Array | null;
  end: JobEnd | null;
  /** The step after which the job had ended. */
  endedAt: number;
  /** What a raw source held then. */
  sourceAtEnd: readonly Content[] | null;
  /** Injected errors so far. */
  readonly struck: Struck[];
}

export interface Observer {
  /** T0 is now. */
  pointInTime?(): Violation | null;
  /** A request of QEMU has had its effect on a disk. */
  landed?(held: Held): Violation | null;
  issued?(run: GuestRun): void;
  answered?(run: GuestRun): Violation | null;
  /** An event of the job. Those of its end come once QEMU is at rest after it. */
  event?(event: QmpEvent): Violation | null;
  /** All is over, and QEMU has closed the disks. */
  end?(): Violation | null;
}

/** Whether the job has ended in such a way that what it leaves behind shows T0. */
export const isPromised = ({ scenario, end }: CaseView): boolean =>
  end === (syncOf(scenario.mode).endsByItself ? 'completed' : 'cancelled');

export const printContent = ({ disks, runs }: Pick<CaseView, 'disks' | 'runs'>, content: Content): string =>
  content === TORN
    ? 'torn'
    : disks.contents.print(
        content,
        runs.map(({ operation }) => operation.id),
      );

/** A violation about a sector. */
export function wrongSector(view: CaseView, property: string, sector: number, expected: Content, got: Content, why: string): Violation {
  return {
    property,
    sector,
    expected,
    got,
    detail: `sector ${sector} should be ${printContent(view, expected)} and is ${printContent(view, got)}: ${why}`,
  };
}
