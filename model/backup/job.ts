/**
 * The backup job: `backup_run` of QEMU 1.6 (reference A.4 for the start, A.6 for the loops and the
 * end, A.9 for cancel), as it should have been. Where 1.6 itself is wrong, a rule of rules.ts says so.
 */
import { type Coroutine, type Coroutines, NOBODY, type Run, SharedLock } from '../kernel/coroutine.ts';
import { type Step, atOf, defineStep, nameOf } from '../kernel/step.ts';
import { type BlockError, NO_ERROR, sideOf } from '../block/errors.ts';
import type { Followers } from '../block/guest.ts';
import { InFlight } from '../block/in-flight.ts';
import type { BlockNode } from '../block/node.ts';
import { Requester, type RequesterSizes, type SectorRange } from '../block/requester.ts';
import { BitsSeenBeforeWaiting, BitsUpToTheFirst, type CopiedBits, CopiedBitmap } from './bitmap.ts';
import { copyBeforeWrite } from './copy-before-write.ts';
import { type SyncMode, refusesTarget } from './drive-backup.ts';
import { type ErrorPolicies, ERROR_POLICIES, actionOn, ioStatusAfter } from './error-policy.ts';
import { copyEveryCluster } from './full.ts';
import { ErrorAction, IoStatus, JobState, type JobStatus } from './job-status.ts';
import { waitForCancel } from './none.ts';
import type { Rules } from './rules.ts';

export const JOB_START = defineStep('start', 'nothing');
const START_DRAIN = defineStep('start.drain', 'nothing', { guard: 'woken' });
const FIRST_YIELD = defineStep('start.later', 'nothing');
const SLEEP = defineStep('sleep', 'cluster');
const SLEEP_AT_LIMIT = defineStep('sleep.limit', 'cluster');
const PAUSED = defineStep('paused', 'cluster', { guard: 'woken' });
const PARK = defineStep('park', 'nothing', { guard: 'woken' });
const DRAIN_COPIES = defineStep('drain.copies', 'nothing', { guard: 'woken' });
const CLOSE_DRAIN = defineStep('close.drain', 'nothing', { guard: 'woken' });
const CLOSE = defineStep('close', 'nothing');

const JOB_KIND = 0;

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

export interface JobParts {
  readonly mode: SyncMode;
  readonly rules: Rules;
  readonly source: BlockNode;
  readonly target: BlockNode;
  readonly followers: Followers;
  readonly status: JobStatus;
  /** The target was there before the backup, and the command looks at what it holds. */
  readonly targetExists: boolean;
}

/** What a run's scenario says about the job. */
export interface JobData {
  readonly unblocks: SectorRange;
  readonly onError: ErrorPolicies;
  readonly speed: number;
  readonly operator: number;
}

export class BackupJob extends Requester {
  readonly mode: SyncMode;
  readonly rules: Rules;
  readonly source: BlockNode;
  readonly target: BlockNode;
  readonly targetExists: boolean;
  readonly sectors: number;
  readonly clusterSectors: number;
  readonly clusters: number;
  readonly copied: CopiedBitmap;
  readonly status: JobStatus;
  /** The copies in flight. */
  readonly inFlight: InFlight;
  /** Held shared by every copy; the job waits for its readers before it ends (QEMU: flush_rwlock). */
  readonly copies: SharedLock;

  readonly #coroutines: Coroutines;
  readonly #followers: Followers;
  readonly #ranges: readonly SectorRange[];

  constructor(coroutines: Coroutines, sizes: RequesterSizes, parts: JobParts) {
    super(coroutines, 'job', sizes, JOB_CELLS);
    this.#coroutines = coroutines;
    this.mode = parts.mode;
    this.rules = parts.rules;
    this.source = parts.source;
    this.target = parts.target;
    this.targetExists = parts.targetExists;
    this.#followers = parts.followers;
    this.status = parts.status;
    this.sectors = this.source.image.sectors;
    this.clusterSectors = sizes.clusterSectors;
    this.clusters = Math.ceil(this.sectors / this.clusterSectors);
    this.copied = new CopiedBitmap(this.world, this.clusters);
    this.inFlight = new InFlight(coroutines, 'inFlight', (requester) => requester.cowInFlightCell);
    this.copies = new SharedLock(coroutines, 'copies');
    this.#ranges = Array.from({ length: this.clusters }, (_, c) => this.#clusterRange(c));
    this.source.hookCalls((me, range) => this.#hook(me, range));
  }

  override *body(start: Step): Run {
    yield start;
    if (refusesTarget(this)) this.#begin(JobState.refused);
    else yield* this.#run();
  }

  *#run(): Run {
    if (this.rules.drainGuestAtStart) yield* this.source.drain(this, START_DRAIN);
    this.#begin(JobState.active); // T0
    if (!this.rules.hookBeforeFirstYield) yield this.step(FIRST_YIELD);
    this.source.linkHook();

    if (this.mode === 'none') yield* waitForCancel(this);
    else yield* copyEveryCluster(this);

    if (!this.rules.eventComesLast) this.#end();
    if (this.rules.drainBeforeUnhook) yield* this.#drainCopies();
    if (this.rules.unhookAtEnd) this.source.unlinkHook(); //                  E1
    if (!this.rules.drainBeforeUnhook) yield* this.#drainCopies(); //         E2
    this.copied.free(); //                                                    E3
    yield* this.#closeTarget(); //                                            E5
    if (this.rules.eventComesLast) this.#end(); //                            E6
  }

  get isRefused(): boolean {
    return this.status.state === JobState.refused;
  }

  /** The before-write notifier: it goes on while the job is paused. */
  *#hook(me: Requester, range: SectorRange): Run<BlockError> {
    return this.rules.hookGoesOnWhilePaused || !this.isPaused ? yield* copyBeforeWrite(this, me, range) : NO_ERROR;
  }

  // The loops.

  /**
   * `block_job_sleep_ns`: yields once, unless cancelled; a cancel enters the job at once. Paused, it
   * yields until a resume or a cancel. Time is not modelled: a job at its speed limit sleeps as long as
   * any other, which is as long as the scheduler likes, but in a step of its own.
   */
  *sleep(cluster: number): Run {
    if (this.isCancelled) return;
    this.#set(PARKED, 1);
    if (this.isPaused) yield this.step(PAUSED, cluster);
    else yield this.step(this.#isAtSpeedLimit() ? SLEEP_AT_LIMIT : SLEEP, cluster);
    this.#unpark();
  }

  /** Yields until a cancel, a resume or a pause's end enters the job. */
  *park(): Run {
    this.#set(PARKED, 1);
    yield this.step(PARK);
    this.#unpark();
  }

  get isCancelled(): boolean {
    return this.#get(CANCELLED) === 1;
  }
  get isCancelledAfterSleep(): boolean {
    return this.rules.cancelCheckedAfterSleep && this.isCancelled;
  }
  get isPaused(): boolean {
    return this.#get(PAUSED_BY) === 1;
  }

  /** What the loop's latest try came to. */
  setResult(error: BlockError): void {
    this.#set(RESULT, error);
  }

  /** What becomes of an error of the loop: J6. @returns whether the loop goes on */
  goesOnAfter(error: BlockError): boolean {
    const action = actionOn(ERROR_POLICIES[this.#get(sideOf(error) === 'source' ? SOURCE_POLICY : TARGET_POLICY)]!, error);
    this.status.tell(action, error);
    if (action === ErrorAction.report) return false;
    if (action === ErrorAction.stop) this.#stop(error);
    if (this.rules.staleErrorIsForgotten) this.setResult(NO_ERROR);
    return true;
  }

  /** TOP passes over a cluster of which nothing is allocated. */
  skip(cluster: number): void {
    if (this.rules.skippedAreCounted && this.copied.skip(cluster)) this.#advance(cluster);
  }

  // Copies.

  markCopied(me: Requester, cluster: number): void {
    const counts = this.copied.add(cluster);
    if (!this.#isZero(SPEED)) this.world.move(this.slotCell(COPIED_IN_SLICE), this.slotCell(COPIED_IN_SLICE), this.clusterSectors);
    if (counts && (me === this || this.rules.hookCopiesAreCounted)) this.#advance(cluster);
  }

  /** `cow_request_end`: others may have these clusters now. */
  endTurn(me: Requester): void {
    this.inFlight.end(me);
    me.setCow(0, 0);
    if (this.rules.wakeWaiters) this.inFlight.waitersOf(me).wakeAll();
  }

  /** Whether a copy's read is like any other: it copies on read, and waits for requests of the guest. */
  readsLikeAnyRead(me: Requester): boolean {
    return me === this ? !this.rules.jobReadIgnoresGuests : !this.rules.copyReadIgnoresOwnRequest;
  }

  /** The clusters that a range of sectors touches, `[first, end)`. */
  clustersOf({ first, end }: SectorRange): [number, number] {
    const round = this.rules.copyWholeClusters ? Math.ceil : Math.floor;
    return [Math.floor(first / this.clusterSectors), round(end / this.clusterSectors)];
  }

  /** The sectors of a cluster; the last one may be short. */
  sectorsOf(cluster: number): SectorRange {
    return this.#ranges[cluster]!;
  }

  /** What a copy goes by when it asks which clusters have been copied. */
  bitsFor(me: Requester): CopiedBits {
    if (!this.rules.checkBitAfterWaiting) return new BitsSeenBeforeWaiting(this.copied, me);
    return this.rules.everyBitIsLookedUp ? this.copied : new BitsUpToTheFirst(this.copied, me);
  }

  /** Whether a copy looks up the allocation once more and skips what is unallocated now. */
  get asksAgain(): boolean {
    return this.mode === 'top' && !this.rules.topDecidesOnce;
  }

  // What the monitor asks of it. Without a job there is nothing to do.

  /** `block-job-cancel` by force: also ends a pause, and enters the job at once if it is parked. */
  cancel(): void {
    if (!this.#isAlive) return;
    this.#set(CANCELLED, 1);
    this.#set(PAUSED_BY, 0);
    this.status.setIoStatus(IoStatus.ok);
    if (this.rules.cancelWakesParkedJob) this.#enter();
  }
  pause(): void {
    if (this.#isAlive) this.#set(PAUSED_BY, 1);
  }
  resume(): void {
    if (!this.#isAlive) return;
    this.#set(PAUSED_BY, 0);
    this.status.setIoStatus(IoStatus.ok);
    if (this.rules.resumeWakesPausedJob) this.#enter();
  }

  /** Before a run. */
  loadJob(cells: Int32Array, { unblocks, onError, speed, operator }: JobData): void {
    this.loadInto(cells, JOB_KIND, this.step(JOB_START), 0);
    cells[this.slotCell(UNBLOCKS_FIRST)] = unblocks.first;
    cells[this.slotCell(UNBLOCKS_END)] = unblocks.end;
    cells[this.slotCell(SOURCE_POLICY)] = ERROR_POLICIES.indexOf(onError.source);
    cells[this.slotCell(TARGET_POLICY)] = ERROR_POLICIES.indexOf(onError.target);
    cells[this.slotCell(SPEED)] = speed;
    cells[this.slotCell(OPERATOR)] = operator;
  }

  // For observers.

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
  get isHookedSeen(): boolean {
    return this.world.cells[this.source.hookCell] === 1;
  }
  /** Whether this coroutine has a copy in flight of the cluster. */
  holdsSeen(who: Coroutine, cluster: number): boolean {
    return who instanceof Requester && this.inFlight.coversSeen(who, cluster);
  }
  /** Whether nobody waits any more for the guest's requests to end. */
  get isPastDrainsSeen(): boolean {
    return this.hasEnded || nameOf(this.pending).index === CLOSE.index;
  }
  /** Whether the loop is past a cluster, and will not come back to it. */
  hasPassedSeen(cluster: number): boolean {
    const { at, index } = nameOf(this.pending);
    if (at === 'nothing') return this.hasEnded || (index !== JOB_START.index && index !== START_DRAIN.index && index !== FIRST_YIELD.index);
    return cluster < (at === 'cluster' ? atOf(this.pending) : Math.floor(atOf(this.pending) / this.clusterSectors));
  }
  /** Whether the last copy has ended, and there will be none. */
  get isPastCopiesSeen(): boolean {
    const { index } = nameOf(this.pending);
    return this.hasEnded || index === CLOSE_DRAIN.index || index === CLOSE.index;
  }

  /** The command's outcome: from here on guests may meet the job. */
  #begin(state: JobState): void {
    this.status.setState(state);
    this.#followers.unblock(this.#get(UNBLOCKS_FIRST), this.#get(UNBLOCKS_END));
  }

  *#drainCopies(): Run {
    if (this.rules.drainCopiesBeforeEnd) yield* this.copies.waitForReaders(this, this.step(DRAIN_COPIES));
  }

  /** Deleting the target drains every device and flushes: others run meanwhile, in a nested event loop. */
  *#closeTarget(): Run {
    yield* this.source.drain(this, CLOSE_DRAIN);
    yield this.step(CLOSE);
    this.target.image.close();
  }

  /** `block_job_completed`: CANCELLED if it has been, whatever became of it, else COMPLETED with its error. */
  #end(): void {
    if (this.rules.completedTellsError) this.status.setErrorFrom(this.slotCell(RESULT));
    this.status.setState(this.isCancelled ? JobState.cancelled : JobState.completed);
    this.#set(PAUSED_BY, 0);
    this.#set(COPIED_IN_SLICE, 0);
  }

  /** The policy says stop: the job stays where it sleeps next, until somebody resumes it. */
  #stop(error: BlockError): void {
    this.#set(PAUSED_BY, 1);
    this.status.setIoStatus(ioStatusAfter(error));
    const operator = this.#get(OPERATOR);
    if (operator !== NOBODY) this.#coroutines.release(operator);
  }

  #advance(cluster: number): void {
    const { first, end } = this.sectorsOf(cluster);
    this.status.advance(end - first);
  }

  /** A slice of time lets so many sectors through, copies of the hook included, and at least one cluster. */
  #isAtSpeedLimit(): boolean {
    if (this.#isZero(SPEED) || this.#get(COPIED_IN_SLICE) < this.#get(SPEED)) return false;
    this.#set(COPIED_IN_SLICE, 0); // by the time it wakes up, the next slice has begun
    return true;
  }

  get #isAlive(): boolean {
    const { state } = this.status;
    return state === JobState.created || state === JobState.active;
  }

  #enter(): void {
    if (this.#get(PARKED) === 1) this.#coroutines.wake(this.id);
  }

  #unpark(): void {
    this.#set(PARKED, 0);
    this.forgetWake();
  }

  #clusterRange(cluster: number): SectorRange {
    const first = cluster * this.clusterSectors;
    const end = first + this.clusterSectors;
    return { first, end: this.rules.clampLastCluster ? Math.min(end, this.sectors) : end };
  }

  #get(cell: number): number {
    return this.world.read(this.slotCell(cell));
  }
  #set(cell: number, value: number): void {
    this.world.write(this.slotCell(cell), value);
  }
  #isZero(cell: number): boolean {
    return this.world.isZero(this.slotCell(cell));
  }
  #seen(cell: number): number {
    return this.world.cells[this.slotCell(cell)]!;
  }
}
