/**
 * The backup job: `backup_run` of QEMU 1.6 (reference A.4 for the start, A.6 for the loops and the
 * end, A.9 for cancel), as it should have been. Where 1.6 itself is wrong, a rule of rules.ts says so.
 */
import { type Coroutines, type Run, SharedLock } from '../kernel/coroutine.ts';
import { type Step, defineStep } from '../kernel/step.ts';
import type { BlockNode } from '../block/node.ts';
import { Requester, type RequesterSizes, type SectorRange } from '../block/requester.ts';
import type { Followers } from '../block/guest.ts';
import { BitsSeenBeforeWaiting, type CopiedBits, CopiedBitmap } from './bitmap.ts';
import { copyBeforeWrite } from './copy-before-write.ts';
import { CowRequests } from './cow-requests.ts';
import { copyEveryCluster } from './full.ts';
import { waitForCancel } from './none.ts';
import type { Rules } from './rules.ts';

export type SyncMode = 'full' | 'top' | 'none';

/** Where the job stands, as its events tell. `active`: the point in time has been taken. */
export const JobState = { created: 0, active: 1, completed: 2, cancelled: 3 } as const;
export type JobState = (typeof JobState)[keyof typeof JobState];

export const JOB_START = defineStep('start', 'nothing');
const START_DRAIN = defineStep('start.drain', 'nothing', { guard: 'woken' });
const FIRST_YIELD = defineStep('start.later', 'nothing');
const SLEEP = defineStep('sleep', 'cluster');
const PARK = defineStep('park', 'nothing', { guard: 'woken' });
const DRAIN_COPIES = defineStep('drain.copies', 'nothing', { guard: 'woken' });
const CLOSE_DRAIN = defineStep('close.drain', 'nothing', { guard: 'woken' });
const CLOSE = defineStep('close', 'nothing');

const JOB_KIND = 0;

const UNBLOCKS_FIRST = 0;
const UNBLOCKS_END = 1;
const JOB_CELLS = 2;

export interface JobParts {
  readonly mode: SyncMode;
  readonly rules: Rules;
  readonly source: BlockNode;
  readonly target: BlockNode;
  readonly followers: Followers;
  /** A watched cell for the job's state. */
  readonly stateCell: number;
}

export class BackupJob extends Requester {
  readonly mode: SyncMode;
  readonly rules: Rules;
  readonly source: BlockNode;
  readonly target: BlockNode;
  readonly sectors: number;
  readonly clusterSectors: number;
  readonly clusters: number;
  readonly copied: CopiedBitmap;
  readonly inFlight: CowRequests;
  /** Held shared by every copy; the job waits for its readers before it ends (QEMU: flush_rwlock). */
  readonly copies: SharedLock;
  readonly stateCell: number;

  readonly #cancelledCell: number;
  /** 1 while a cancel may enter the job: it sleeps or is parked (QEMU: not `busy`). */
  readonly #parkedCell: number;
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
    this.#followers = parts.followers;
    this.stateCell = parts.stateCell;
    this.#cancelledCell = this.world.alloc('job.cancelled', 1);
    this.#parkedCell = this.world.alloc('job.parked', 1);
    this.sectors = this.source.image.sectors;
    this.clusterSectors = sizes.clusterSectors;
    this.clusters = Math.ceil(this.sectors / this.clusterSectors);
    this.copied = new CopiedBitmap(this.world, this.clusters);
    this.inFlight = new CowRequests(coroutines, this.rules);
    this.copies = new SharedLock(coroutines, 'copies');
    this.#ranges = Array.from({ length: this.clusters }, (_, c) => this.#clusterRange(c));
    this.source.hookCalls((me, range) => copyBeforeWrite(this, me, range));
  }

  override *body(start: Step): Run {
    yield start;
    yield* this.source.drain(this, START_DRAIN); // 1.6 does not drain here (S-06); the command is drained since 2288ccfac9 (5.0)
    this.#setState(JobState.active); // T0
    this.#followers.unblock(this.world.read(this.slotCell(UNBLOCKS_FIRST)), this.world.read(this.slotCell(UNBLOCKS_END)));
    if (!this.rules.hookBeforeFirstYield) yield this.step(FIRST_YIELD);
    this.source.linkHook();

    if (this.mode === 'none') yield* waitForCancel(this);
    else yield* copyEveryCluster(this);

    if (this.rules.drainBeforeUnhook) yield* this.#drainCopies();
    this.source.unlinkHook(); //                                              E1
    if (!this.rules.drainBeforeUnhook) yield* this.#drainCopies(); //         E2
    this.copied.free(); //                                                    E3
    yield* this.#closeTarget(); //                                            E5
    this.#setState(this.isCancelled ? JobState.cancelled : JobState.completed); // E6
  }

  /** `block_job_sleep_ns(0)`: yields once, and a cancel enters the job at once; no sleep once cancelled. */
  *sleep(cluster: number): Run {
    if (this.isCancelled) return;
    this.world.write(this.#parkedCell, 1);
    yield this.step(SLEEP, cluster);
    this.#unpark();
  }

  /** Yields until a cancel enters the job. */
  *park(): Run {
    this.world.write(this.#parkedCell, 1);
    yield this.step(PARK);
    this.#unpark();
  }

  get isCancelled(): boolean {
    return this.world.read(this.#cancelledCell) === 1;
  }
  get isCancelledAfterSleep(): boolean {
    return this.rules.cancelCheckedAfterSleep && this.isCancelled;
  }

  /** `block-job-cancel`: sets the flag and enters the job at once if it is parked. Without a job there is nothing to cancel. */
  cancel(): void {
    const state = this.world.read(this.stateCell);
    if (state === JobState.completed || state === JobState.cancelled) return;
    this.world.write(this.#cancelledCell, 1);
    if (this.rules.cancelWakesParkedJob && this.world.read(this.#parkedCell) === 1) this.#coroutines.wake(this.id);
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

  bitsSeenBy(me: Requester): CopiedBits {
    return new BitsSeenBeforeWaiting(this.copied, me);
  }

  /** Whether a copy looks up the allocation once more and skips what is unallocated now. */
  get asksAgain(): boolean {
    return this.mode === 'top' && !this.rules.topDecidesOnce;
  }

  /** Before a run: which guest requests wait for the point in time. */
  loadJob(cells: Int32Array, unblocks: SectorRange): void {
    this.loadInto(cells, JOB_KIND, this.step(JOB_START), 0);
    cells[this.slotCell(UNBLOCKS_FIRST)] = unblocks.first;
    cells[this.slotCell(UNBLOCKS_END)] = unblocks.end;
  }

  // For observers.

  get stateSeen(): JobState {
    return this.world.cells[this.stateCell] as JobState;
  }
  get isCancelledSeen(): boolean {
    return this.world.cells[this.#cancelledCell] === 1;
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

  #setState(state: JobState): void {
    this.world.write(this.stateCell, state);
  }

  #unpark(): void {
    this.world.write(this.#parkedCell, 0);
    this.forgetWake();
  }

  #clusterRange(cluster: number): SectorRange {
    const first = cluster * this.clusterSectors;
    const end = first + this.clusterSectors;
    return { first, end: this.rules.clampLastCluster ? Math.min(end, this.sectors) : end };
  }
}
