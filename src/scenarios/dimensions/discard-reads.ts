/** What a discarded sector of the disk reads as. */
import type { DiscardReads } from '../../../model/block/image.ts';
import type { Grammar, Notation } from './notation.ts';
import type { Variation } from './variation.ts';

const ALL: readonly DiscardReads[] = ['zero', 'backing', 'old', 'ignored'];

export const notation = {
  key: 'discardReads',
  of: 'contents',
  place: 'image',
  plain: 'zero',
  always: true,
} satisfies Notation<DiscardReads>;

export const grammar = {
  keys: (z) => ({
    'discard-reads': z
      .enum(ALL)
      .describe(
        'What a discarded sector reads as. `zero`: zeroes (the default). `backing`: the backing file. `old`: its old content. `ignored`: ' +
          'a discard does nothing.',
      ),
  }),
} satisfies Grammar<DiscardReads>;

export const variation = {
  notation,
  swarm: 'discards',
  draw: (fc) => fc.constantFrom<DiscardReads>('zero', 'zero', 'backing', 'backing', 'old', 'ignored'),
  features: { otherDiscards: { words: 'any kind of discard' } },
  /** Only where something is discarded. */
  enumerate: ({ has }, { guest }) => (has('otherDiscards') && guest.some(({ kind }) => kind === 'discard') ? ALL : ['zero']),
  counts: 'frills',
} satisfies Variation<DiscardReads>;
