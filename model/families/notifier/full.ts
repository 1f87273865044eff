/** FULL: the loop of the job that goes over the whole disk (reference A.6). TOP takes the same loop and skips. */
import type { Run } from '../../kernel/coroutine.ts';
import { ALLOCATED, UNALLOCATED, allocationOf } from '../../block/allocation.ts';
import { NO_ERROR } from '../../block/errors.ts';
import { ErrorAction } from '../../job/job-status.ts';
import { ASK } from '../../job/steps.ts';
import { copyBeforeWrite } from './copy-before-write.ts';
import type { RuledJob } from './ruled-job.ts';
import { countSkipped } from './top.ts';

export function* copyEveryCluster(job: RuledJob): Run {
  const { rules } = job;
  for (let c = 0; c < job.clusters;) {
    if (job.isCancelled) break; //                                                          J1
    yield* job.sleep(c); //                                                                 J2
    if (job.isCancelledAfterSleep) break; //                                                J3
    const allocation = job.sync.selects === 'allocated' ? yield* allocationOf(job, job, c, ASK) : ALLOCATED; // J4
    if (allocation === UNALLOCATED && rules.topSkipsUnallocated) {
      if (rules.skippedAreCounted) countSkipped(job, c);
      c++;
      continue;
    }
    const error = allocation > NO_ERROR ? allocation : yield* copyBeforeWrite(job, job, job.sectorsOf(c)); // J5
    job.setResult(error);
    if (error !== NO_ERROR) {
      if (job.actOn(error) === ErrorAction.report) break; //                                J6
      if (rules.staleErrorIsForgotten) job.setResult(NO_ERROR);
      if (rules.retrySameClusterAfterError) continue;
    }
    c++;
  }
}
