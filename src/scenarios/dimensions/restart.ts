/** QEMU is told to quit, and is started again. */
import type { Grammar, Notation } from './notation.ts';
import { type Variation, either, oneIn } from './variation.ts';

export const notation = {
  key: 'restart',
  of: 'job',
  place: 'job',
  plain: false,
  words: () => ['QEMU quits and restarts'],
} satisfies Notation<boolean>;

export const grammar = {
  keys: (z) => ({
    restart: z
      .boolean()
      .describe(
        'Whether the user quits QEMU at any time after T0 and starts it again. From then on no request begins, and the job is cancelled.',
      ),
  }),
} satisfies Grammar<boolean>;

export const variation = {
  notation,
  draw: (fc, { jobOptions = [] }) => (jobOptions.includes('restart') ? oneIn(fc, 6) : fc.constant(false)),
  makesSense: ({ endlessGuest }) => endlessGuest !== true,
  features: { restart: { words: 'a restart of QEMU' } },
  enumerate: ({ has }) => either(has('restart')),
  counts: 'requests',
} satisfies Variation<boolean>;
