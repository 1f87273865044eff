/** The job's loop (QEMU: `backup_loop`, block/backup.c; D.1 and D.2 of the reference): one call after the other, until one copies all. */
import { NO_ERROR } from '../../block/errors.ts';
import { ErrorAction } from '../../job/job-status.ts';
import { PARK, PAUSED } from '../../job/steps.ts';
import type { Run } from '../../kernel/coroutine.ts';
import type { BlockCopyState } from './state.ts';
import { CALL_ENTERED_AGAIN, CALL_STOPS, COPYING } from './steps.ts';

/** The first call is under way. */
export function* backupLoop(job: BlockCopyState): Run {
  const { rules } = job;
  const call = job.call.state;
  for (;;) {
    while (!call.hasFinished && !job.isCancelled && !job.isPaused) yield* job.park(COPYING); // J5
    if (!call.hasFinished) {
      call.cancel();
      while (!call.hasFinished && (rules.cancelWaitsForCall || !job.isCancelled)) yield* job.park(CALL_STOPS); // J6, J7
    }
    if (job.isCancelled) break;
    if (call.isCancelled) call.forgetError(); // of a call that a pause has cancelled nobody is told (B.4)
    else {
      if (call.error === NO_ERROR) break;
      job.setResult(call.error);
      if (job.actOn(call.error) === ErrorAction.report) break;
      job.setResult(NO_ERROR);
      call.cancel(); // so that it is known, behind a pause, that there is more to copy
    }
    while (job.isPaused && !job.isCancelled) yield* job.park(PAUSED); //                         J8, J9
    // After an error the next call is begun before the job looks whether it has been cancelled meanwhile; after a pause it looks first.
    if (job.isCancelled && call.error === NO_ERROR) break;
    yield* job.launchCall(CALL_ENTERED_AGAIN); // all over again: whatever has been put back lies anywhere
  }
}

/** NONE: the guest's copies are all there is. */
export function* waitForCancel(job: BlockCopyState): Run {
  while (!job.isCancelled) yield* job.park(PARK); // J5
}
