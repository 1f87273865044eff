/** Custom jobs: one family each, for each has its own code. */
import type { JobFamily } from '../family.ts';
import { type NamedJob, OwnJob } from './own-job.ts';
import type { CommandRules } from './own-job-state.ts';

export function customFamily(named: NamedJob, rules: CommandRules): JobFamily {
  return {
    plan: () => ({ bitsSeen: 0, locals: named.job.locals?.length ?? 0, asksForRange: true }),
    build: (site) => {
      const job = new OwnJob(site, named, rules);
      return { job, placeReached: (bring) => job.placeReached(bring) };
    },
  };
}
