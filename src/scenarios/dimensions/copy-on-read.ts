/** What the disk reads from its backing file, it copies up. */
import type { Notation, Zod } from './notation.ts';
import { type Variation, either, oneIn } from './variation.ts';

export const notation = {
  key: 'copyOnRead',
  of: 'disk',
  plain: false,
  words: () => ['with copy-on-read'],
  offered: () => true,
} satisfies Notation<boolean>;

export const schema = (z: Zod) => z.boolean();

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
