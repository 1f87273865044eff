/** A job with what a call of the library asks of it besides. */
import type { JobName } from '../../model/machine/job-names.ts';
import { jobNames } from '../../model/machine/jobs.ts';
import type { Job } from '../../model/families/custom/job.ts';
import { JobError } from '../../model/families/custom/job-error.ts';
import { makeAsked } from '../../model/families/custom/more-asked.ts';
import type { MoreAsked } from '../../model/families/custom/property.ts';
import { printable } from '../trace/printable.ts';

/** Where such properties come from, in messages. */
const OPTIONS = 'options';

/** @returns the job itself, if nothing more is asked */
export function askedJob(job: Job, { properties = [], skip = [] }: MoreAsked): Job {
  if (properties.length + skip.length === 0) return job;
  return { ...job, properties: [...(job.properties ?? []), ...properties], skip: [...(job.skip ?? []), ...skip] };
}

/** What is asked of a built-in job besides, as a setting and a trace have it. @throws JobError if these are no properties */
export function askedOfBuiltIn({ properties = [], skip = [] }: MoreAsked): { readonly asked?: string } {
  if (properties.length + skip.length === 0) return {};
  makeAsked(OPTIONS, { properties, skip });
  return { asked: OPTIONS };
}

/** @throws JobError if there is no built-in job of this name */
export function isBuiltIn(job: Job | JobName): job is JobName {
  if (typeof job !== 'string') return false;
  if ((jobNames() as readonly string[]).includes(job)) return true;
  throw new JobError(`there is no built-in job "${printable(job)}"; there are ${jobNames().join(', ')}`);
}
