/** What block status tells of the disk, beyond what is allocated. */
import { BLOCK_STATUSES, type BlockStatusTells } from '../../../model/block/image.ts';
import type { Grammar, Notation } from './notation.ts';
import type { Variation } from './variation.ts';

const [PLAIN, ...OTHERS] = BLOCK_STATUSES;

const WORDS = {
  data: 'block status does not tell of zeroes',
  zeroes: 'block status tells where the disk has zeroes',
  short: 'block status tells of one cluster at a time, and whether it is zeroes',
} as const satisfies Record<BlockStatusTells, string>;

export const notation = {
  key: 'blockStatus',
  of: 'disk',
  place: 'node',
  plain: PLAIN,
  words: (tells) => [WORDS[tells]],
} satisfies Notation<BlockStatusTells>;

export const grammar = {
  keys: (z) => ({
    'block-status': z
      .enum([...BLOCK_STATUSES])
      .describe(
        'What block status tells of a raw disk, or of what lies beneath an overlay: that it is data, or where it is zeroes; or both short.',
      ),
  }),
} satisfies Grammar<BlockStatusTells>;

export const variation = {
  notation,
  draw: (fc, { jobOptions = [] }) => (jobOptions.includes('block-status') ? fc.constantFrom(PLAIN, PLAIN, ...OTHERS) : fc.constant(PLAIN)),
  features: { blockStatus: { words: 'what block status tells' } },
  enumerate: ({ has }) => (has('blockStatus') ? BLOCK_STATUSES : [PLAIN]),
  counts: 'frills',
} satisfies Variation<BlockStatusTells>;
