/**
 * A coroutine that does I/O: what it keeps between the steps of a read or a copy. In QEMU these are
 * locals on the coroutine's stack (the CowRequest, the bounce buffer, the driver's request); here
 * they are cells of its slot.
 */
import { Coroutine, type CoroutineOptions } from '../kernel/coroutine.ts';
import type { Coroutines } from '../kernel/coroutines.ts';
import { ENDED } from '../kernel/step.ts';
import { type Content, ZERO } from './content.ts';
import type { Place } from './image.ts';
import { TURN_CELLS } from './turn-cells.ts';

/** Sectors from `first` up to `end`. */
export interface SectorRange {
  readonly first: number;
  readonly end: number;
}

export const overlap = (a: SectorRange, b: SectorRange): boolean => a.first < b.end && b.first < a.end;

const PLACE = 0; // of the run of sectors that is being read
const RUN_END = 1;
const COW_FIRST = 2; // the CowRequest: the clusters that it is about ...
const COW_END = 3;
const COW_IN_FLIGHT = 4; // ... and its place in the list of copies in flight
const BUFFER = COW_IN_FLIGHT + TURN_CELLS;

/** The sizes that decide how a requester's cells are laid out. */
export interface RequesterSizes {
  /** Sectors of a cluster of the backup. */
  readonly clusterSectors: number;
  /** The size of the bounce buffer, in sectors; absent: that of a cluster. */
  readonly bufferSectors?: number | undefined;
  /** Cells for bits as seen before waiting; 0 for a correct job (rules checkBitAfterWaiting, everyBitIsLookedUp). */
  readonly bitsSeen: number;
  /** Cells for what a custom job remembers of a copy. */
  readonly locals?: number;
  /** Cells for what a read has looked up of the clusters of the source; absent: none. */
  readonly lookups?: number;
  /** Whether the disk keeps the ranges of its requests, as one that copies on read does. */
  readonly tracksRanges: boolean;
}

export abstract class Requester extends Coroutine {
  readonly bufferSectors: number;
  readonly #own: number;
  readonly #more: number;
  readonly #bitsSeenCell: number;
  readonly #localsCell: number;
  readonly #trackedCell: number;
  readonly #lookupsCell: number;

  constructor(coroutines: Coroutines, name: string, sizes: RequesterSizes, moreCells: number, options: CoroutineOptions = {}) {
    const bufferSectors = sizes.bufferSectors ?? sizes.clusterSectors;
    const { bitsSeen, locals = 0, lookups = 0 } = sizes;
    const tracked = sizes.tracksRanges ? TURN_CELLS : 0;
    const own = BUFFER + bufferSectors + bitsSeen + locals + tracked + lookups;
    super(coroutines, name, own + moreCells, options);
    this.#more = this.slot + this.slotCells - moreCells;
    this.#own = this.#more - own;
    this.bufferSectors = bufferSectors;
    this.#bitsSeenCell = this.#own + BUFFER + bufferSectors;
    this.#localsCell = this.#bitsSeenCell + bitsSeen;
    this.#trackedCell = this.#localsCell + locals;
    this.#lookupsCell = this.#trackedCell + tracked;
    this.world.markPrivate(this.#own + PLACE, 2);
    this.world.markContents(this.#own + BUFFER, bufferSectors);
    this.world.markPrivate(this.#own + BUFFER, bufferSectors + bitsSeen);
    if (lookups > 0) this.world.markPrivate(this.#lookupsCell, lookups);
  }

  /** The n-th of the cells that the kind of coroutine asked for itself. */
  protected slotCell(n: number): number {
    return this.#more + n;
  }

  /** A drain waits while this ends. */
  drainWaits(): void {}

  // The run of sectors that is being read: looked up at one time, transferred at a later one.

  beginRun(place: Place, end: number): void {
    this.world.write(this.#own + PLACE, place);
    this.world.write(this.#own + RUN_END, end);
  }
  get runPlace(): Place {
    return this.world.read(this.#own + PLACE) as Place;
  }
  get runEnd(): number {
    return this.world.read(this.#own + RUN_END);
  }
  forgetRun(): void {
    this.beginRun(0, 0);
  }
  /** For observers. */
  get runSeen(): { place: Place; end: number } {
    return { place: this.world.cells[this.#own + PLACE] as Place, end: this.world.cells[this.#own + RUN_END]! };
  }

  // What a read has looked up before it takes anything, by cluster of the disk.

  setLookup(cluster: number, place: Place): void {
    this.world.write(this.#lookupsCell + cluster, place);
  }
  lookup(cluster: number): Place {
    return this.world.read(this.#lookupsCell + cluster) as Place;
  }
  /** For observers. */
  lookupSeen(cluster: number): Place {
    return this.world.cells[this.#lookupsCell + cluster] as Place;
  }

  // The bounce buffer: one backup cluster, or several; a sector has its place in it by its number.

  bufferCell(sector: number): number {
    return this.#own + BUFFER + (sector % this.bufferSectors);
  }
  bufferIsZero({ first, end }: SectorRange): boolean {
    for (let s = first; s < end; s++) if (!this.world.isZero(this.bufferCell(s))) return false;
    return true;
  }
  forgetBuffer({ first, end }: SectorRange): void {
    for (let s = first; s < end; s++) this.world.write(this.bufferCell(s), ZERO);
  }
  /** For observers. */
  bufferContent(sector: number): Content {
    return this.world.cells[this.bufferCell(sector)]!;
  }

  // The CowRequest. Clusters, end exclusive.

  get cowFirst(): number {
    return this.world.read(this.#own + COW_FIRST);
  }
  get cowEnd(): number {
    return this.world.read(this.#own + COW_END);
  }
  setCow(first: number, end: number): void {
    this.world.write(this.#own + COW_FIRST, first);
    this.world.write(this.#own + COW_END, end);
  }
  /** Cells for the list of copies in flight. */
  get cowInFlightCell(): number {
    return this.#own + COW_IN_FLIGHT;
  }
  /** For observers: the clusters of the copy under way, empty if there is none. */
  get cowSeen(): SectorRange {
    const { cells } = this.world;
    return { first: cells[this.#own + COW_FIRST]!, end: this.pending === ENDED ? 0 : cells[this.#own + COW_END]! };
  }

  /** Cells for the disk's list of requests, if it keeps one. */
  get trackedCell(): number {
    return this.#trackedCell;
  }

  /**
   * Where a job without checkBitAfterWaiting keeps the bit of a cluster as it was before the wait; one without
   * everyBitIsLookedUp keeps in the first whether it asks no more.
   */
  bitSeenCell(cluster: number): number {
    return this.#bitsSeenCell + cluster;
  }

  /** The n-th of the cells in which a custom job remembers something of a copy. */
  localCell(n: number): number {
    return this.#localsCell + n;
  }
}
