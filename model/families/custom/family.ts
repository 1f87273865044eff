/** Custom jobs: one family each, for each has its own code. */
import type { JobFamily } from '../family.ts';
import { CustomJob } from './custom-job.ts';
import type { NamedJob } from './known.ts';

export function customFamily(named: NamedJob): JobFamily {
  return {
    plan: () => ({ locals: named.job.locals?.length, mayKeepRange: true }),
    build: (site) => new CustomJob(site, named),
  };
}
