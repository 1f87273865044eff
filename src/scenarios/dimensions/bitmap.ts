/** A dirty bitmap of the source, which the job is given. */
import { BITMAP_MODES, type SyncMode, syncOf } from '../../../model/sync.ts';
import type { JobBitmap } from '../../../model/scenario/scenario.ts';
import { type Grammar, type Notation, SECTORS_MAX } from './notation.ts';
import { type Variation, cutInClusters, placesWithout } from './variation.ts';

type Given = JobBitmap | null;

const wordsOf = ({ mode, dirty }: JobBitmap): string[] => [
  `bitmap-mode ${mode}`,
  ...(dirty.length === 0 ? [] : [`${dirty.map((c) => `c${c}`).join(', ')} dirty at T0`]),
];

export const notation = {
  key: 'bitmap',
  of: 'job',
  place: 'job',
  plain: null,
  write: (bitmap) => ({ 'bitmap-mode': bitmap!.mode, ...(bitmap!.dirty.length === 0 ? {} : { dirty: bitmap!.dirty }) }),
  words: (bitmap) => wordsOf(bitmap!),
} satisfies Notation<Given>;

export const grammar = {
  keys: (z) => ({
    'bitmap-mode': z
      .enum([...BITMAP_MODES])
      .describe(
        'When the job clears the bits of the clusters that it has copied: only if it completes, always, or never. With ' +
          '`sync: bitmap`, the job copies only the clusters that the bitmap marks as dirty.',
      ),
    dirty: z
      .array(z.int().min(0).max(SECTORS_MAX))
      .max(SECTORS_MAX)
      .describe('With bitmap-mode: the clusters of the backup that are dirty in the bitmap at T0. Default: none.'),
  }),
  read: ({ sync, 'bitmap-mode': mode = sync === 'incremental' ? 'on-success' : undefined, dirty = [] }) =>
    mode === undefined ? undefined : ({ mode, dirty } as JobBitmap),
} satisfies Grammar<Given>;

export const variation = {
  notation,
  draw: (fc, { clusters: clusterCount, jobOptions = [], mode }) => {
    const cluster = fc.nat(clusterCount - 1);
    if (mode !== undefined && isNeeded(mode))
      return fc.record({ mode: fc.constantFrom(...BITMAP_MODES), dirty: fc.array(cluster, { maxLength: clusterCount, size: 'max' }) });
    if (!jobOptions.includes('bitmap')) return fc.constant(null);
    return fc.option(
      fc.record({ mode: fc.constantFrom(...BITMAP_MODES.filter((one) => one !== 'never')), dirty: fc.array(cluster, { maxLength: 2 }) }),
      { freq: 2 },
    );
  },
  settle: (bitmap, { disk }) =>
    bitmap === null ? null : { ...bitmap, dirty: inOrder(bitmap.dirty, Math.ceil(disk.sectors / disk.clusterSectors)) },
  makesSense: ({ mode }) => syncOf(mode).bitmapModes.length > 0,
  features: { bitmap: { words: 'a bitmap with a dirty cluster' } },
  enumerate: ({ mode, has }, { disk }) => {
    if (!has('bitmap') && !isNeeded(mode)) return [null];
    const each = Array.from({ length: Math.ceil(disk.sectors / disk.clusterSectors) }, (_, c) => [c]);
    const given = syncOf(mode).bitmapModes.flatMap((bitmapMode) => [[], ...each].map((dirty): Given => ({ mode: bitmapMode, dirty })));
    return isNeeded(mode) ? given : [null, ...given];
  },
  counts: 'frills',
  cost: (bitmap) => 1 + bitmap!.dirty.length,
  plainer: (bitmap) =>
    bitmap === null ? [] : [null, ...bitmap.dirty.map((c): Given => ({ ...bitmap, dirty: bitmap.dirty.filter((d) => d !== c) }))],
  withoutSectors: (bitmap, cut, { disk }) =>
    bitmap === null ? null : { ...bitmap, dirty: placesWithout(bitmap.dirty, cutInClusters(cut, disk.clusterSectors)) },
} satisfies Variation<Given>;

/** What the job copies stands in it. */
const isNeeded = (mode: SyncMode): boolean => syncOf(mode).selects === 'dirty';

/** Each once. */
const inOrder = (dirty: readonly number[], clusterCount: number): number[] =>
  [...new Set(dirty)].filter((c) => c < clusterCount).toSorted((a, b) => a - b);
