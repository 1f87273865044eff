/**
 * Copy before write: the heart of the backup job, `backup_do_cow` of QEMU 1.6 (reference A.5).
 *
 *   backup_do_cow                      here
 *   ---------------------------------  ------------------------------------------------
 *   rdlock(flush_rwlock)               job.copies.lockShared
 *   start, end = clusters of request   me.setCow
 *   wait_for_overlapping_requests      waitForOverlapping
 *   cow_request_begin                  job.inFlight.begin
 *   for each cluster:                  for c
 *     bitmap set: continue               bits.has
 *     bdrv_co_readv(source)              source.read
 *     zero: write_zeroes(target)         target.writeZeroes
 *     else bdrv_co_writev(target)        target.write
 *     hbitmap_set                        job.copied.add
 *   cow_request_end                    job.inFlight.end
 *   unlock                             job.copies.unlockShared
 */
import type { Run } from '../kernel/coroutine.ts';
import { defineStep } from '../kernel/step.ts';
import type { IoSteps } from '../block/node.ts';
import type { Requester, SectorRange } from '../block/requester.ts';
import type { BackupJob } from './job.ts';
import { COPY_ASK, clusterHasAllocated } from './top.ts';

const WAIT = defineStep('wait', 'cluster', { guard: 'woken' });
const READ: IoSteps = {
  submit: defineStep('copy.read', 'sector'),
  effect: defineStep('copy.took', 'effect'),
  complete: defineStep('copy.data', 'sector'),
};
const STORE: IoSteps = {
  submit: defineStep('copy.store', 'sector'),
  effect: defineStep('copy.land', 'effect'),
  complete: defineStep('copy.done', 'sector'),
};
const STORE_ZEROES: IoSteps = {
  submit: defineStep('copy.zero', 'sector'),
  effect: defineStep('copy.zero.land', 'effect'),
  complete: defineStep('copy.zero.done', 'sector'),
};

/**
 * Copies the clusters that a range of sectors touches, unless they have been copied.
 * @param me who copies: the job itself, or the guest request that is about to overwrite the range
 */
export function* copyBeforeWrite(job: BackupJob, me: Requester, range: SectorRange): Run {
  const { rules, copies, inFlight } = job;
  const bits = rules.checkBitAfterWaiting ? job.copied : job.bitsSeenBy(me);

  if (rules.lockBeforeWaiting) copies.lockShared();
  me.setCow(...job.clustersOf(range));
  bits.look(me);
  yield* waitForOverlapping(job, me);
  if (!rules.lockBeforeWaiting) copies.lockShared();
  inFlight.begin(me);

  for (let c = me.cowFirst; c < me.cowEnd; c++) {
    if (bits.has(c)) continue;
    if (job.asksAgain && !(yield* clusterHasAllocated(job, me, c, COPY_ASK))) continue;
    yield* copyCluster(job, me, c);
  }

  inFlight.end(me);
  copies.unlockShared();
}

/** Waits until no copy in flight overlaps mine. The newest is asked first, as in QEMU's list. */
function* waitForOverlapping(job: BackupJob, me: Requester): Run {
  if (!job.rules.waitForOverlappingCopies) return;
  do {
    const other = job.inFlight.newestOverlapping(me);
    if (other === null) break;
    yield* job.inFlight.waitersOf(other).wait(me, me.step(WAIT, me.cowFirst));
  } while (job.rules.lookAgainAfterWaking);
}

function* copyCluster(job: BackupJob, me: Requester, c: number): Run {
  const { rules, source, target, copied } = job;
  const cluster = job.sectorsOf(c);
  yield* source.read(me, cluster, READ);
  if (!rules.markAfterTargetHasData) copied.add(c);
  if (me.bufferIsZero(cluster)) yield* target.writeZeroes(me, cluster, STORE_ZEROES);
  else yield* target.write(me, cluster, STORE, (s) => target.image.put(s, me.bufferCell(s)));
  me.forgetBuffer(cluster);
  if (rules.markAfterTargetHasData) copied.add(c);
}
