/** What the disk reads from its backing file, it copies up. */
import type { Grammar, Notation } from './notation.ts';
import { type Variation, either, oneIn } from './variation.ts';

export const notation = {
  key: 'copyOnRead',
  of: 'disk',
  place: 'node',
  plain: false,
  words: () => ['with copy-on-read'],
  offered: () => true,
} satisfies Notation<boolean>;

export const grammar = {
  keys: (z) => ({
    'copy-on-read': z.boolean().describe('Whether the node stores what it reads from the backing file.'),
  }),
} satisfies Grammar<boolean>;

export const variation = {
  notation,
  swarm: 'copyOnRead',
  draw: (fc) => oneIn(fc, 2),
  /** There is something to copy up. */
  makesSense: ({ disk: { overlay } }) => overlay !== undefined && overlay.baseSectors !== null,
  features: { copyOnRead: { words: 'copy on read' } },
  enumerate: ({ has }) => either(has('copyOnRead')),
  counts: 'frills',
} satisfies Variation<boolean>;
