/**
 * The start of the backup (A.2 of the reference): the disk is drained, the filter goes in, which is T0, and the job runs first. A
 * transaction does the first half for one disk after the other, and each stays drained until all have their filter.
 */
import type { Run } from '../../kernel/coroutine.ts';
import { FIRST_YIELD, START_DRAIN } from '../../job/steps.ts';
import type { BlockCopyState } from './state.ts';
import { CALL_ENTERED, START_OTHERS } from './steps.ts';

export function* startBackup(job: BlockCopyState): Run {
  const { rules, source } = job;
  if (!rules.successorMadeAtT0) source.dirty?.createSuccessor();
  if (job.previousInTransaction === null || !rules.disksStayDrained) source.drainBegin(); // Q2
  if (rules.drainBeforeInsert) yield* source.drain(job, START_DRAIN);
  if (rules.successorMadeAtT0) source.dirty?.createSuccessor(); //           Q3
  source.linkHook(); //                                                      Q5
  job.takePointInTime();
  const staysDrained = rules.disksStayDrained || job.nextInTransaction === null;
  if (!staysDrained) source.drainEnd();
  yield* startOthers(job);
  if (rules.jobRunsBeforeGuests) yield* initialise(job); //                  Q8: parents of the filter are resumed newest first, ...
  if (staysDrained) source.drainEnd(); //                                    ... and the guest's block backend after the job
  if (rules.jobRunsBeforeGuests) return;
  yield job.step(FIRST_YIELD);
  yield* initialise(job);
}

/**
 * The next disk of a transaction is drained in the same step, before anything else runs; its own job does the rest. The last to have
 * its point in time lets all others go on, in whatever order: QEMU commits in that of the command up to 8.0, and in reverse since
 * (d53c89aed1), but nothing runs in between that could tell.
 */
function* startOthers(job: BlockCopyState): Run {
  const { coroutines, nextInTransaction: next, previousInTransaction: previous } = job;
  if (next !== null) {
    if (job.rules.disksStayDrained) next.source.drainBegin();
    coroutines.unblock(next.id);
    yield job.step(START_OTHERS);
  } else if (previous !== null) coroutines.unblock(previous.id);
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
