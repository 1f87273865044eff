/** What each shared cell is to the backup: which cluster's source, target or bit, or none of these. */
import type { Coroutine } from '../../../kernel/coroutine.ts';
import type { Coroutines } from '../../../kernel/coroutines.ts';
import type { World } from '../../../kernel/world.ts';
import type { GuestRequest } from '../../../block/guest.ts';
import type { Image } from '../../../block/image.ts';
import type { Sync } from '../../../sync.ts';
import type { BackupState } from '../../../job/backup-state.ts';

export const Region = {
  other: 0,
  sourceData: 1,
  sourcePlace: 2,
  /** The target, or the bit. */
  copy: 3,
  /** The progress, to which copies only add. */
  progress: 4,
  /** The same for as long as a copy is in flight. */
  settled: 5,
  /** How many requests the guest has in flight, who waits for none to be, and the hook. */
  requests: 6,
} as const;
export type Region = (typeof Region)[keyof typeof Region];

/** The parts of a machine that this speaks of. */
export interface RegionParts {
  readonly world: World;
  readonly job: BackupState & { readonly sync: Sync };
  readonly guests: readonly GuestRequest[];
  /** The guest's request for which a coroutine works; null: it works for none. */
  guestOf(coroutine: Coroutine): GuestRequest | null;
  readonly source: Image;
  readonly target: Image;
  readonly coroutines: Coroutines;
}

export class CellRegions {
  /** By cell. */
  readonly region: Uint8Array;
  /** By cell that belongs to a cluster: which one. A cell of a larger cluster belongs to the first that is in it. */
  readonly clusterOf: Int32Array;

  constructor({ world, job, source, target }: RegionParts) {
    this.region = new Uint8Array(world.cells.length);
    this.clusterOf = new Int32Array(world.cells.length);
    this.#image(source, job.clusterSectors, Region.sourceData, Region.sourcePlace);
    this.#image(target, job.clusterSectors, Region.copy, Region.copy);
    for (let c = 0; c < job.clusters; c++) this.#mark(job.copied.cellOf(c), Region.copy, c);
    this.#mark(job.status.offsetCell, Region.progress, 0);
    for (const cell of [...job.source.requestsCells, job.source.hook.cell]) this.#mark(cell, Region.requests, 0);
    for (const cell of [...source.settledCells, ...target.settledCells, ...job.settledCells]) this.#mark(cell, Region.settled, 0);
  }

  #image(image: Image, clusterSectors: number, data: Region, place: Region): void {
    const clusterOf = (sector: number): number => Math.floor(sector / clusterSectors);
    for (let s = 0; s < image.sectors; s++) this.#mark(image.dataCell + s, data, clusterOf(s));
    for (let s = 0; image.isTarget && s < image.sectors; s++) this.#mark(image.writtenCell + s, data, clusterOf(s));
    for (let c = 0; c < image.clusters; c++) this.#mark(image.placeCell + c, place, clusterOf(c * image.clusterSectors));
  }

  #mark(cell: number, region: Region, cluster: number): void {
    this.region[cell] = region;
    this.clusterOf[cell] = cluster;
  }
}
