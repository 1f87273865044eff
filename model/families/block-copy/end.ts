/** The end of the backup (A.3 of the reference): the filter goes, the target is closed, and the event comes last. */
import type { Run } from '../../kernel/coroutine.ts';
import { CLOSE, CLOSE_DRAIN } from '../../job/steps.ts';
import { backupCleanupSyncBitmap } from './settle-bitmap.ts';
import type { BlockCopyState } from './state.ts';
import { END_LATER } from './steps.ts';

export function* endBackup(job: BlockCopyState): Run {
  const { rules, source, target } = job;
  const { dirty } = source;
  yield job.step(END_LATER); //                                              E1
  job.beginEnd();
  if (!rules.eventComesLast) job.tellEnd();
  if (dirty !== null && !rules.bitmapWaitsForCopies) backupCleanupSyncBitmap(job, dirty); // E3
  source.drainBegin(); //                                                    E4: whatever is in the filter ends, ...
  if (rules.drainBeforeUnhook) yield* source.drain(job, CLOSE_DRAIN);
  job.lookAtSnapshot();
  if (dirty !== null && rules.bitmapWaitsForCopies) backupCleanupSyncBitmap(job, dirty);
  source.unlinkHook(); //                                                    ... the filter goes, ...
  source.drainEnd(); //                                                      ... and the guest runs again
  yield job.step(CLOSE);
  target.image.close();
  if (rules.eventComesLast) job.tellEnd(); //                                E5
  job.ended();
}
