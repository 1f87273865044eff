/** Somebody resumes the job whenever an error has stopped it. */
import type { Scenario } from '../../../model/scenario/scenario.ts';
import { hasFaults } from './faults.ts';
import type { Notation, Zod } from './notation.ts';
import { type Variation, either } from './variation.ts';

export const notation = { key: 'resume', of: 'job', plain: false } satisfies Notation<boolean>;

export const schema = (z: Zod) => z.boolean();

export const variation = {
  notation,
  draw: (fc, { faults = false }) => (faults ? fc.constantFrom(false, true, true) : fc.constant(false)),
  makesSense: hasFaults,
  features: { resume: { words: 'resume', takes: 'faults' } },
  enumerate: ({ has }, scenario: Scenario) => either(has('resume') && hasFaults(scenario)),
  counts: 'frills',
} satisfies Variation<boolean>;
