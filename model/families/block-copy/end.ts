/** The end of the backup (A.3 of the reference): the filter goes, the target is closed, and the event comes last. */
import { NO_ERROR } from '../../block/errors.ts';
import type { Run } from '../../kernel/coroutine.ts';
import { CLOSE, CLOSE_DRAIN } from '../../job/steps.ts';
import { backupCleanupSyncBitmap } from './settle-bitmap.ts';
import type { BlockCopyState } from './state.ts';
import { END_LATER, GROUP_DRAIN, GROUP_WAITS } from './steps.ts';

export function* endBackup(job: BlockCopyState): Run {
  const { rules, source, target, transaction } = job;
  const { dirty } = source;
  yield job.step(END_LATER); //                                              E1
  const isGrouped = transaction?.isGrouped === true;
  const settlesEarly = isGrouped && !rules.bitmapWaitsForGroup;
  if (dirty !== null && settlesEarly) backupCleanupSyncBitmap(job, dirty);
  if (isGrouped) {
    if (job.breaksSnapshot && rules.brokenSnapshotFailsJob) yield* awaitLastCopies(job);
    if (rules.failureAbortsGroup && (job.isCancelled || job.result !== NO_ERROR)) transaction.abort(job);
    yield* transaction.waitForGroup(job, GROUP_WAITS); //                    E2
  }
  if (!isGrouped || transaction.haveEnded === 0) job.beginEnd(); //          which takes no command until all of the group have ended
  if (!rules.eventComesLast) job.tellEnd();
  if (dirty !== null && !rules.bitmapWaitsForCopies && !settlesEarly) backupCleanupSyncBitmap(job, dirty); // E3
  source.drainBegin(); //                                                    E4: whatever is in the filter ends, ...
  if (rules.drainBeforeUnhook) yield* source.drain(job, CLOSE_DRAIN);
  job.lookAtSnapshot();
  if (dirty !== null && rules.bitmapWaitsForCopies && !settlesEarly) backupCleanupSyncBitmap(job, dirty);
  source.hook.unlink(); //                                                    ... the filter goes, ...
  source.drainEnd(); //                                                      ... and the guest runs again
  yield job.step(CLOSE);
  target.image.close();
  if (rules.eventComesLast) job.tellEnd(); //                                E5
  transaction?.ended(job);
  if (!isGrouped || transaction.allHaveEnded) job.ended();
}

/** A guest whose copy has failed may be about to break the snapshot. The group has to know: none of its jobs completes then. */
function* awaitLastCopies(job: BlockCopyState): Run {
  const { source } = job;
  source.drainBegin();
  yield* source.drain(job, GROUP_DRAIN);
  job.lookAtSnapshot();
  source.drainEnd();
}
