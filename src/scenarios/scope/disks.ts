/** The disks of a scope, of one length. */
import type { OverlayLayout, Scenario } from '../../../model/scenario/scenario.ts';
import { type LazyList, listOf, subsets } from './lazy-list.ts';

export type Disk = Scenario['disk'];

/** One that is raw. */
export const rawDisk = (sectors: number, clusterSectors: number): LazyList<Disk> => listOf([disk(sectors, clusterSectors)]);

/** Overlays over a backing file of the same length, with each allocation of clusters of this size. */
export function overlays(sectors: number, clusterSectors: number, overlayClusterSectors: number): LazyList<Disk> {
  return subsets(Math.ceil(sectors / overlayClusterSectors)).map((allocated) =>
    disk(sectors, clusterSectors, { clusterSectors: overlayClusterSectors, allocated, zeroClusters: [], baseSectors: sectors }),
  );
}

/** The same on a disk that copies on read. */
export const copyingOnRead = (disks: LazyList<Disk>): LazyList<Disk> => disks.map((plain) => ({ ...plain, copyOnRead: true }));

/** The last sector of two or more shows zeroes, which no copy may take for data, nor the other way round. */
function disk(sectors: number, clusterSectors: number, overlay?: OverlayLayout): Disk {
  return {
    sectors,
    clusterSectors,
    zero: sectors < 2 ? [] : [sectors - 1],
    discardReads: 'zero',
    ...(overlay === undefined ? {} : { overlay }),
  };
}
