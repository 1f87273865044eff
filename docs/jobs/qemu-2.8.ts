// The backup job `qemu-2.8`: all of model/families/notifier/, and what it asks of target and
// allocation, with its rules folded in, as `cowcheck rules --show` prints it. Off:
// drainBeforeUnhook, allocationErrorIsHandled, drainGuestAtStart, readerSerialisedWithCopies,
// targetLengthIsSourceLength, existingTargetIsEmpty, targetIsNotSource, targetTellsHoles,
// skippedAreCounted.
// The path of a guest's request, in model/block/guest.ts, asks for itself copyBeforeWrite (on),
// copyBeforeWriteZeroes (on), copyBeforeDiscard (on), savevmPassesHookBy (on),
// failedCopyFailsGuestWrite (on). What a job keeps, and how it sleeps, is in model/job/.

import { type Sync, syncOf } from '../../sync.ts';
import type { Run } from '../../kernel/coroutine.ts';
import type { Coroutines } from '../../kernel/coroutines.ts';
import type { Step, StepName } from '../../kernel/step.ts';
import { type BlockError, NO_ERROR } from '../../block/errors.ts';
import type { Image } from '../../block/image.ts';
import { MINE } from '../../block/in-flight.ts';
import type { BlockNode } from '../../block/node.ts';
import type { Requester, RequesterSizes, SectorRange } from '../../block/requester.ts';
import { type BackupParts, BackupState } from '../../job/backup-state.ts';
import { ErrorAction } from '../../job/job-status.ts';
import { takePointInTime } from '../../job/point-in-time.ts';
import { ADMIT, ASK, CLOSE, CLOSE_DRAIN, DRAIN_COPIES, READ, READER, STORE, STORE_ZEROES, WAIT } from '../../job/steps.ts';

/**
 * Copy before write: the heart of the backup job, `backup_do_cow` of QEMU 1.6 (reference A.5).
 *
 *   backup_do_cow                      here
 *   ---------------------------------  ------------------------------------------------
 *   rdlock(flush_rwlock)               copies.lockShared
 *   start, end = clusters of request   me.setCow
 *   wait_for_overlapping_requests      waitForOverlapping
 *   cow_request_begin                  inFlight.begin
 *   for each cluster:                  for c
 *     bitmap set: continue               bits.has
 *     bdrv_co_readv(source)              a read of the source
 *     zero: write_zeroes(target)         target.writeZeroes
 *     else bdrv_co_writev(target)        target.write
 *     hbitmap_set, job offset            markCopied
 *   cow_request_end                    endTurn
 *   unlock                             copies.unlockShared
 */

/**
 * Copies the clusters that a range of sectors touches, unless they have been copied.
 * @param me who copies: the job itself, or the guest request that is about to overwrite the range
 * @returns the error that ended it; clusters copied before that stay marked
 */
export function* copyBeforeWrite(job: RuledJob, me: Requester, range: SectorRange): Run<BlockError> {
  const { copied, copies, inFlight } = job;
  copies.lockShared();
  me.setCow(...clustersOf(job, range));
  yield* waitForOverlapping(job, me);
  inFlight.begin(me, { first: me.cowFirst, end: me.cowEnd });

  let error = NO_ERROR;
  for (let c = me.cowFirst; c < me.cowEnd && error === NO_ERROR; c++) {
    if (copied.has(c)) continue;
    error = yield* copyCluster(job, me, c);
  }

  endTurn(job, me);
  copies.unlockShared();
  return error;
}

/** The clusters that a range of sectors touches, `[first, end)`. */
export function clustersOf({ clusterSectors }: RuledJob, { first, end }: SectorRange): [number, number] {
  return [Math.floor(first / clusterSectors), Math.ceil(end / clusterSectors)];
}

/** Waits until no copy in flight overlaps mine. The newest is asked first, as in QEMU's list. */
export function* waitForOverlapping({ inFlight }: RuledJob, me: Requester): Run {
  for (;;) {
    const other = inFlight.newestOverlapping(me, { first: me.cowFirst, end: me.cowEnd });
    if (other === null || other === MINE) return; // mine is not in flight yet
    yield* inFlight.waitersOf(other).wait(me, me.step(WAIT, me.cowFirst));
  }
}

function* copyCluster(job: RuledJob, me: Requester, c: number): Run<BlockError> {
  const { source } = job;
  const cluster = job.sectorsOf(c);
  let error = yield* source.readForCopy(me, cluster, ADMIT, READ);
  if (error !== NO_ERROR) {
    me.forgetBuffer(cluster);
    return error;
  }
  error = yield* store(job, me, cluster);
  me.forgetBuffer(cluster);
  if (error === NO_ERROR) markCopied(job, c);
  return error;
}

function* store({ target }: RuledJob, me: Requester, cluster: SectorRange): Run<BlockError> {
  if (!me.bufferIsZero(cluster)) return yield* target.write(me, cluster, STORE, (s) => target.image.put(s, me.bufferCell(s)));
  return yield* target.writeZeroes(me, cluster, STORE_ZEROES);
}

/** The bit, and what is counted: what the speed limit lets through, and how far the job is. */
function markCopied(job: RuledJob, c: number): void {
  const counts = job.copied.add(c);
  job.countInSlice(job.clusterSectors);
  if (counts) job.advance(c);
}

/** `cow_request_end`: others may have these clusters now. */
export function endTurn({ inFlight }: RuledJob, me: Requester): void {
  inFlight.end(me);
  me.setCow(0, 0);
  inFlight.waitersOf(me).wakeAll();
}

/** FULL: the loop of the job that goes over the whole disk (reference A.6). TOP takes the same loop and skips. */

export function* copyEveryCluster(job: RuledJob): Run {
  for (let c = 0; c < job.clusters;) {
    if (job.isCancelled) break; //                           J1
    yield* job.sleep(c); //                                  J2
    if (job.isCancelledAfterSleep) break; //                 J3
    const allocation = job.sync.selects === 'allocated' ? yield* allocationOf(job, job, c, ASK) : ALLOCATED; // J4
    if (allocation === UNALLOCATED) {
      c++;
      continue;
    }
    const error = allocation > NO_ERROR ? allocation : yield* copyBeforeWrite(job, job, job.sectorsOf(c)); // J5
    job.setResult(error);
    if (error !== NO_ERROR) {
      if (job.actOn(error) === ErrorAction.report) break; // J6
      job.setResult(NO_ERROR);
      continue;
    }
    c++;
  }
}

/** TOP: only what is allocated in the topmost image is copied; the target shares its backing file (reference A.6, J4). */

/** The cluster is done, with nothing to copy. */
export function countSkipped(job: RuledJob, c: number): void {
  if (job.copied.skip(c)) job.advance(c);
}

/**
 * NONE: the job itself copies nothing; it is parked until it is cancelled, while the hook saves what
 * guests overwrite. Somebody may read the point in time meanwhile: the target, over the live source.
 */

export function* waitForCancel(job: RuledJob): Run {
  while (!job.isCancelledAfterSleep) yield* job.park(); // N1
}

/** Reads through the target: looks up where a run of sectors lies, then fetches it, from the target or from the live source. */
export function* readPointInTime(job: RuledJob, me: Requester, range: SectorRange): Run<BlockError> {
  if (job.isRefused) return NO_ERROR; // there is no point in time to read
  return yield* job.target.read(me, range, READER);
}

/** What the parts of the job share: rules and state. */

export abstract class RuledJob extends BackupState {
  constructor(coroutines: Coroutines, sizes: RequesterSizes, parts: BackupParts) {
    super(coroutines, sizes, parts, parts.source.image.sectors);
  }

  /** `block-job-cancel`, by force: it also ends a pause. */
  override cancel(): void {
    if (!this.isAlive) return;
    this.setCancelled();
    this.enter();
  }

  override resume(): void {
    if (!this.isAlive) return;
    this.endPause();
    this.enter();
  }

  get isCancelledAfterSleep(): boolean {
    return this.isCancelled;
  }
}

/**
 * The backup job: `backup_start` and `backup_run` of QEMU 1.6 (reference A.4 for the start, A.6 for the
 * end, A.9 for cancel).
 */

export class BackupJob extends RuledJob {
  constructor(coroutines: Coroutines, sizes: RequesterSizes, parts: BackupParts) {
    super(coroutines, sizes, parts);
    // QEMU: a before-write notifier
    this.source.hook.calls((me, range) =>
      copyBeforeWrite(this, me, range),
    );
  }

  override *body(start: Step): Run {
    yield start;
    yield* this.stepping(this.#run());
  }

  override *readPointInTime(me: Requester, range: SectorRange): Run<BlockError> {
    return yield* readPointInTime(this, me, range);
  }

  /** E5, deleting the target, drains every device and flushes: others run meanwhile, in a nested event loop. */
  *#run(): Run {
    const { sync, source, target, copied } = this;
    takePointInTime(this); //                  T0
    source.hook.link();

    if (sync.selects === 'none') yield* waitForCancel(this);
    else yield* copyEveryCluster(this);

    source.hook.unlink(); //                   E1
    yield* this.#drainCopies(); //             E2
    copied.free(); //                          E3
    yield* source.drain(this, CLOSE_DRAIN); // E5
    yield this.step(CLOSE);
    target.image.close();
    this.#end(); //                            E6
  }

  *#drainCopies(): Run {
    yield* this.copies.waitForReaders(this, this.step(DRAIN_COPIES));
  }

  /** `block_job_completed`, with the error that ended the loop: in 1.6 CANCELLED carries it as well (reference A.15). */
  #end(): void {
    this.tellResult();
    this.complete();
  }
}

/** Whether anything of a cluster is allocated in the topmost image: what TOP asks before it copies (reference A.6, J4). */

/** Who wants to know: a job with its disk, in clusters of the backup. */
export interface AllocationAsker {
  readonly source: BlockNode;
  readonly sectors: number;
  readonly clusterSectors: number;
}

/** The answer to the question whether a cluster has anything allocated: one of these, or an error, which is above 0. */
export const ALLOCATED = -1;
export const UNALLOCATED = -2;
type Allocation = BlockError;

/** Walks the cluster in runs of the same allocation until one is allocated. */
export function* allocationOf(job: AllocationAsker, me: Requester, c: number, ask: StepName): Run<Allocation> {
  const { source, clusterSectors } = job;
  const first = c * clusterSectors;
  const end = Math.min(first + clusterSectors, job.sectors);
  for (let s = first; s < end;) {
    if (s < job.sectors) yield me.step(ask, s); // past the end of the disk no driver is asked, so nothing yields
    const error = source.askFails(s);
    if (error !== NO_ERROR) {
      continue; // qcow2 puts it so: nothing is allocated in 0 sectors (S-03)
    }
    const run = source.image.isAllocated(s, end - s);
    if (run.allocated) return ALLOCATED;
    s += run.sectors;
  }
  return UNALLOCATED;
}

/**
 * What `drive-backup` makes of its arguments, as far as the disks show it: the mode, the target, its backing file
 * (reference A.10). Which arguments it refuses, and how, is in tools/drive-backup/checks.ts.
 */

/** A TOP of an image without a backing file is a FULL. */
export function effectiveSync(sync: Sync, sourceBacking: Image | null): Sync {
  return sync.withoutBacking !== null && sourceBacking === null ? syncOf(sync.withoutBacking) : sync;
}

/** What a new target is laid over: the source's backing (TOP), the live source (NONE), or nothing (FULL). */
export function targetBacking({ beneath }: Sync, source: Image): Image | null {
  if (beneath === 'backing') return source.backing;
  if (beneath === 'source') return source;
  return null;
}

/** Sectors in a cluster of the backup: 64 KiB in QEMU, here what the scenario says. block-copy takes it in any case (`block_copy_calculate_cluster_size`). */
export function backupClusterSectors(
  clusterSectors: number,
  target: { clusterSectors: number; isBare: boolean },
): number {
  return target.isBare ? Math.max(clusterSectors, target.clusterSectors) : clusterSectors;
}
