/**
 * Images: raw, or an overlay with clusters of its own that are unallocated (and show the backing
 * image), allocated, or zero. All methods are atomic; what can be delayed between a lookup and a
 * transfer is for driver.ts to yield.
 */
import type { World } from '../kernel/world.ts';
import { Misuse } from '../kernel/misuse.ts';
import { type Content, ZERO } from './content.ts';

/** Where a sector's data lies: the answer of an allocation lookup. */
export const Place = { backing: 0, own: 1, zero: 2 } as const;
export type Place = (typeof Place)[keyof typeof Place];

/**
 * What block status tells of a raw image, or of one beneath an overlay: that it is data; or where it reads as zeroes, too. `short`: the
 * latter, but no answer goes beyond the cluster in which it begins, the backup's or the larger one of an overlay, as where a format's file
 * is in pieces. `cached`: as `zeroes`, but a raw disk remembers the last run of data that it has told of (status-cache.ts).
 */
export const BLOCK_STATUSES = ['data', 'zeroes', 'short', 'cached'] as const;
export type BlockStatusTells = (typeof BLOCK_STATUSES)[number];

/** What a discarded cluster reads as afterwards; `ignored`: the image was not opened with unmap. */
export type DiscardReads = 'zero' | 'backing' | 'old' | 'ignored';

export interface ImageFormat {
  readonly sectors: number;
  /** Sectors in a cluster of the image's own; 0: raw, which allocates nothing. */
  readonly clusterSectors: number;
  readonly backing: Image | null;
  /** A backup's target: it is closed at the end, and which sectors were written is noted for observers. */
  readonly isTarget?: boolean;
  /** Another opening of a raw image: one file, of which each sees what the other writes. */
  readonly sameFileAs?: Image;
}

export class Image {
  readonly name: string;
  readonly sectors: number;
  readonly clusterSectors: number;
  readonly clusters: number;
  readonly backing: Image | null;
  readonly dataCell: number;
  /** One cell a cluster of the image's own, holding a `Place`. Unused if raw. */
  readonly placeCell: number;
  /** One cell a sector, 1 once a request wrote it. Targets only. */
  readonly writtenCell: number;
  readonly isTarget: boolean;
  readonly sameFileAs: Image | null;
  readonly #openCell: number;
  readonly #lengthCell: number;
  readonly #world: World;

  constructor(world: World, name: string, format: ImageFormat) {
    this.#world = world;
    this.name = name;
    this.sectors = format.sectors;
    this.clusterSectors = format.clusterSectors;
    this.clusters = format.clusterSectors === 0 ? 0 : Math.ceil(format.sectors / format.clusterSectors);
    this.backing = format.backing;
    this.isTarget = format.isTarget ?? false;
    this.sameFileAs = format.sameFileAs ?? null;
    this.dataCell = this.sameFileAs?.dataCell ?? world.alloc(`${name}.data`, this.sectors, 'restart');
    if (this.sameFileAs === null) world.markContents(this.dataCell, this.sectors);
    this.placeCell = world.alloc(`${name}.place`, this.clusters, 'restart');
    this.writtenCell = world.alloc(`${name}.written`, this.isTarget ? this.sectors : 0, 'restart');
    this.#openCell = world.alloc(`${name}.open`, 1);
    this.#lengthCell = world.alloc(`${name}.length`, 1, 'restart');
  }

  get isRaw(): boolean {
    return this.clusterSectors === 0;
  }

  /** Before a run: an open image without data. Contents are the caller's to fill in. */
  loadInto(cells: Int32Array): void {
    cells[this.#openCell] = 1;
    cells[this.#lengthCell] = this.sectors;
  }

  /** Where this sector lies now. */
  placeOf(sector: number): Place {
    if (this.isRaw) return Place.own;
    if (sector < this.sectors) return this.#world.read(this.#placeOfCluster(sector)) as Place;
    this.#world.misuse(Misuse.outOfRange);
    return Place.zero;
  }

  /** The end of the run of sectors, from `sector` up to `end`, that lie in the same place. */
  runEnd(sector: number, end: number): number {
    if (this.isRaw) return end;
    const place = this.placeOf(sector);
    let next = this.#clusterEnd(sector);
    while (next < end && next < this.sectors && this.placeOf(next) === place) next = this.#clusterEnd(next);
    return Math.min(next, end);
  }

  /** Of a raw image: whether the sector reads as zeroes, and up to where, `end` at most, the same holds. */
  zeroRun(sector: number, end: number): { isZero: boolean; end: number } {
    const isZero = this.#world.isZero(this.dataCell + sector);
    let next = sector + 1;
    while (next < end && this.#world.isZero(this.dataCell + next) === isZero) next++;
    return { isZero, end: next };
  }

  /**
   * `bdrv_is_allocated`: whether the sector is allocated in this image (a zero cluster is), and for
   * how many sectors of the `count` asked about the same holds. Past the end of the image it
   * answers "no, for 0 sectors" at once.
   */
  isAllocated(sector: number, count: number): { allocated: boolean; sectors: number } {
    if (sector >= this.#world.read(this.#lengthCell)) return { allocated: false, sectors: 0 };
    const end = this.#allocationRunEnd(sector, Math.min(sector + count, this.sectors));
    return { allocated: this.placeOf(sector) !== Place.backing, sectors: end - sector };
  }

  /** Moves what lies at `place` for this sector to a cell. The place was looked up before, maybe long before. */
  take(sector: number, place: Place, to: number): void {
    if (!this.#isInRange(sector)) return; // a closed target may still be read: its reader has opened it, too
    if (place === Place.own) this.#world.move(to, this.dataCell + sector);
    else if (place === Place.backing) this.#takeBacking(sector, to);
    else this.#world.write(to, ZERO);
  }

  /** Writes one sector: the content of a cell, plus a constant. */
  put(sector: number, from: number, plus = 0): void {
    if (!this.#mayWrite(sector)) return;
    if (!this.isRaw) this.#allocate(sector);
    this.#world.move(this.dataCell + sector, from, plus);
    if (this.isTarget) this.#world.write(this.writtenCell + sector, 1);
  }

  /** Writes zeroes from `sector` up to `end`. Clusters covered whole become zero clusters. */
  putZeroes(sector: number, end: number): void {
    if (!this.#mayWrite(end - 1)) return;
    for (let s = sector; s < end;) {
      const next = this.isRaw ? s + 1 : Math.min(this.#clusterEnd(s), end);
      if (this.#coversCluster(s, next)) this.#world.write(this.#placeOfCluster(s), Place.zero);
      else if (!this.isRaw) this.#allocate(s);
      for (; s < next; s++) {
        this.#world.write(this.dataCell + s, ZERO);
        if (this.isTarget) this.#world.write(this.writtenCell + s, 1);
      }
    }
  }

  /** Discards the clusters from `sector` up to `end`, which covers them whole. */
  discard(sector: number, end: number, reads: DiscardReads): void {
    if (reads === 'old' || reads === 'ignored') return;
    for (let s = sector; s < end; s++) {
      if (!this.isRaw && s % this.clusterSectors === 0) {
        this.#world.write(this.#placeOfCluster(s), reads === 'zero' ? Place.zero : Place.backing);
      }
      this.#world.write(this.dataCell + s, ZERO);
    }
  }

  /** Whether none of its clusters is its own. A raw image does not tell. */
  isEmpty(): boolean {
    for (let c = 0; c < this.clusters; c++) if (!this.#world.isZero(this.placeCell + c)) return false;
    return true;
  }

  close(): void {
    this.#world.write(this.#openCell, 0);
  }

  get isOpen(): boolean {
    return !this.#world.isZero(this.#openCell);
  }

  /** The end of the image's own cluster that `sector` is in, within `end`. */
  clusterEnd(sector: number, end: number): number {
    return this.isRaw ? end : Math.min(this.#clusterEnd(sector), end);
  }

  /** Cells that change only when the image is opened or closed. */
  get settledCells(): readonly number[] {
    return [this.#openCell, this.#lengthCell];
  }

  /** For observers: what reading this sector would show now. Past the end of the image there is nothing. */
  contentAt(sector: number): Content {
    const { cells } = this.#world;
    if (sector >= this.sectors) return ZERO;
    const place = this.isRaw ? Place.own : cells[this.#placeOfCluster(sector)];
    if (place === Place.own) return cells[this.dataCell + sector]!;
    if (place === Place.zero || this.backing === null || sector >= this.backing.sectors) return ZERO;
    return this.backing.contentAt(sector);
  }

  /** For observers: where this sector lies now. */
  placeAt(sector: number): Place {
    return this.isRaw ? Place.own : (this.#world.cells[this.#placeOfCluster(sector)] as Place);
  }

  /** For observers: whether this image, rather than its backing, decides what the sector shows. */
  isAllocatedAt(sector: number): boolean {
    return sector >= this.sectors || this.isRaw || this.#world.cells[this.#placeOfCluster(sector)] !== Place.backing;
  }

  /** For observers: whether a request has written this sector since the image was opened. */
  isWrittenAt(sector: number): boolean {
    return sector < this.sectors && this.#world.cells[this.writtenCell + sector] === 1;
  }

  #mayWrite(sector: number): boolean {
    if (!this.#isInRange(sector)) return false;
    if (!this.isTarget || !this.#world.isZero(this.#openCell)) return true;
    this.#world.misuse(Misuse.closedTarget);
    return false;
  }

  #isInRange(sector: number): boolean {
    if (sector < this.sectors) return true;
    this.#world.misuse(Misuse.outOfRange);
    return false;
  }

  #placeOfCluster(sector: number): number {
    return this.placeCell + Math.floor(sector / this.clusterSectors);
  }

  #clusterEnd(sector: number): number {
    return (Math.floor(sector / this.clusterSectors) + 1) * this.clusterSectors;
  }

  #coversCluster(sector: number, end: number): boolean {
    return !this.isRaw && sector % this.clusterSectors === 0 && (end - sector === this.clusterSectors || end === this.sectors);
  }

  #allocationRunEnd(sector: number, end: number): number {
    if (this.isRaw) return end;
    const allocated = this.placeOf(sector) !== Place.backing;
    let next = this.#clusterEnd(sector);
    while (next < end && (this.placeOf(next) !== Place.backing) === allocated) next = this.#clusterEnd(next);
    return Math.min(next, end);
  }

  /** The image's own copy on write: the rest of a cluster comes from what it showed before. */
  #allocate(sector: number): void {
    const cell = this.#placeOfCluster(sector);
    const place = this.#world.read(cell) as Place;
    if (place === Place.own) return;
    this.#world.write(cell, Place.own);
    if (place === Place.zero) return; // its data cells are zero already
    const end = Math.min(this.#clusterEnd(sector), this.sectors);
    for (let s = this.#clusterEnd(sector) - this.clusterSectors; s < end; s++) {
      if (s !== sector) this.#takeBacking(s, this.dataCell + s);
    }
  }

  /** What the backing chain shows at this sector, moved to a cell. Past its end a shorter backing shows zeroes. */
  #takeBacking(sector: number, to: number): void {
    if (this.backing === null || sector >= this.backing.sectors) this.#world.write(to, ZERO);
    else this.backing.take(sector, this.backing.placeOf(sector), to);
  }
}
