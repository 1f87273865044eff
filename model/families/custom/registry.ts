/** Custom jobs by name. A setting, a shape and a trace have the name; the code is found here. */
import { whatIsWrongWith } from './declaration.ts';
import { customFamily } from './family.ts';
import type { Job } from './job.ts';
import { JobError } from './job-error.ts';
import { makeKnown } from './known.ts';
import { defineNames } from './names.ts';

/**
 * Makes a job known by a name, its file for example. The same name may be given to another job later.
 * @throws JobError if it is no job
 */
export function registerJob(name: string, job: unknown): Job {
  const wrong = whatIsWrongWith(job);
  if (wrong !== null) throw new JobError(`${name}: ${wrong}`);
  const named = { name, job: job as Job };
  defineNames(name, named.job);
  makeKnown(name, { job: named.job, family: customFamily(named) });
  return named.job;
}
