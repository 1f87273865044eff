/** The disk has I/O limits. */
import type { Grammar, Notation } from './notation.ts';
import { type Variation, either, oneIn } from './variation.ts';

export const notation = {
  key: 'throttled',
  of: 'disk',
  place: 'node',
  plain: false,
  words: () => ['with I/O limits'],
  offered: () => true,
} satisfies Notation<boolean>;

export const grammar = {
  keys: (z) => ({ throttled: z.boolean().describe('Whether the node has I/O limits, so that a request may have to wait.') }),
} satisfies Grammar<boolean>;

export const variation = {
  notation,
  swarm: 'throttled',
  draw: (fc) => oneIn(fc, 3),
  features: { throttled: { words: 'I/O limits' } },
  enumerate: ({ has }) => either(has('throttled')),
  counts: 'frills',
} satisfies Variation<boolean>;
