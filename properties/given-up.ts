/**
 * given-up: a job may declare that its backup does not show the point in time any more, or a copy that fails may break its snapshot
 * (`on-cbw-error=break-snapshot`, MO-12 and MO-18 of docs/qemu-today.md). From then on snapshot-kept and stable-reader
 * ask nothing of it; but a read of the point in time that begins later must get an error, a read under way must get the disk
 * at T0 or an error, and the job must not complete without an error: no user may take a void backup for a good one.
 *
 * What readers return, `reads-returned.ts` sees.
 */
import { NO_ERROR } from '../model/block/errors.ts';
import { JobState } from '../model/job/job-status.ts';
import type { DiskOfMachine } from '../model/machine/disk-of-machine.ts';
import type { Property, Violation } from './property.ts';
import { Watched } from './watch.ts';

export const GIVEN_UP = 'given-up';

export class GivenUp implements Property {
  readonly name = GIVEN_UP;
  readonly sentence = 'Once a job has given up its point in time, its readers get an error, and the job does not complete without one.';
  readonly watches = Watched.jobState;
  readonly #machine: DiskOfMachine;

  constructor(machine: DiskOfMachine) {
    this.#machine = machine;
  }

  begin(): void {}

  after(): Violation | null {
    const { shape, job } = this.#machine;
    const { isGivenUpSeen, stateSeen, errorSeen } = job.status;
    if (!isGivenUpSeen || stateSeen !== JobState.completed || errorSeen !== NO_ERROR) return null;
    const what = shape.breaksSnapshot ? 'a failed copy broke the snapshot, but the job' : 'the job gave up its point in time, but';
    return { property: this.name, detail: `${what} completed without an error` };
  }

  end(): null {
    return null;
  }
}
