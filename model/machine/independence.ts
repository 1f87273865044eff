/**
 * Which steps are independent: whichever comes first, both do the same, and no property sees a
 * difference. Told from what steps really touch (their footprints), at the grain at which properties
 * look: source, target and bit of a cluster are one place. Two steps that add to the progress are
 * independent of each other.
 */
import type { Footprint } from '../kernel/learned-table.ts';
import { Region, type CellRegions, type RegionParts } from '../families/notifier/ample-steps/cell-regions.ts';

/** A footprint, summed up. */
interface Summary {
  /** Places as bits. */
  readonly looksAt: number;
  readonly changes: number;
  readonly reads: readonly number[];
  readonly writes: readonly number[];
  readonly adds: readonly number[];
  /** It decides what is promised, or who must run next: that is everybody's concern. */
  readonly concernsAll: boolean;
}

/** Places beyond so many share the last bit. */
const BITS = 30;

export class Independence {
  readonly #regions: CellRegions;
  readonly #footprints: readonly Footprint[];
  readonly #concernAll: readonly number[];
  readonly #clustersInPlace: number;
  readonly #summaries: (Summary | undefined)[] = [];
  /** By footprint, then by footprint: 1 they are, 2 they are not, 0 not known yet. */
  readonly #known: Uint8Array[] = [];

  constructor({ world, job, source, target, coroutines }: RegionParts, regions: CellRegions, footprints: readonly Footprint[]) {
    this.#regions = regions;
    this.#footprints = footprints;
    // What the promise hangs on (properties/snapshot-kept.ts), who must run next, and whether somebody may not give a command now:
    // to be kept from a step touches nothing that the step touches.
    const commands = job.commandedBy.map(({ blockersCell }) => blockersCell);
    this.#concernAll = [job.source.hook.cell, job.status.stateCell, world.misuseCell, coroutines.runQueueCell, ...commands];
    // A cluster of an image may be larger than one of the backup: what shows in one shows in the others.
    const sizes = [job.clusterSectors, source.clusterSectors, target.clusterSectors];
    const largest = Math.max(...sizes);
    this.#clustersInPlace = sizes.every((size) => size === 0 || largest % size === 0) ? largest / job.clusterSectors : Infinity;
  }

  /** @param a, b numbers of footprints */
  areIndependent(a: number, b: number): boolean {
    if (a > b) return this.areIndependent(b, a);
    let row = this.#known[a];
    if (row === undefined || row.length <= b) {
      const longer = new Uint8Array(Math.max(64, 2 * (b + 1)));
      if (row !== undefined) longer.set(row);
      row = this.#known[a] = longer;
    }
    if (row[b] === 0) row[b] = this.#compare(this.#summaryOf(a), this.#summaryOf(b)) ? 1 : 2;
    return row[b] === 1;
  }

  #compare(a: Summary, b: Summary): boolean {
    if (a.concernsAll || b.concernsAll) return false;
    if ((a.changes & (b.changes | b.looksAt)) !== 0 || (b.changes & a.looksAt) !== 0) return false;
    return !clash(a, b) && !clash(b, a);
  }

  #summaryOf(footprint: number): Summary {
    return (this.#summaries[footprint] ??= this.#sumUp(this.#footprints[footprint]!));
  }

  #sumUp({ reads, writes, adds, kills }: Footprint): Summary {
    const { region, clusterOf } = this.#regions;
    const hasCluster = (cell: number): boolean =>
      region[cell] === Region.sourceData || region[cell] === Region.sourcePlace || region[cell] === Region.copy;
    const clusters = (cells: readonly number[]): number =>
      cells
        .filter(hasCluster)
        .reduce((bits, cell) => bits | (1 << Math.min(BITS, Math.floor(clusterOf[cell]! / this.#clustersInPlace))), 0);
    const others = (cells: readonly number[]): number[] => cells.filter((cell) => !hasCluster(cell));
    return {
      looksAt: clusters(reads),
      changes: clusters(writes) | clusters(adds),
      reads: others(reads),
      writes: others(writes),
      adds: others(adds),
      concernsAll: kills || [...writes, ...adds].some((cell) => this.#concernAll.includes(cell)),
    };
  }
}

/** Whether one changes what the other touches. */
function clash(a: Summary, b: Summary): boolean {
  return (
    a.writes.some((cell) => b.reads.includes(cell) || b.writes.includes(cell) || b.adds.includes(cell)) ||
    a.adds.some((cell) => b.reads.includes(cell))
  );
}
