/** The job has a speed limit: how many sectors it may copy in a slice of time. */
import { type Grammar, type Notation, SECTORS_MAX } from './notation.ts';
import type { Variation } from './variation.ts';

const NO_LIMIT = 0;

export const notation = {
  key: 'speed',
  of: 'job',
  place: 'job',
  plain: NO_LIMIT,
  words: (speed) => [`speed limit of ${speed} sector${speed === 1 ? '' : 's'} per slice`],
  offered: ({ disk }) => disk.clusterSectors,
} satisfies Notation<number>;

export const grammar = {
  keys: (z) => ({
    speed: z.int().min(0).max(SECTORS_MAX).describe('The speed limit of the job, in sectors per time slice. 0: no limit.'),
  }),
} satisfies Grammar<number>;

export const variation = {
  notation,
  swarm: 'speed',
  draw: (fc, { clusterSectors }) => fc.constantFrom(NO_LIMIT, NO_LIMIT, NO_LIMIT, clusterSectors),
  features: { speed: { words: 'a speed limit of a cluster' } },
  enumerate: ({ has, clusterSectors }) => (has('speed') ? [NO_LIMIT, clusterSectors] : [NO_LIMIT]),
  counts: 'frills',
} satisfies Variation<number>;
