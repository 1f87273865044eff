/** What block status tells of the disk, beyond what is allocated. */
import { BLOCK_STATUSES, type BlockStatusTells } from '../../../model/block/image.ts';
import type { Grammar, Notation } from './notation.ts';
import type { Variation } from './variation.ts';

/** What is drawn and enumerated. `cached` is for logs of a real QEMU: all that it can bring about, the others can. */
const [PLAIN, ...OTHERS] = ['data', 'zeroes', 'short'] as const satisfies readonly BlockStatusTells[];

const WORDS = {
  data: 'block status does not report zeroes',
  zeroes: 'block status reports where the disk has zeroes',
  cached: 'block status reports where the disk has zeroes, and remembers the last run of data that it has reported',
  short: 'block status reports one cluster at a time, and whether it is zero',
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
        'What a block-status query reports for a raw disk, or for a disk below an overlay. `data`: everything is data. `zeroes`: zeroes ' +
          'where the disk has zeroes. `short`: like `zeroes`, but at most one cluster per query. `cached`: like `zeroes`, but a ' +
          'range that the latest query reported as data stays data, even if it now holds zeroes.',
      ),
  }),
} satisfies Grammar<BlockStatusTells>;

export const variation = {
  notation,
  draw: (fc, { jobOptions = [] }) => (jobOptions.includes('block-status') ? fc.constantFrom(PLAIN, PLAIN, ...OTHERS) : fc.constant(PLAIN)),
  features: { blockStatus: { words: 'what block status reports' } },
  enumerate: ({ has }) => (has('blockStatus') ? [PLAIN, ...OTHERS] : [PLAIN]),
  counts: 'frills',
} satisfies Variation<BlockStatusTells>;
