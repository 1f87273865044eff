/** Somebody pauses the job once, and resumes it. */
import type { Grammar, Notation } from './notation.ts';
import { type Variation, either, oneIn } from './variation.ts';

export const notation = {
  key: 'pause',
  of: 'job',
  place: 'command',
  plain: false,
  write: () => ({ pause: 'job' }),
  words: () => ['the user pauses the job'],
  offered: () => true,
} satisfies Notation<boolean>;

export const grammar = {
  keys: (z) => ({ pause: z.string().describe('The job that the user pauses once, at any time, and resumes later.') }),
} satisfies Grammar<boolean>;

export const variation = {
  notation,
  swarm: 'pause',
  draw: (fc) => oneIn(fc, 3),
  features: { pause: { words: 'a pause' } },
  enumerate: ({ has }) => either(has('pause')),
  counts: 'requests',
} satisfies Variation<boolean>;
