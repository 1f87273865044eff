/** Somebody pauses the job once, and resumes it. */
import type { Notation, Zod } from './notation.ts';
import { type Variation, either, oneIn } from './variation.ts';

export const notation = {
  key: 'pause',
  of: 'job',
  plain: false,
  words: () => ['somebody pauses the job'],
  offered: () => true,
} satisfies Notation<boolean>;

export const schema = (z: Zod) => z.boolean();

export const variation = {
  notation,
  swarm: 'pause',
  draw: (fc) => oneIn(fc, 3),
  features: { pause: { words: 'a pause' } },
  enumerate: ({ has }) => either(has('pause')),
  counts: 'requests',
} satisfies Variation<boolean>;
