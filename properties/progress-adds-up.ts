/**
 * progress-adds-up: the offset grows by whole clusters of the backup, counts each once, and ends where
 * it should: FULL and TOP at the length of the disk, NONE at the bytes that the hook has copied. A TOP that scans first, and a
 * BITMAP, take what they leave out off the length, and end at the bytes copied, too.
 */
import { JobState } from '../model/job/job-status.ts';
import { NO_ERROR } from '../model/block/errors.ts';
import type { DiskOfMachine } from '../model/machine/disk-of-machine.ts';
import { modesInWords, modesWhere } from '../model/sync.ts';
import type { Property, Violation } from './property.ts';
import { Watched } from './watch.ts';

export class ProgressAddsUp implements Property {
  readonly name = 'progress-adds-up';
  readonly sentence =
    'The offset grows, counts each cluster once, and ends at the length of the disk ' +
    `(${modesInWords(modesWhere(({ endsByItself }) => endsByItself))}) or at what was copied ` +
    `(${modesInWords(modesWhere(({ endsByItself }) => !endsByItself))}).`;
  readonly watches = Watched.progress | Watched.jobState;
  readonly #machine: DiskOfMachine;
  readonly #offsetCell: number;

  constructor(machine: DiskOfMachine) {
    this.#machine = machine;
    this.#offsetCell = machine.world.alloc('oracle.offset', 1);
  }

  begin(): void {}

  after(): Violation | null {
    const { world, job, shape } = this.#machine;
    const offset = job.status.offsetSeen;
    const before = world.cells[this.#offsetCell]!;
    world.store(this.#offsetCell, offset);
    if (offset < before) return this.#wrong(`the progress of the job fell from ${before} to ${offset} sectors`);
    if (offset > shape.sectors) return this.#wrong(`the progress of the job is ${offset} sectors on a disk of ${shape.sectors}`);
    const expected = this.#endsAt();
    return expected === null || offset === expected
      ? null
      : this.#wrong(`the progress of the job ended at ${offset} sectors instead of ${expected}`);
  }

  end(): null {
    return null;
  }

  /** Where the offset must be now; null: anywhere. */
  #endsAt(): number | null {
    const { job, shape, promisedSync } = this.#machine;
    const { stateSeen, errorSeen } = job.status;
    if (!promisedSync.endsByItself) return stateSeen === JobState.cancelled ? this.#copiedSectors() : null;
    if (stateSeen !== JobState.completed || errorSeen !== NO_ERROR || job.resultSeen !== NO_ERROR) return null;
    const leavesOut = promisedSync.selects === 'dirty' || (job.scansTop && promisedSync.selects === 'allocated');
    return leavesOut ? this.#copiedSectors() : shape.sectors;
  }

  /** The sectors of all clusters of which the target has something, for each is stored whole. */
  #copiedSectors(): number {
    const { job, target, shape } = this.#machine;
    let copied = 0;
    for (let c = 0; c < job.clusters; c++) {
      const { first, end } = job.sectorsOf(c);
      for (let s = first; s < end; s++) {
        if (!target.isWrittenAt(s)) continue;
        copied += Math.min(end, shape.sectors) - first;
        break;
      }
    }
    return copied;
  }

  #wrong(detail: string): Violation {
    return { property: this.name, detail };
  }
}
