/** What the job does about errors of the source and of the target. */
import { ERROR_POLICIES, type ErrorPolicies, REPORT_BOTH } from '../../../model/job/error-policy.ts';
import { hasFaults } from './faults.ts';
import type { Notation, Zod } from './notation.ts';
import type { Variation } from './variation.ts';

const reportsBoth = ({ source, target }: ErrorPolicies): boolean => source === 'report' && target === 'report';

export const notation = {
  key: 'onError',
  of: 'job',
  /** Only this object: where a trace names both, they stay named. */
  plain: REPORT_BOTH,
  write: ({ source, target }) => [`onError: {source: ${source}, target: ${target}}`],
  words: ({ source, target }) => [`on-source-error ${source}, on-target-error ${target}`],
} satisfies Notation<ErrorPolicies>;

export const schema = (z: Zod) => {
  const policy = z.enum(ERROR_POLICIES).default('report');
  return z.strictObject({ source: policy, target: policy });
};

export const variation = {
  notation,
  swarm: 'policies',
  draw: (fc, { faults = false }) => {
    const policy = fc.constantFrom(...ERROR_POLICIES);
    return faults ? fc.record({ source: policy, target: policy }) : fc.constant(REPORT_BOTH);
  },
  settle: (policies) => (reportsBoth(policies) ? REPORT_BOTH : policies),
  makesSense: hasFaults,
  features: { policies: { words: 'any policies', takes: 'faults', isIn: (policies) => !reportsBoth(policies) } },
  enumerate: ({ has }, scenario) => [REPORT_BOTH, ...(has('policies') && hasFaults(scenario) ? allButPlain() : [])],
  counts: 'frills',
} satisfies Variation<ErrorPolicies>;

const allButPlain = (): ErrorPolicies[] =>
  ERROR_POLICIES.flatMap((source) => ERROR_POLICIES.map((target) => ({ source, target }))).filter((policies) => !reportsBoth(policies));
