/**
 * Of a large disk, the clusters that are worth having in the model. Cut the disk on both sides of the first and of the last cluster of
 * each request of the window: of each piece that is longer than a cluster, all clusters are covered whole by the same requests, or by
 * none, and the first one stands for all of them. So the number of clusters grows with that of the requests, and neither with the
 * disk nor with the length of requests.
 *
 * What the model does not show: long runs. A request over a thousand clusters covers three here, its first, its last, and one that
 * stands for those between; each of those would be copied like this one, and all are marked, waited for and judged alike.
 */
import type { LoggedRequest } from './guest-log.ts';

/** 64 KiB, as in QEMU: BACKUP_SECTORS_PER_CLUSTER, and qcow2's default. */
export const CLUSTER_SECTORS = 128;

/** A range in sectors. */
type Extent = Pick<LoggedRequest, 'first' | 'count'>;

export class KeptClusters {
  /** Their length on end, in sectors. */
  readonly sectors: number;
  /** Their numbers on the whole disk, ascending. */
  readonly #clusters: Float64Array;

  /** @param diskSectors of the whole disk @param requests of the window; those without a range are passed over */
  constructor(diskSectors: number, requests: readonly Extent[]) {
    const clusters = Math.ceil(diskSectors / CLUSTER_SECTORS);
    const cuts = new Set([0]);
    for (const { first, count } of requests) {
      if (count === 0) continue;
      const [begin, end] = [Math.floor(first / CLUSTER_SECTORS), Math.floor((first + count - 1) / CLUSTER_SECTORS)];
      for (const cut of [begin, begin + 1, end, end + 1]) cuts.add(cut);
    }
    const tail = diskSectors % CLUSTER_SECTORS;
    if (tail > 0) cuts.add(clusters - 1); // where the disk does not end with a cluster, there is more to go wrong
    this.#clusters = Float64Array.from(cuts)
      .filter((c) => c < clusters)
      .toSorted();
    this.sectors = this.#clusters.length * CLUSTER_SECTORS - (tail > 0 ? CLUSTER_SECTORS - tail : 0);
  }

  get count(): number {
    return this.#clusters.length;
  }

  /** Where the part of a range that lies in kept clusters comes to lie; null: none does. */
  place({ first, count }: Extent): Extent | null {
    const clusters = this.#clusters;
    const [begin, end] = [Math.floor(first / CLUSTER_SECTORS), Math.floor((first + count - 1) / CLUSTER_SECTORS)];
    const [from, to] = [this.#atOrAfter(begin), this.#atOrAfter(end + 1)];
    if (from === to) return null;
    const placed = from * CLUSTER_SECTORS + (clusters[from] === begin ? first % CLUSTER_SECTORS : 0);
    const last = clusters[to - 1] === end ? (first + count - 1) % CLUSTER_SECTORS : CLUSTER_SECTORS - 1;
    return { first: placed, count: Math.min((to - 1) * CLUSTER_SECTORS + last + 1, this.sectors) - placed };
  }

  /** How many kept clusters lie before this one. */
  #atOrAfter(cluster: number): number {
    let [low, high] = [0, this.#clusters.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#clusters[middle]! < cluster) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
