/**
 * The driver of an image: I/O as it is once nothing is in its way. It is not atomic: it is submitted, takes effect a part at a
 * time, and completes, and anything can run in between. In an overlay the allocation of a run of sectors is looked up when the
 * run is submitted and used when its effect comes, as in qcow2_co_readv.
 *
 * The effects of one I/O come in ascending order. A request that fails has no effect.
 */
import type { Run } from '../kernel/coroutine.ts';
import type { StepName } from '../kernel/step.ts';
import { type BlockError, NO_ERROR, blockError } from './errors.ts';
import type { FaultOp, Faults } from './faults.ts';
import { type DiscardReads, type Image, Place } from './image.ts';
import type { Requester, SectorRange } from './requester.ts';

/** The steps of one I/O, named by the caller that asks for it. */
export interface IoSteps {
  readonly submit: StepName;
  readonly effect: StepName;
  readonly complete: StepName;
}

/** How much of an I/O takes effect at once. */
export interface Grain {
  readonly clusterSectors: number;
  readonly perSector: boolean;
}

export interface DriverOptions {
  readonly grain: Grain;
  readonly faults?: Faults | null;
  /** A read looks up all that it reads before it takes anything. Absent: each run of sectors when it comes to it. */
  readonly looksUpFirst?: boolean;
  /** Requests past the end fail, for the image is shorter than somebody may think. */
  readonly mayBeShort?: boolean;
}

/** `bdrv_check_request`; only a target can be shorter than those who write to it think. */
const PAST_THE_END = blockError('target', 'EIO');

export class Driver {
  readonly image: Image;
  readonly #grain: Grain;
  readonly #faults: Faults | null;
  readonly #mayBeShort: boolean;
  readonly looksUpFirst: boolean;

  constructor(image: Image, { grain, faults = null, mayBeShort = false, looksUpFirst = false }: DriverOptions) {
    this.image = image;
    this.#grain = grain;
    this.#faults = faults;
    this.#mayBeShort = mayBeShort;
    this.looksUpFirst = looksUpFirst && !image.isRaw;
  }

  /** Where an image keeps the state of a VM, far past its last cluster in QEMU, here in the next one. */
  get pastTheEnd(): SectorRange {
    const first = Math.ceil(this.image.sectors / this.#grain.clusterSectors) * this.#grain.clusterSectors;
    return { first, end: first + 1 };
  }

  // I/O. Each is submitted, takes effect a unit at a time, and completes, unless it fails.

  /**
   * Reads into the requester's buffer. Each run of sectors is looked up, then transferred; or all are looked up first. Of a run that
   * becomes a zero cluster in between, qcow2 may still transfer the old data, which it keeps; here that is what a read transfers
   * before the zeroes come.
   */
  *read(me: Requester, range: SectorRange, steps: IoSteps): Run<BlockError> {
    const { image } = this;
    for (let s = range.first; s < range.end;) {
      yield me.step(steps.submit, s);
      if (this.looksUpFirst && s === range.first) this.#lookUp(me, range);
      const isPastTheEnd = this.#isPastTheEnd(s + 1);
      const runEnd = isPastTheEnd ? range.end : this.looksUpFirst ? this.#lookedUpEnd(me, s, range) : image.runEnd(s, range.end);
      const error = isPastTheEnd ? PAST_THE_END : this.#strike('read', s, runEnd);
      if (error !== NO_ERROR) {
        this.#forgetLookups(me, range);
        return error;
      }
      if (!image.isRaw) me.beginRun(this.looksUpFirst ? me.lookup(this.#clusterOf(s)) : image.placeOf(s), runEnd);
      while (s < this.#runEnd(me, range)) {
        yield me.step(steps.effect, s);
        const end = this.unitEnd(s, this.#runEnd(me, range));
        const place = image.isRaw ? Place.own : me.runPlace;
        for (; s < end; s++) image.take(s, place, me.bufferCell(s));
      }
    }
    yield me.step(steps.complete, range.first);
    if (!image.isRaw) this.#forgetLookups(me, range);
    return NO_ERROR;
  }

  /** Writes sectors, each `from(sector)`: a cell and what to add to what it holds. */
  *write(me: Requester, range: SectorRange, steps: IoSteps, put: (sector: number) => void): Run<BlockError> {
    yield me.step(steps.submit, range.first);
    const error = this.#strike('write', range.first, range.end);
    if (error !== NO_ERROR) return error;
    for (let s = range.first; s < range.end;) {
      yield me.step(steps.effect, s);
      for (const end = this.unitEnd(s, range.end); s < end; s++) put(s);
    }
    yield me.step(steps.complete, range.first);
    return NO_ERROR;
  }

  /**
   * Writes zeroes. A cluster of the image that the range covers whole becomes a zero cluster at once: qcow2 only updates its table
   * (`qcow2_co_pwrite_zeroes`). What lies before and after those clusters is written as data (`bdrv_co_do_pwrite_zeroes`). QEMU 1.6
   * writes a range that is not aligned as data from end to end, which allocates the same clusters and shows the same contents.
   */
  *writeZeroes(me: Requester, range: SectorRange, steps: IoSteps): Run<BlockError> {
    yield me.step(steps.submit, range.first);
    this.mayHaveZeroes(range);
    const error = this.#strike('write', range.first, range.end);
    if (error !== NO_ERROR) return error;
    for (let s = range.first; s < range.end;) {
      yield me.step(steps.effect, s);
      const end = this.zeroUnitEnd(s, range);
      this.image.putZeroes(s, end);
      s = end;
    }
    yield me.step(steps.complete, range.first);
    return NO_ERROR;
  }

  /** Discards the image's clusters that the range covers whole; the rest of the range stays as it is. */
  *discard(me: Requester, range: SectorRange, steps: IoSteps, reads: DiscardReads): Run<BlockError> {
    yield me.step(steps.submit, range.first);
    this.mayHaveZeroes(range);
    for (let s = this.wholeFirst(range); s < this.discardEnd(range);) {
      yield me.step(steps.effect, s);
      const end = this.discardUnitEnd(s, range);
      this.image.discard(s, end, reads);
      s = end;
    }
    yield me.step(steps.complete, range.first);
    return NO_ERROR;
  }

  /** Zeroes or a discard are on their way to these sectors. */
  protected mayHaveZeroes(_range: SectorRange): void {}

  /** Whether the question what is allocated at this sector fails. */
  askFails(sector: number): BlockError {
    return this.#strike('ask', sector, sector + 1);
  }

  // Which sectors take effect together. Observers ask this too.

  /** The end of the unit of effect that begins at `sector`, in a range that ends at `end`. */
  unitEnd(sector: number, end: number): number {
    if (this.#grain.perSector) return sector + 1;
    const { clusterSectors } = this.#grain;
    return Math.min(end, (Math.floor(sector / clusterSectors) + 1) * clusterSectors);
  }
  /** The end of the sectors that this requester's read takes at `sector`. @param range all that it reads */
  takenEnd(me: Requester, sector: number, range: SectorRange): number {
    return this.unitEnd(sector, this.image.isRaw ? range.end : me.runSeen.end);
  }
  /** Where a read that has just looked it up takes this sector from. */
  lookedUpSeen(me: Requester, sector: number): Place {
    return this.looksUpFirst ? me.lookupSeen(this.#clusterOf(sector)) : me.runSeen.place;
  }
  /** Where the image's clusters begin that a range covers whole. */
  wholeFirst({ first }: SectorRange): number {
    const size = Math.max(1, this.image.clusterSectors);
    return Math.ceil(first / size) * size;
  }
  discardEnd({ end }: SectorRange): number {
    const size = Math.max(1, this.image.clusterSectors);
    return Math.floor(end / size) * size;
  }
  discardUnitEnd(sector: number, range: SectorRange): number {
    const unit = this.unitEnd(sector, this.discardEnd(range)) - sector;
    const size = Math.max(1, this.image.clusterSectors);
    return sector + Math.max(size, Math.floor(unit / size) * size);
  }
  /** The end of the zeroes that take effect together with those at `sector`. A short last cluster can be covered whole, too. */
  zeroUnitEnd(sector: number, range: SectorRange): number {
    const first = this.wholeFirst(range);
    const end = range.end === this.image.sectors ? range.end : this.discardEnd(range);
    if (sector >= end) return this.unitEnd(sector, range.end);
    return sector < first ? this.unitEnd(sector, Math.min(first, range.end)) : Math.min(end, this.discardUnitEnd(sector, range));
  }

  #lookUp(me: Requester, { first, end }: SectorRange): void {
    const { image } = this;
    for (let s = first; s < end; s = image.clusterEnd(s, end)) me.setLookup(this.#clusterOf(s), image.placeOf(s));
  }

  /** The end of the run that the sector is in, as it was looked up. */
  #lookedUpEnd(me: Requester, sector: number, { end }: SectorRange): number {
    const { image } = this;
    const place = me.lookup(this.#clusterOf(sector));
    let next = image.clusterEnd(sector, end);
    while (next < end && me.lookup(this.#clusterOf(next)) === place) next = image.clusterEnd(next, end);
    return next;
  }

  #forgetLookups(me: Requester, { first, end }: SectorRange): void {
    me.forgetRun();
    if (!this.looksUpFirst) return;
    for (let s = first; s < end; s = this.image.clusterEnd(s, end)) me.setLookup(this.#clusterOf(s), Place.backing);
  }

  #clusterOf(sector: number): number {
    return Math.floor(sector / this.image.clusterSectors);
  }

  #strike(op: FaultOp, first: number, end: number): BlockError {
    if (this.#isPastTheEnd(end)) return PAST_THE_END;
    return this.#faults === null ? NO_ERROR : this.#faults.strike(op, { first, end });
  }

  #isPastTheEnd(end: number): boolean {
    return this.#mayBeShort && end > this.image.sectors;
  }

  #runEnd(me: Requester, range: SectorRange): number {
    return this.image.isRaw ? range.end : me.runEnd;
  }
}
