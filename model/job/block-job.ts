/**
 * What any block job has, in QEMU `blockjob.c`: it sleeps, is cancelled, paused and resumed, has a
 * policy for errors and a speed limit, and tells how it stands. What a backup does of its own is in
 * model/families/notifier/job.ts.
 */
import type { Coroutine, Run } from '../kernel/coroutine.ts';
import type { Coroutines } from '../kernel/coroutines.ts';
import { NOBODY } from '../kernel/slot.ts';
import { Misuse } from '../kernel/misuse.ts';
import { WaitQueue } from '../kernel/wait-queue.ts';
import type { Step, StepName } from '../kernel/step.ts';
import { type BlockError, sideOf } from '../block/errors.ts';
import type { Dependents } from '../block/guest.ts';
import { Requester, type RequesterSizes, type SectorRange } from '../block/requester.ts';
import { type ErrorPolicies, ERROR_POLICIES, actionOn, ioStatusAfter } from './error-policy.ts';
import { ErrorAction, IoStatus, JobState, type JobStatus } from './job-status.ts';
import { JOB_START, PARK, PAUSED, SLEEP, SLEEP_AT_LIMIT } from './steps.ts';

const UNBLOCKS_FIRST = 0;
const UNBLOCKS_END = 1;
const CANCELLED = 2;
const PAUSED_BY = 3; // 1 while it is to stay where it sleeps next, be it for a user or for an error
const PARKED = 4; // 1 while a cancel or a resume may enter the job: it sleeps or is parked (QEMU: not `busy`)
const RESULT = 5; // QEMU's `ret`: the error that the loop has last met
const SOURCE_POLICY = 6;
const TARGET_POLICY = 7;
const SPEED = 8; // sectors a slice of time; 0: no limit
const COPIED_IN_SLICE = 9;
const OPERATOR = 10; // who is to resume the job after an error has stopped it; 0: nobody
const JOB_CELLS = 11;

/** What a run's scenario says about the job. */
export interface JobData {
  readonly unblocks: SectorRange;
  readonly onError: ErrorPolicies;
  readonly speed: number;
  readonly operator: number;
}

export abstract class BlockJob extends Requester {
  readonly status: JobStatus;
  /** Whether it takes no command while it ends. */
  readonly holdsCommands: boolean = false;
  /** Who gives them: who cancels. A pause or a resume changes nothing by then. A fact of the machine, not of a run. */
  commandedBy: readonly Coroutine[] = [];
  /** Where is waited for its end; null: nowhere. A fact of the machine, too. */
  #awaited: WaitQueue | null = null;
  readonly #coroutines: Coroutines;
  readonly #dependents: Dependents;

  constructor(coroutines: Coroutines, name: string, sizes: RequesterSizes, status: JobStatus, dependents: Dependents) {
    super(coroutines, name, sizes, JOB_CELLS);
    this.#coroutines = coroutines;
    this.status = status;
    this.#dependents = dependents;
  }

  // What the monitor asks of it. Without a job there is nothing to do.

  /** `block-job-cancel` by force. */
  cancel(): void {
    if (!this.isAlive) return;
    this.setCancelled();
    this.enter();
  }
  resume(): void {
    if (!this.isAlive) return;
    this.endPause();
    this.enter();
  }
  pause(): void {
    if (this.isAlive) this.#set(PAUSED_BY, 1);
  }

  // Its life.

  /** What comes after the command, whatever its outcome, may start. */
  releaseGuests(): void {
    this.#dependents.unblock(this.#get(UNBLOCKS_FIRST), this.#get(UNBLOCKS_END));
  }

  /** The event: CANCELLED if it has been, whatever became of it, else COMPLETED. */
  protected complete(): void {
    const { state } = this.status;
    if (state !== JobState.active) this.world.misuse(state === JobState.created ? Misuse.endedFirst : Misuse.endedTwice);
    this.status.setState(this.isCancelled ? JobState.cancelled : JobState.completed);
    this.#set(PAUSED_BY, 0);
    this.#set(COPIED_IN_SLICE, 0);
    this.#awaited?.wakeAll();
  }

  /** There is no job after all: the command that was to start it fails, or never comes. */
  withdraw(): void {
    this.status.setState(JobState.refused);
    this.#awaited?.wakeAll();
  }

  /** Its end will be waited for. */
  awaitedIn(queue: WaitQueue): void {
    this.#awaited = queue;
  }
  /** Waits for the end of a job that is alive. @param step in which the caller waits */
  *awaitEnd(me: Coroutine, step: Step): Run {
    yield* this.#awaited!.wait(me, step);
  }

  /**
   * The main loop ends the job, and takes no command meanwhile: where it waits, it does so in a nested loop, in which the monitor has no
   * part (A.3 of the reference: a request that hangs keeps the monitor waiting).
   */
  protected stopTakingCommands(): void {
    for (const { id } of this.commandedBy) this.#coroutines.block(id);
  }
  protected takeCommands(): void {
    for (const { id } of this.commandedBy) this.#coroutines.unblock(id);
  }

  get isRefused(): boolean {
    return this.status.state === JobState.refused;
  }
  get isStarted(): boolean {
    return this.status.state !== JobState.created;
  }
  get isAlive(): boolean {
    const { state } = this.status;
    return state === JobState.created || state === JobState.active;
  }
  get isCancelled(): boolean {
    return this.#get(CANCELLED) === 1;
  }
  get isPaused(): boolean {
    return this.#get(PAUSED_BY) === 1;
  }

  /** A cancel also ends a pause. */
  protected setCancelled(): void {
    this.#set(CANCELLED, 1);
    this.endPause();
  }
  protected endPause(): void {
    this.#set(PAUSED_BY, 0);
    this.status.setIoStatus(IoStatus.ok);
  }

  /** Enters the job at once, if it is parked (QEMU: `block_job_resume`, `qemu_coroutine_enter`). */
  protected enter(): void {
    if (this.#get(PARKED) === 1) this.#coroutines.wake(this.id);
  }

  // Where it sleeps.

  /**
   * `block_job_sleep_ns`: yields once, unless cancelled; a cancel enters the job at once. Paused, it
   * yields until a resume or a cancel. Time is not modelled: a job at its speed limit sleeps as long as
   * any other, which is as long as the scheduler likes, but in a step of its own.
   */
  *sleep(cluster: number): Run {
    if (this.isCancelled) return;
    this.#set(PARKED, 1);
    if (this.isPaused) yield this.step(PAUSED, cluster);
    else yield this.step(this.reachesSpeedLimit() ? SLEEP_AT_LIMIT : SLEEP, cluster);
    this.#unpark();
  }

  /** Yields until a cancel, a resume or a pause's end enters the job. @param step in which it is parked @param at of the step */
  *park(step: StepName = PARK, at = 0): Run {
    this.#set(PARKED, 1);
    yield this.step(step, at);
    this.#unpark();
  }

  #unpark(): void {
    this.#set(PARKED, 0);
    this.forgetWake();
  }

  // Errors.

  /** What the loop's latest try came to. */
  get result(): BlockError {
    return this.#get(RESULT);
  }
  setResult(error: BlockError): void {
    this.#set(RESULT, error);
  }
  /** The event COMPLETED will tell of it, and so will CANCELLED, where it is called for a job that was cancelled. */
  protected tellResult(): void {
    this.status.setErrorFrom(this.slotCell(RESULT));
  }

  /** `block_job_error_action`: what the policy for the error's side says, told in an event. */
  actOn(error: BlockError): ErrorAction {
    const action = actionOn(ERROR_POLICIES[this.#get(sideOf(error) === 'source' ? SOURCE_POLICY : TARGET_POLICY)]!, error);
    this.status.tell(action, error);
    if (action === ErrorAction.stop) this.#stop(error);
    return action;
  }

  /** The job stays where it sleeps next, until somebody resumes it. */
  #stop(error: BlockError): void {
    this.#set(PAUSED_BY, 1);
    this.status.setIoStatus(ioStatusAfter(error));
    const operator = this.#get(OPERATOR);
    if (operator !== NOBODY) this.#coroutines.release(operator);
  }

  // Its speed. A slice of time lets so many sectors through, copies of the hook included, and at least one cluster.

  countInSlice(sectors: number): void {
    if (!this.world.isZero(this.slotCell(SPEED))) this.world.move(this.slotCell(COPIED_IN_SLICE), this.slotCell(COPIED_IN_SLICE), sectors);
  }

  /** Whether as many sectors were copied in this slice as the speed limit allows. If so, the caller has to sleep. */
  reachesSpeedLimit(): boolean {
    if (this.world.isZero(this.slotCell(SPEED)) || this.#get(COPIED_IN_SLICE) < this.#get(SPEED)) return false;
    this.#set(COPIED_IN_SLICE, 0); // by the time it wakes up, the next slice has begun
    return true;
  }

  /** Before a run. */
  loadJob(cells: Int32Array, { unblocks, onError, speed, operator }: JobData): void {
    this.loadInto(cells, this.step(JOB_START));
    cells[this.slotCell(UNBLOCKS_FIRST)] = unblocks.first;
    cells[this.slotCell(UNBLOCKS_END)] = unblocks.end;
    cells[this.slotCell(SOURCE_POLICY)] = ERROR_POLICIES.indexOf(onError.source);
    cells[this.slotCell(TARGET_POLICY)] = ERROR_POLICIES.indexOf(onError.target);
    cells[this.slotCell(SPEED)] = speed;
    cells[this.slotCell(OPERATOR)] = operator;
  }

  // For observers.

  get isRefusedSeen(): boolean {
    return this.status.stateSeen === JobState.refused;
  }
  get isCancelledSeen(): boolean {
    return this.#seen(CANCELLED) === 1;
  }
  get isPausedSeen(): boolean {
    return this.#seen(PAUSED_BY) === 1;
  }
  get resultSeen(): BlockError {
    return this.#seen(RESULT);
  }
  /** Cells that are the same for the whole of a run. */
  get settledCells(): readonly number[] {
    return [this.slotCell(SPEED)];
  }

  #get(cell: number): number {
    return this.world.read(this.slotCell(cell));
  }
  #set(cell: number, value: number): void {
    this.world.write(this.slotCell(cell), value);
  }
  #seen(cell: number): number {
    return this.world.cells[this.slotCell(cell)]!;
  }
}
