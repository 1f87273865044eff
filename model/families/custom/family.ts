/** Custom jobs: one family each, for each has its own code. */
import type { JobFamily } from '../family.ts';
import { type NamedJob, OwnJob } from './own-job.ts';
import type { CommandRules } from './own-job-state.ts';

export function customFamily(named: NamedJob, rules: CommandRules): JobFamily {
  return {
    plan: () => ({ locals: named.job.locals?.length, mayKeepRange: true }),
    build: (site) => new OwnJob(site, named, rules),
  };
}
