/**
 * cancel-is-clean: the end is one event: CANCELLED if somebody cancelled the job before it, and only then, else COMPLETED.
 * Nothing is written to the target after it; no guest calls the hook once it is unlinked; and a coroutine that waited for
 * a copy goes on. A NONE job ends by a cancel alone.
 *
 * A daemon that quits cancels its jobs.
 *
 * Whether the job was cancelled is seen at the command itself. The job's own flag is not asked: it may be what got lost.
 */
import type { Coroutine } from '../model/kernel/coroutine.ts';
import type { Step } from '../model/kernel/step.ts';
import { ioOf, meaningOf, roleOf } from '../model/meaning.ts';
import type { DiskOfMachine } from '../model/machine/disk-of-machine.ts';
import { modesInWords, modesWhere } from '../model/sync.ts';
import { NO_ERROR } from '../model/block/errors.ts';
import { JobState } from '../model/job/job-status.ts';
import type { Property, Violation } from './property.ts';
import { type Watch, Watched } from './watch.ts';

const hasEnded = (state: JobState): boolean => state === JobState.completed || state === JobState.cancelled;
const isOver = (state: JobState): boolean => hasEnded(state) || state === JobState.refused;

export class CancelIsClean implements Property {
  readonly name = 'cancel-is-clean';
  readonly sentence =
    'The job ends with one event, which is CANCELLED exactly if the job was cancelled; ' +
    `${modesInWords(modesWhere(({ endsByItself }) => !endsByItself))} ends only when cancelled; ` +
    'after the event nothing is written to the target, and no guest calls a hook that is gone.';
  readonly watches = Watched.jobState | Watched.target | Watched.guestStart | Watched.guestEnd | Watched.cancel;
  readonly #machine: DiskOfMachine;
  readonly #watch: Watch;
  /** The event that has been sent; 0: none. */
  readonly #eventCell: number;
  /** 1 once somebody has cancelled a job that had not told of its end. */
  readonly #cancelledCell: number;

  constructor(machine: DiskOfMachine, watch: Watch) {
    this.#machine = machine;
    this.#watch = watch;
    this.#eventCell = machine.world.alloc('oracle.event', 1);
    this.#cancelledCell = machine.world.alloc('oracle.cancelled', 1);
  }

  begin(): void {}

  after(coroutine: Coroutine, step: Step): Violation | null {
    const { world, job } = this.#machine;
    const sent = world.cells[this.#eventCell]!;
    if (sent !== 0 && this.#wroteTarget())
      return this.#wrong(`${this.#name(coroutine)} wrote to the target after the job had reported its end`);
    const { stateSeen } = job.status;
    const role = roleOf(step);
    if ((role === 'cancels' || role === 'quits') && !isOver(stateSeen)) world.store(this.#cancelledCell, 1);
    if (hasEnded(stateSeen) && stateSeen !== sent) {
      const wrong = sent === 0 ? this.#wrongEnd(stateSeen) : 'the job ended twice';
      if (wrong !== null) return this.#wrong(wrong);
      world.store(this.#eventCell, stateSeen);
    }
    return this.#calledGoneHook(coroutine, step) ? this.#wrong(`${this.#name(coroutine)} began a copy after the hook was unlinked`) : null;
  }

  end(): Violation | null {
    const { job } = this.#machine;
    const { stateSeen } = job.status;
    return job.hasEnded && !hasEnded(stateSeen) && stateSeen !== JobState.refused
      ? this.#wrong('the job is over and has not reported its end')
      : null;
  }

  #wrongEnd(event: JobState): string | null {
    const { world, sync, job } = this.#machine;
    const isCancelled = world.cells[this.#cancelledCell] === 1;
    if (event === JobState.cancelled)
      return isCancelled || this.#groupHasFailed() ? null : 'the job reported CANCELLED, although nothing cancelled it';
    if (isCancelled) return 'the job was cancelled, but reported COMPLETED: the cancel was lost';
    return sync.endsByItself || job.status.isGivenUpSeen
      ? null
      : `the job has completed: a ${modesInWords([sync.name])} job ends only when cancelled`;
  }

  /**
   * Whether another job of the group was cancelled, or has met an error, which cancels this one by force. Its own event may come later, so
   * the job itself is asked; that of a group none completes unless all do, group-all-or-nothing says.
   */
  #groupHasFailed(): boolean {
    const { backups, job, shape } = this.#machine;
    if (shape.transaction !== 'grouped') return false;
    return backups.some((other) => other.job !== job && (other.job.isCancelledSeen || other.job.resultSeen !== NO_ERROR));
  }

  #wroteTarget(): boolean {
    const { world } = this.#machine;
    for (let i = 0; i < world.changedCount; i++) if (this.#watch.what[world.changed[i]!] === Watched.target) return true;
    return false;
  }

  /** A guest whose step was no part of a copy, and whose next one is. */
  #calledGoneHook(coroutine: Coroutine, step: Step): boolean {
    const { world, sourceNode } = this.#machine;
    if (world.cells[sourceNode.hook.cell] === 1 || this.#machine.guestOf(coroutine) === null || isCopying(step)) return false;
    return isCopying(coroutine.pending) && ioOf(step)?.by !== 'reader';
  }

  #name(coroutine: Coroutine): string {
    return this.#machine.coroutineName(coroutine);
  }
  #wrong(detail: string): Violation {
    return { property: this.name, detail };
  }
}

function isCopying(step: Step): boolean {
  const { role, io } = meaningOf(step);
  return role === 'waitsForCopy' || io?.by === 'copy';
}
