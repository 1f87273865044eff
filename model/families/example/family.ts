/** The example family: a family of jobs that nothing else in the program has heard of. Specs make it known. */
import { DirtyBitmap } from '../../block/dirty-bitmap.ts';
import { DrainedSection } from '../../block/drained-section.ts';
import type { JobFamily, JobPlan } from '../family.ts';
import { LOCALS, PoolJob } from './job.ts';
import type { Rules } from './rules.ts';
import { HELD } from './steps.ts';

const dirty: JobPlan['dirty'] = (world, sizes) => new DirtyBitmap(world, sizes);
const drained: JobPlan['drained'] = (coroutines, name) => new DrainedSection(coroutines, name, HELD);

export const poolFamily = (rules: Rules): JobFamily => ({
  plan: () => ({ locals: LOCALS, mayKeepRange: true, dirty, drained }),
  build: (site) => new PoolJob(site, rules),
});
