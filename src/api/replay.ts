/** `replay`: a trace that was kept, run again in a test suite. */
import type { Job } from '../../model/families/custom/job.ts';
import { JobError } from '../../model/families/custom/job-error.ts';
import { registerJob } from '../../model/families/custom/registry.ts';
import { isCustomJob } from '../../model/families/custom/file-name.ts';
import { readTrace } from '../trace/read.ts';
import { replay as replayTrace } from '../replay/replay.ts';

export interface ReplayResult {
  /** `reproduced`: it breaks as it did; `holds now`: it breaks no more; `diverged`: its order can't be followed any more. */
  readonly outcome: 'reproduced' | 'holds now' | 'diverged';
  /** One line for people. */
  readonly detail: string;
}

/**
 * @param trace the text of a trace
 * @param job the job that it is of; `correct`: cowcheck's own
 * @throws Error with one line if the text is no trace, or is of another kind of job; JobError if the job can't be run
 */
export function replay(trace: string, job: Job | 'correct'): ReplayResult {
  const given = readTrace(trace);
  if (isCustomJob(given.job) !== (job !== 'correct'))
    throw new JobError(
      `the trace is of ${isCustomJob(given.job) ? `a custom job (${given.job})` : "cowcheck's own job"}, and ` +
        'should be replayed with that',
    );
  if (job !== 'correct') registerJob(given.job, job);
  const { outcome, detail } = replayTrace(given);
  return { outcome, detail };
}
