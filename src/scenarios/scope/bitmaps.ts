/** The bitmaps of a scope: none, but where the job copies what is dirty. */
import { BITMAP_MODES, type SyncMode, syncOf } from '../../../model/sync.ts';
import type { Scenario } from '../../../model/scenario/scenario.ts';
import { type LazyList, listOf, pairs, subsets } from './lazy-list.ts';

export type Bitmap = Pick<Scenario, 'bitmap'>;

/** Each set of dirty clusters, in each bitmap-mode. @param clusters how many the disk has */
export function bitmaps(syncMode: SyncMode, clusters: number): LazyList<Bitmap> {
  if (syncOf(syncMode).selects !== 'dirty') return listOf([{}]);
  return pairs(listOf(BITMAP_MODES), subsets(clusters)).map(([mode, dirty]) => ({ bitmap: { mode, dirty } }));
}
