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
import type { Run } from '../../kernel/coroutine.ts';
import { type BlockError, NO_ERROR, blamedOnTarget } from '../../block/errors.ts';
import { MINE } from '../../block/in-flight.ts';
import type { Requester, SectorRange } from '../../block/requester.ts';
import { ADMIT, READ, STORE, STORE_ZEROES, WAIT } from '../../job/steps.ts';
import { BitsSeenBeforeWaiting } from './omissions/bits-seen-before-waiting.ts';
import { BitsUpToTheFirst } from './omissions/bits-up-to-the-first.ts';
import { copyAllocated } from './omissions/copy-allocated.ts';
import { readLikeAny } from './omissions/read-like-any.ts';
import type { RuledJob } from './ruled-job.ts';

/**
 * Copies the clusters that a range of sectors touches, unless they have been copied.
 * @param me who copies: the job itself, or the guest request that is about to overwrite the range
 * @returns the error that ended it; clusters copied before that stay marked
 */
export function* copyBeforeWrite(job: RuledJob, me: Requester, range: SectorRange): Run<BlockError> {
  const { rules, copied, copies, inFlight } = job;
  if (rules.lockBeforeWaiting) copies.lockShared();
  me.setCow(...clustersOf(job, range));
  const bitsNow = rules.everyBitIsLookedUp ? copied : new BitsUpToTheFirst(copied, me);
  const bits = rules.checkBitAfterWaiting ? bitsNow : new BitsSeenBeforeWaiting(copied, me);
  yield* waitForOverlapping(job, me);
  if (!rules.lockBeforeWaiting) copies.lockShared();
  inFlight.begin(me, { first: me.cowFirst, end: rules.wholeRangeRegistered ? me.cowEnd : me.cowFirst + 1 });

  let error = NO_ERROR;
  for (let c = me.cowFirst; c < me.cowEnd && error === NO_ERROR; c++) {
    if (bits.has(c)) continue;
    error = rules.topDecidesOnce ? yield* copyCluster(job, me, c) : yield* copyAllocated(job, me, c, copyCluster(job, me, c));
  }

  endTurn(job, me);
  copies.unlockShared();
  return error;
}

/** The clusters that a range of sectors touches, `[first, end)`. */
export function clustersOf({ rules, clusterSectors }: RuledJob, { first, end }: SectorRange): [number, number] {
  return [Math.floor(first / clusterSectors), rules.copyWholeClusters ? Math.ceil(end / clusterSectors) : Math.floor(end / clusterSectors)];
}

/** Waits until no copy in flight overlaps mine. The newest is asked first, as in QEMU's list. */
export function* waitForOverlapping({ rules, inFlight }: RuledJob, me: Requester): Run {
  if (!rules.waitForOverlappingCopies) return;
  for (;;) {
    const other = inFlight.newestOverlapping(me, { first: me.cowFirst, end: me.cowEnd });
    if (other === null || other === MINE) return; // mine is not in flight yet
    yield* inFlight.waitersOf(other).wait(me, me.step(WAIT, me.cowFirst));
    if (!rules.lookAgainAfterWaking) return;
  }
}

function* copyCluster(job: RuledJob, me: Requester, c: number): Run<BlockError> {
  const { rules, source } = job;
  const cluster = job.sectorsOf(c);
  const ignoresGuests = me === job ? rules.jobReadIgnoresGuests : rules.copyReadIgnoresOwnRequest;
  let error = ignoresGuests ? yield* source.readForCopy(me, cluster, ADMIT, READ) : yield* readLikeAny(source, me, cluster, ADMIT, READ);
  if (error !== NO_ERROR) {
    me.forgetBuffer(cluster);
    return rules.sideOfErrorIsTold ? error : blamedOnTarget(error);
  }
  if (!rules.markAfterTargetHasData) markCopied(job, me, c);
  error = yield* store(job, me, cluster);
  me.forgetBuffer(cluster);
  if (rules.markAfterTargetHasData && (error === NO_ERROR || !rules.failedCopyIsNotMarked)) markCopied(job, me, c);
  return error;
}

function* store({ rules, target }: RuledJob, me: Requester, cluster: SectorRange): Run<BlockError> {
  if (!me.bufferIsZero(cluster)) return yield* target.write(me, cluster, STORE, (s) => target.image.put(s, me.bufferCell(s)));
  return rules.zeroesAreWrittenOverBacking ? yield* target.writeZeroes(me, cluster, STORE_ZEROES) : NO_ERROR;
}

/** The bit, and what is counted: what the speed limit lets through, and how far the job is. */
function markCopied(job: RuledJob, me: Requester, c: number): void {
  const counts = job.copied.add(c);
  job.countInSlice(job.clusterSectors);
  if (counts && (me === job || job.rules.hookCopiesAreCounted)) job.advance(c);
}

/** `cow_request_end`: others may have these clusters now. */
export function endTurn({ rules, inFlight }: RuledJob, me: Requester): void {
  inFlight.end(me);
  me.setCow(0, 0);
  if (rules.wakeWaiters) inFlight.waitersOf(me).wakeAll();
}
