/** A custom job with what a call of the library asks of it besides. */
import type { Job } from '../../model/families/custom/job.ts';
import { JobError } from '../../model/families/custom/job-error.ts';
import type { BuiltInProperty, Property } from '../../model/families/custom/property.ts';

export interface MoreAsked {
  readonly properties?: readonly Property[];
  readonly skip?: readonly BuiltInProperty[];
}

/** @returns the job itself, if nothing more is asked */
export function askedJob(job: Job, { properties = [], skip = [] }: MoreAsked): Job {
  if (properties.length + skip.length === 0) return job;
  return { ...job, properties: [...(job.properties ?? []), ...properties], skip: [...(job.skip ?? []), ...skip] };
}

/** @throws JobError if more is asked of a built-in job */
export function refuseMoreOfBuiltIn(asked: MoreAsked): void {
  const option = (['properties', 'skip'] as const).find((name) => (asked[name] ?? []).length > 0);
  if (option !== undefined) throw new JobError(`"${option}" is about a custom job, not about a built-in one`);
}
