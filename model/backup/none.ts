/** NONE: the job itself copies nothing; it is parked until it is cancelled, while the hook saves what guests overwrite. */
import type { Run } from '../kernel/coroutine.ts';
import type { BackupJob } from './job.ts';

export function* waitForCancel(job: BackupJob): Run {
  while (!job.isCancelledAfterSleep) yield* job.park(); // N1
}
