/** The custom jobs that have been made known. Only their types are imported: the page, which knows none, carries nothing of them. */
import { type SyncMode, modesInWords } from '../../sync.ts';
import type { JobFamily } from '../family.ts';
import type { Job } from './job.ts';
import { JobError } from './job-error.ts';

/** The code, and what it is called in messages. */
export interface NamedJob {
  readonly name: string;
  readonly job: Job;
}

interface KnownJob {
  readonly job: Job;
  readonly family: JobFamily;
}

const jobs = new Map<string, KnownJob>();

export const makeKnown = (name: string, known: KnownJob): void => void jobs.set(name, known);

/** @throws JobError if nobody has made it known, or it does not do the mode */
export function jobNamed(name: string, mode: SyncMode): Job {
  const job = jobs.get(name)?.job;
  if (job === undefined) throw new JobError(`${name}: no job is known by this name`);
  if (!job.modes.includes(mode)) throw new JobError(`${name}: it does ${modesInWords(job.modes)}, and not ${modesInWords([mode])}`);
  return job;
}

/** Of a job that has been made known. */
export const jobModes = (name: string): readonly SyncMode[] => jobs.get(name)!.job.modes;
export const codeOf = (name: string): Job => jobs.get(name)!.job;
export const familyOfCustom = (name: string): JobFamily => jobs.get(name)!.family;
