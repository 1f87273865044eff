/** The start of the backup (A.2 of the reference): the disk is drained, the filter goes in, which is T0, and the job runs first. */
import type { Run } from '../../kernel/coroutine.ts';
import { FIRST_YIELD, START_DRAIN } from '../../job/steps.ts';
import type { BlockCopyState } from './state.ts';
import { CALL_ENTERED } from './steps.ts';

export function* startBackup(job: BlockCopyState): Run {
  const { rules, source } = job;
  source.drainBegin(); //                                                    Q2
  if (rules.drainBeforeInsert) yield* source.drain(job, START_DRAIN);
  source.dirty?.createSuccessor(); //                                        Q3
  source.linkHook(); //                                                      Q5
  job.takePointInTime();
  if (rules.jobRunsBeforeGuests) yield* initialise(job); //                  Q8: parents of the filter are resumed newest first, ...
  source.drainEnd(); //                                                      ... and the guest's block backend after the job
  if (rules.jobRunsBeforeGuests) return;
  yield job.step(FIRST_YIELD);
  yield* initialise(job);
}

/** The job up to its first wait: all is to be copied. FULL: the first call is under way. TOP: the scan comes first. */
function* initialise(job: BlockCopyState): Run {
  const { rules, sync } = job;
  for (let c = 0; c < job.clusters; c++) job.putBack(c);
  if (sync.selects === 'allocated' && rules.copiesSkipUntilScanned) job.skipUnallocated(true);
  if (sync.selects === 'all') yield* job.launchCall(CALL_ENTERED);
}
