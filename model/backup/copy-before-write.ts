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
 *     hbitmap_set, job offset            job.markCopied
 *   cow_request_end                    job.endTurn
 *   unlock                             job.copies.unlockShared
 */
import type { Run } from '../kernel/coroutine.ts';
import { type StepIo, defineStep } from '../kernel/step.ts';
import { type BlockError, NO_ERROR, blamedOnTarget } from '../block/errors.ts';
import type { AdmitSteps, IoSteps } from '../block/node.ts';
import { MINE } from '../block/in-flight.ts';
import type { Requester, SectorRange } from '../block/requester.ts';
import type { BackupJob } from './job.ts';
import { ALLOCATED, COPY_ASK, UNALLOCATED, allocationOf } from './top.ts';

const WAIT = defineStep('wait', 'cluster', { guard: 'woken' });
const ADMIT: AdmitSteps = {
  queued: defineStep('copy.queue', 'sector', { guard: 'woken' }),
  throttled: defineStep('copy.throttle', 'sector'),
  overlapping: defineStep('copy.overlap', 'sector', { guard: 'woken' }),
};
const READ = copyIo('read', 'copy.read', 'copy.took', 'copy.data');
const STORE = copyIo('write', 'copy.store', 'copy.land', 'copy.done');
const STORE_ZEROES = copyIo('zero', 'copy.zero', 'copy.zero.land', 'copy.zero.done');

function copyIo(kind: StepIo['kind'], submit: string, effect: string, complete: string): IoSteps {
  return {
    submit: defineStep(submit, 'sector', { io: { by: 'copy', kind, phase: 'submit' } }),
    effect: defineStep(effect, 'effect', { io: { by: 'copy', kind, phase: 'effect' } }),
    complete: defineStep(complete, 'sector', { io: { by: 'copy', kind, phase: 'complete' } }),
  };
}

/**
 * Copies the clusters that a range of sectors touches, unless they have been copied.
 * @param me who copies: the job itself, or the guest request that is about to overwrite the range
 * @returns the error that ended it; clusters copied before that stay marked
 */
export function* copyBeforeWrite(job: BackupJob, me: Requester, range: SectorRange): Run<BlockError> {
  const { rules, copies, inFlight } = job;
  const bits = job.bitsFor(me);

  if (rules.lockBeforeWaiting) copies.lockShared();
  me.setCow(...job.clustersOf(range));
  bits.look(me);
  yield* waitForOverlapping(job, me);
  if (!rules.lockBeforeWaiting) copies.lockShared();
  inFlight.begin(me, { first: me.cowFirst, end: rules.wholeRangeRegistered ? me.cowEnd : me.cowFirst + 1 });

  let error = NO_ERROR;
  for (let c = me.cowFirst; c < me.cowEnd && error === NO_ERROR; c++) {
    if (bits.has(c)) continue;
    const allocation = job.asksAgain ? yield* allocationOf(job, me, c, COPY_ASK) : ALLOCATED;
    if (allocation === UNALLOCATED) continue;
    error = allocation > NO_ERROR ? allocation : yield* copyCluster(job, me, c);
  }

  job.endTurn(me);
  copies.unlockShared();
  return error;
}

/** Waits until no copy in flight overlaps mine. The newest is asked first, as in QEMU's list. */
export function* waitForOverlapping(job: BackupJob, me: Requester): Run {
  if (!job.rules.waitForOverlappingCopies) return;
  do {
    const other = job.inFlight.newestOverlapping(me, { first: me.cowFirst, end: me.cowEnd });
    if (other === null || other === MINE) break; // mine is not in flight yet
    yield* job.inFlight.waitersOf(other).wait(me, me.step(WAIT, me.cowFirst));
  } while (job.rules.lookAgainAfterWaking);
}

function* copyCluster(job: BackupJob, me: Requester, c: number): Run<BlockError> {
  const { rules } = job;
  const cluster = job.sectorsOf(c);
  let error = yield* job.source.readForCopy(me, cluster, ADMIT, READ, job.readsLikeAnyRead(me));
  if (error !== NO_ERROR) {
    me.forgetBuffer(cluster);
    return rules.sideOfErrorIsTold ? error : blamedOnTarget(error);
  }
  if (!rules.markAfterTargetHasData) job.markCopied(me, c);
  error = yield* store(job, me, cluster);
  me.forgetBuffer(cluster);
  if (rules.markAfterTargetHasData && (error === NO_ERROR || !rules.failedCopyIsNotMarked)) job.markCopied(me, c);
  return error;
}

function* store({ rules, target }: BackupJob, me: Requester, cluster: SectorRange): Run<BlockError> {
  if (!me.bufferIsZero(cluster)) return yield* target.write(me, cluster, STORE, (s) => target.image.put(s, me.bufferCell(s)));
  return rules.zeroesAreWrittenOverBacking ? yield* target.writeZeroes(me, cluster, STORE_ZEROES) : NO_ERROR;
}
