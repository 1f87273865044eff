/** Custom jobs: one family each, for each has its own code. */
import type { JobFamily } from '../family.ts';
import { type NamedJob, CustomJob } from './custom-job.ts';
import type { CommandRules } from './custom-job-state.ts';

export function customFamily(named: NamedJob, rules: CommandRules): JobFamily {
  return {
    plan: () => ({ locals: named.job.locals?.length, mayKeepRange: true }),
    build: (site) => new CustomJob(site, named, rules),
  };
}
