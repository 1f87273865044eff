/** Somebody resumes the job whenever an error has stopped it. */
import type { Scenario } from '../../../model/scenario/scenario.ts';
import { hasFaults } from './faults.ts';
import type { Grammar, Notation } from './notation.ts';
import { type Variation, either } from './variation.ts';

export const notation = {
  key: 'resume',
  of: 'job',
  place: 'command',
  plain: false,
  write: () => ({ resume: 'job', after: ['job.stopped'] }),
} satisfies Notation<boolean>;

export const grammar = {
  keys: (z) => ({
    resume: z
      .string()
      .describe('The job that the user resumes. With `after: [job.stopped]`, the user resumes it each time an error has stopped it.'),
  }),
} satisfies Grammar<boolean>;

export const variation = {
  notation,
  draw: (fc, { faults = false }) => (faults ? fc.constantFrom(false, true, true) : fc.constant(false)),
  makesSense: hasFaults,
  features: { resume: { words: 'resume', takes: 'faults' } },
  enumerate: ({ has }, scenario: Scenario) => either(has('resume') && hasFaults(scenario)),
  counts: 'frills',
} satisfies Variation<boolean>;
