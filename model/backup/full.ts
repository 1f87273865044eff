/** FULL: the loop of the job that goes over the whole disk (reference A.6). TOP takes the same loop and skips. */
import type { Run } from '../kernel/coroutine.ts';
import { NO_ERROR } from '../block/errors.ts';
import { copyBeforeWrite } from './copy-before-write.ts';
import type { BackupJob } from './job.ts';
import { ALLOCATED, ASK, UNALLOCATED, allocationOf } from './top.ts';

export function* copyEveryCluster(job: BackupJob): Run {
  for (let c = 0; c < job.clusters; ) {
    if (job.isCancelled) break; //                                                          J1
    yield* job.sleep(c); //                                                                 J2
    if (job.isCancelledAfterSleep) break; //                                                J3
    const allocation = job.mode === 'top' ? yield* allocationOf(job, job, c, ASK) : ALLOCATED; // J4
    if (allocation === UNALLOCATED && job.rules.topSkipsUnallocated) {
      job.skip(c++);
      continue;
    }
    const error = allocation > NO_ERROR ? allocation : yield* copyBeforeWrite(job, job, job.sectorsOf(c)); // J5
    job.setResult(error);
    if (error === NO_ERROR) c++;
    else if (!job.goesOnAfter(error)) break; //                                             J6
    else if (!job.rules.retrySameClusterAfterError) c++;
  }
}
