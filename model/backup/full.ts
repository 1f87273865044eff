/** FULL: the loop of the job that goes over the whole disk (reference A.6). TOP takes the same loop and skips. */
import type { Run } from '../kernel/coroutine.ts';
import { copyBeforeWrite } from './copy-before-write.ts';
import type { BackupJob } from './job.ts';
import { ASK, clusterHasAllocated } from './top.ts';

export function* copyEveryCluster(job: BackupJob): Run {
  for (let c = 0; c < job.clusters; c++) {
    if (job.isCancelled) break; //                                                  J1
    yield* job.sleep(c); //                                                         J2
    if (job.isCancelledAfterSleep) break; //                                        J3
    if (job.mode === 'top' && !(yield* clusterHasAllocated(job, job, c, ASK))) continue; // J4
    yield* copyBeforeWrite(job, job, job.sectorsOf(c)); //                          J5
  }
}
