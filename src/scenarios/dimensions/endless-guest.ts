/**
 * The guest never stops: while the job copies before its writes, it makes each of its requests that change the disk again and again.
 * It is fair to the job, which takes a step at least, if it can, before such a request begins once more.
 */
import { changesTheDisk } from '../../../model/block/guest.ts';
import type { Grammar, Notation } from './notation.ts';
import { type Variation, either, oneIn } from './variation.ts';

export const notation = {
  key: 'endlessGuest',
  of: 'job',
  place: 'scenario',
  plain: false,
  words: () => ['the guest never stops'],
} satisfies Notation<boolean>;

export const grammar = {
  keys: (z) => ({
    'endless-guest': z
      .boolean()
      .describe('Whether the guest repeats each write, write of zeroes and discard for as long as the hook is linked.'),
  }),
} satisfies Grammar<boolean>;

export const variation = {
  notation,
  draw: (fc, { endlessGuest }) => (endlessGuest === true ? oneIn(fc, 4) : fc.constant(false)),
  makesSense: ({ guest, endlessGuest }) => endlessGuest !== true || guest.some(({ kind }) => changesTheDisk(kind)),
  features: { endlessGuest: { words: 'a guest that never stops' } },
  enumerate: ({ has }) => either(has('endlessGuest')),
  counts: 'frills',
} satisfies Variation<boolean>;
