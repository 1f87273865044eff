/** The text of a trace, and the job that it is to be run with. */
import '../families/custom.ts';
import '../families/block-copy.ts';
import { isCustomJob } from '../../model/families/custom/file-name.ts';
import type { Job } from '../../model/families/custom/job.ts';
import { JobError } from '../../model/families/custom/job-error.ts';
import { whyNotAsked } from '../../model/families/custom/asked.ts';
import { registerJob } from '../../model/families/custom/registry.ts';
import { type QemuJob, type Trace, isQemuJob } from '../trace/format.ts';
import { readTrace } from '../trace/read.ts';
import type { JobName } from '../../model/machine/job-names.ts';
import { whatJobLacks } from '../../model/machine/job-options.ts';
import type { Scenario } from '../../model/scenario/scenario.ts';
import type { MoreAsked } from '../../model/families/custom/property.ts';
import { askedJob, askedOfBuiltIn, isBuiltIn } from './asked-job.ts';

/**
 * @param text of a trace file
 * @param job the job that it is of; `correct`, or another name: a built-in one, which the trace names
 * @throws TraceError if the text is no trace; JobError if it is of another kind of job, or of a property that nobody asks of the job
 */
export function traceOf(text: string, job: Job | JobName, asked: MoreAsked): Trace {
  const trace = readModelTrace(text);
  if (isCustomJob(trace.job) === isBuiltIn(job))
    throw new JobError(
      `the trace is of ${isCustomJob(trace.job) ? `a custom job (${trace.job})` : 'a built-in job'}, and should be replayed with that`,
    );
  const more = isBuiltIn(job) ? askedOfBuiltIn(asked) : {};
  if (!isBuiltIn(job)) registerJob(trace.job, askedJob(job, asked));
  const unasked = trace.verdict === null ? null : whyNotAsked(isBuiltIn(job) ? null : trace.job, trace.verdict.property, more.asked);
  if (unasked !== null) throw new JobError(unasked);
  return { ...trace, ...more };
}

/**
 * The scenario of a trace.
 * @param text of a trace file, of whichever job
 * @param job that is to run it
 * @throws TraceError if the text is no trace; JobError if the job can't run it
 */
export function scenarioOf(text: string, job: Job | JobName): Scenario {
  const { scenario } = readModelTrace(text);
  const lack = whatJobLacks(isBuiltIn(job) ? job : 'correct', scenario);
  if (lack !== null) throw new JobError(`"scenario": the job ${lack}`);
  return scenario;
}

function readModelTrace(text: string): Trace & { readonly job: Exclude<Trace['job'], QemuJob> } {
  const trace = readTrace(text);
  if (isQemuJob(trace.job)) throw new JobError(`the trace is of a real QEMU (${trace.job}): "npx cowcheck replay" runs it`);
  return { ...trace, job: trace.job };
}
