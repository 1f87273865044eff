/** What the job does about errors of the source and of the target. */
import { ERROR_POLICIES, type ErrorPolicies, REPORT_BOTH } from '../../../model/job/error-policy.ts';
import { hasFaults } from './faults.ts';
import type { Grammar, Notation } from './notation.ts';
import type { Variation } from './variation.ts';

const reportsBoth = ({ source, target }: ErrorPolicies): boolean => source === 'report' && target === 'report';

export const notation = {
  key: 'onError',
  of: 'job',
  place: 'job',
  plain: REPORT_BOTH,
  isPlain: reportsBoth,
  write: ({ source, target }) => ({
    ...(source === 'report' ? {} : { 'on-source-error': source }),
    ...(target === 'report' ? {} : { 'on-target-error': target }),
  }),
  words: ({ source, target }) => [`on-source-error ${source}, on-target-error ${target}`],
} satisfies Notation<ErrorPolicies>;

export const grammar = {
  keys: (z) => ({
    'on-source-error': z.enum(ERROR_POLICIES).describe('What the job does on an error from its source. Default: report.'),
    'on-target-error': z.enum(ERROR_POLICIES).describe('What the job does on an error from its target. Default: report.'),
  }),
  read: ({ 'on-source-error': source = 'report', 'on-target-error': target = 'report' }) => ({ source, target }) as ErrorPolicies,
} satisfies Grammar<ErrorPolicies>;

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
