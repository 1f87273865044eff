/**
 * Backups of several disks that one `transaction` command starts (QEMU: JobTxn, job.c; F.3 of the reference). Under `individual` each
 * ends by itself. Under `grouped` a job that has done all it has to do waits for the others; the first that fails or is cancelled
 * cancels all others by force; and then they end one after the other, in one turn of the main loop: in the order of the command, or,
 * if one of them has failed, the newest first.
 */
import { NO_ERROR } from '../block/errors.ts';
import type { Run } from '../kernel/coroutine.ts';
import type { Coroutines } from '../kernel/coroutines.ts';
import type { StepName } from '../kernel/step.ts';
import { WaitQueue } from '../kernel/wait-queue.ts';
import type { World } from '../kernel/world.ts';
import type { BlockJob } from './block-job.ts';

export const COMPLETIONS = ['individual', 'grouped'] as const;
/** `completion-mode` */
export type Completion = (typeof COMPLETIONS)[number];

/** The most jobs that one transaction starts. */
const JOBS_MAX = 2;

export class Transaction {
  readonly isGrouped: boolean;
  /** Whether the last action of the command fails. */
  readonly fails: boolean;
  readonly #world: World;
  readonly #jobs: BlockJob[] = [];
  /** By job: 1 once it has done all that it has to do, and 1 once it has ended. */
  readonly #doneCell: number;
  readonly #endedCell: number;
  readonly #waiting: WaitQueue;

  constructor(coroutines: Coroutines, completion: Completion, fails: boolean) {
    this.fails = fails;
    this.isGrouped = completion === 'grouped';
    const { world } = coroutines;
    this.#world = world;
    this.#doneCell = world.alloc('transaction.done', JOBS_MAX);
    this.#endedCell = world.alloc('transaction.ended', JOBS_MAX);
    this.#waiting = new WaitQueue(coroutines, world.alloc('transaction.waiting', 1));
  }

  /** A fact of the machine, not of a run: the jobs are started in the order in which they join. */
  join(job: BlockJob): void {
    this.#jobs.push(job);
  }

  /** Whose start comes before a job's; null: its own is the first. */
  before(job: BlockJob): BlockJob | null {
    return this.#jobs[this.#jobs.indexOf(job) - 1] ?? null;
  }
  /** Whose start comes after a job's; null: its own is the last. */
  after(job: BlockJob): BlockJob | null {
    return this.#jobs[this.#jobs.indexOf(job) + 1] ?? null;
  }

  /** A job of a group waits until it is its turn to end. @param step where it waits */
  *waitForGroup(job: BlockJob, step: StepName): Run {
    this.#world.write(this.#doneCell + this.#jobs.indexOf(job), 1);
    this.#waiting.wakeAll();
    while (!this.#isTurnOf(job)) yield* this.#waiting.wait(job, job.step(step));
  }

  /** Whether a job of a group has done all that it has to do. */
  isDone(job: BlockJob): boolean {
    return !this.#world.isZero(this.#doneCell + this.#jobs.indexOf(job));
  }

  /** A job has failed or been cancelled: so all others of its group are cancelled, and those that wait may have to end in another order. */
  abort(job: BlockJob): void {
    for (const other of this.#jobs) if (other !== job && !other.isCancelled) other.cancel();
    this.#waiting.wakeAll();
  }

  /** A job has sent its event: the next of its group ends. */
  ended(job: BlockJob): void {
    this.#world.write(this.#endedCell + this.#jobs.indexOf(job), 1);
    this.#waiting.wakeAll();
  }

  /** How many jobs of a group have sent their event. They do so in one turn of the main loop. */
  get haveEnded(): number {
    return this.#jobs.filter((_, i) => !this.#world.isZero(this.#endedCell + i)).length;
  }
  get allHaveEnded(): boolean {
    return this.haveEnded === this.#jobs.length;
  }

  #isTurnOf(job: BlockJob): boolean {
    if (this.#jobs.some((_, i) => this.#world.isZero(this.#doneCell + i))) return false;
    const hasFailed = this.#jobs.some((one) => one.isCancelled || one.result !== NO_ERROR);
    const before = hasFailed ? this.after(job) : this.before(job);
    return before === null || !this.#world.isZero(this.#endedCell + this.#jobs.indexOf(before));
  }
}
