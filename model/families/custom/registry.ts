/** Custom jobs by name. A setting, a shape and a trace have the name; the code is found here. */
import { whatIsWrongWith } from './declaration.ts';
import { type SyncMode, modesInWords } from '../../sync.ts';
import type { Job } from './job.ts';
import { JobError } from './job-error.ts';
import { defineNames } from './names.ts';

const jobs = new Map<string, Job>();

/**
 * Makes a job known by a name, its file for example. The same name may be given to another job later.
 * @throws JobError if it is no job
 */
export function registerJob(name: string, job: unknown): Job {
  const wrong = whatIsWrongWith(job);
  if (wrong !== null) throw new JobError(`${name}: ${wrong}`);
  defineNames(name, job as Job);
  jobs.set(name, job as Job);
  return job as Job;
}

/** @throws JobError if nobody has made it known, or it does not do the mode */
export function jobNamed(name: string, mode: SyncMode): Job {
  const job = jobs.get(name);
  if (job === undefined) throw new JobError(`${name}: no job is known by this name`);
  if (!job.modes.includes(mode)) throw new JobError(`${name}: it does ${modesInWords(job.modes)}, and not ${modesInWords([mode])}`);
  return job;
}

/** Of a job that has been made known. */
export const jobModes = (name: string): readonly SyncMode[] => jobs.get(name)!.modes;
