/**
 * chain-restores: a full backup and the increments that were made onto it, read one over the other, show for each of them the disk at the
 * start of its job (MO-3 of docs/qemu-today.md). Jobs that failed or were cancelled in between change nothing about that: their clusters
 * come with a later increment.
 */
import type { Content } from '../model/block/content.ts';
import type { Violation } from './property.ts';
import { type DiskView, wrongContent } from './view.ts';

export const CHAIN_RESTORES = 'chain-restores';

/** In words. */
export const CHAIN_RESTORES_ALL = 'A full backup and its increments, stacked, show the disk at the start of each job.';

/** What an image holds of a sector; `below`: nothing of its own. */
export type Layer = (sector: number) => Content | 'below';

/** A backup that was completed. */
export interface Restored {
  readonly name: string;
  /** The disk at the start of its job. */
  readonly disk: (sector: number) => Content;
  /** Its own image first, then those that it lies over, down to the full backup, which holds every sector. */
  readonly layers: readonly Layer[];
}

/**
 * @param sectors of the disk
 * @param backups in the order in which they were made
 */
export function judgeChain(view: Pick<DiskView, 'contentName'>, sectors: number, backups: readonly Restored[]): Violation | null {
  for (const { name, disk, layers } of backups)
    for (let s = 0; s < sectors; s++) {
      const [expected, got] = [disk(s), shown(layers, s)];
      if (got !== expected)
        return wrongContent(view, CHAIN_RESTORES, s, expected, got, ', restored on top of the earlier backups', ` of ${name}`);
    }
  return null;
}

/** Zero where no image holds the sector. */
function shown(layers: readonly Layer[], sector: number): Content {
  for (const layer of layers) {
    const own = layer(sector);
    if (own !== 'below') return own;
  }
  return 0;
}
