/** The disk has I/O limits. */
import type { Notation, Zod } from './notation.ts';
import { type Variation, either, oneIn } from './variation.ts';

export const notation = {
  key: 'throttled',
  of: 'disk',
  plain: false,
  words: () => ['with I/O limits'],
  offered: () => true,
} satisfies Notation<boolean>;

export const schema = (z: Zod) => z.boolean();

export const variation = {
  notation,
  swarm: 'throttled',
  draw: (fc) => oneIn(fc, 3),
  features: { throttled: { words: 'I/O limits' } },
  enumerate: ({ has }) => either(has('throttled')),
  counts: 'frills',
} satisfies Variation<boolean>;
