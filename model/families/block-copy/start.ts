/**
 * The start of the backup (A.2 of the reference): the disk is drained, the filter goes in, which is T0, and the job runs first. A
 * transaction does the first half for one disk after the other, and each stays drained until all have their filter. If one of its
 * actions fails, what was done for those before it is undone, in reverse.
 */
import type { Run } from '../../kernel/coroutine.ts';
import { FIRST_YIELD, START_DRAIN } from '../../job/steps.ts';
import { refuseJob, takePointInTime } from '../../job/point-in-time.ts';
import type { BlockCopyState } from './state.ts';
import { CALL_ENTERED, START_OTHERS } from './steps.ts';

/** @returns whether there is a job */
export function* startBackup(job: BlockCopyState): Run<boolean> {
  const { rules, source } = job;
  if (!rules.successorMadeAtT0) source.dirty?.createSuccessor();
  yield* drainSource(job); //                                                Q2
  if (rules.successorMadeAtT0) source.dirty?.createSuccessor(); //           Q3
  source.hook.link(); //                                                      Q5
  takePointInTime(job); //                                                    T0
  const staysDrained = rules.disksStayDrained || job.nextInTransaction === null;
  if (!staysDrained) source.drainEnd();
  if (!rules.jobsStartTogether) yield* initialise(job);
  yield* startOthers(job);
  if (rules.jobsStartTogether && job.nextInTransaction?.isRefused === true) {
    undo(job);
    return false;
  }
  // Q8: parents of the filter are resumed newest first, so the job, ...
  if (rules.jobRunsBeforeGuests && rules.jobsStartTogether) yield* initialise(job);
  if (staysDrained) source.drainEnd(); //                                    ... and the guest's block backend after it
  if (rules.jobRunsBeforeGuests || !rules.jobsStartTogether) return true;
  yield job.step(FIRST_YIELD);
  yield* initialise(job);
  return true;
}

/** The command fails once the disk is drained, and with it whatever transaction it is in. */
export function* refuseBackup(job: BlockCopyState): Run {
  const { coroutines, nextInTransaction: next, previousInTransaction: previous, rules, source } = job;
  yield* drainSource(job);
  refuseJob(job);
  if (previous !== null) coroutines.unblock(previous.id);
  if (next !== null) {
    if (rules.disksStayDrained) next.source.drainBegin(); // which it ends itself
    coroutines.unblock(next.id);
  }
  if (rules.failedStartUndrains) source.drainEnd();
}

function* drainSource(job: BlockCopyState): Run {
  const { rules, source } = job;
  if (job.previousInTransaction === null || !rules.disksStayDrained) source.drainBegin();
  if (!rules.drainBeforeInsert) return;
  job.beginStart();
  yield* source.drain(job, START_DRAIN);
  job.drainedForStart();
}

/**
 * The next disk of a transaction is drained in the same step, before anything else runs; its own job does the rest. The last to have
 * its point in time lets all others go on, in whatever order: QEMU commits in that of the command up to 8.0, and in reverse since
 * (d53c89aed1), but nothing runs in between that could tell.
 */
function* startOthers(job: BlockCopyState): Run {
  const { coroutines, nextInTransaction: next, previousInTransaction: previous, rules } = job;
  if (next !== null) {
    if (rules.disksStayDrained) next.source.drainBegin();
    coroutines.unblock(next.id);
    yield job.step(START_OTHERS);
  } else if (previous !== null) coroutines.unblock(previous.id);
}

/** A later action of the transaction has failed: the filter goes, the bitmap gets back what its successor has, and the guest runs again. */
function undo(job: BlockCopyState): void {
  const { rules, source } = job;
  source.hook.unlink();
  if (rules.failedStartGivesBitmapBack) source.dirty?.reclaim();
  else source.dirty?.abdicate();
  job.undo();
  if (rules.failedStartUndrains) source.drainEnd();
}

/** The job up to its first wait: what is to be copied is known. TOP: the scan comes first. FULL, BITMAP: the first call is under way. */
function* initialise(job: BlockCopyState): Run {
  const { rules, source, sync } = job;
  const { selects } = sync;
  const copiesDirty = selects === 'dirty' && rules.bitmapSkipsClean;
  for (let c = 0; c < job.clusters; c++)
    if (copiesDirty && !source.dirty!.isDirty(c)) job.setSkipped(c);
    else job.putBack(c);
  if (selects === 'allocated' && rules.copiesSkipUntilScanned) job.skipUnallocated(true);
  if (selects === 'all' || selects === 'dirty') yield* job.launchCall(CALL_ENTERED);
}
