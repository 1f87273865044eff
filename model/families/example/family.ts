/** The example family: what a family of jobs is that nothing else in the program has heard of. Specs make it known. */
import { DirtyBitmap } from '../../block/dirty-bitmap.ts';
import { DrainedSection } from '../../block/drained-section.ts';
import type { FamilyName } from '../../machine/job-names.ts';
import type { OfferedFamily } from '../../machine/offered.ts';
import type { JobFamily, JobPlan } from '../family.ts';
import { LOCALS, PoolJob } from './job.ts';
import { HELD } from './steps.ts';

const RULES = {
  claimIsOneStep: { sentence: 'A cluster is claimed in the step that looks at it.', without: 'Two tasks copy it.' },
  writesWaitForFrozenReads: { sentence: 'A write waits for readers of its range.', without: 'A reader gets what came after T0.' },
  poolInCell: { sentence: 'A requester knows its tasks by a cell.', without: 'Two requesters take the same steps for different ones.' },
} as const;

export type Rules = Readonly<Record<keyof typeof RULES, boolean>>;

const dirty: JobPlan['dirty'] = (world, sizes) => new DirtyBitmap(world, sizes);
const drained: JobPlan['drained'] = (coroutines, name) => new DrainedSection(coroutines, name, HELD);
const familyWith = (rules: Rules): JobFamily => ({
  plan: () => ({ locals: LOCALS, mayKeepRange: true, dirty, drained }),
  build: (site) => new PoolJob(site, rules),
});

export const POOL_FAMILY: OfferedFamily = {
  name: 'pool' as FamilyName,
  rules: RULES,
  jobs: { pool: ['bitmap', 'snapshot-access', 'second-disk', 'restart'] },
  make: (without) =>
    familyWith(Object.fromEntries(Object.keys(RULES).map((rule) => [rule, !(without as string[]).includes(rule)])) as Rules),
};
