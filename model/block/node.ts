/**
 * A block node: the path that a request takes from the guest to an image and back, in QEMU 1.6's
 * order (reference: qemu-1.6 A.7 for reads, A.8 for writes). I/O is not atomic: it is submitted,
 * takes effect a part at a time, and completes, and anything can run in between. In an overlay the
 * allocation of a run of sectors is looked up when the run is submitted and used when its effect
 * comes, as in qcow2_co_readv.
 *
 * Left out: throttling (W2, R1) and copy-on-read (W3, R2, R3); effects come in ascending order.
 */
import { type Coroutines, type Run, WaitQueue } from '../kernel/coroutine.ts';
import type { StepName } from '../kernel/step.ts';
import type { World } from '../kernel/world.ts';
import type { DiscardReads, Image } from './image.ts';
import { Place } from './image.ts';
import type { Requester, SectorRange } from './requester.ts';

/** The steps of one I/O, named by whoever asks for it. */
export interface IoSteps {
  readonly submit: StepName;
  readonly effect: StepName;
  readonly complete: StepName;
}

/** The rules of a correct backup that the request path answers for; the table is in backup/rules.ts. */
export interface RequestPathRules {
  readonly copyBeforeWrite: boolean;
  readonly copyBeforeWriteZeroes: boolean;
  readonly copyBeforeDiscard: boolean;
}

/** Called before a request changes the node (QEMU: a before-write notifier). */
export type BeforeWrite = (me: Requester, range: SectorRange) => Run;

/** How much of an I/O takes effect at once. */
export interface Grain {
  readonly clusterSectors: number;
  readonly perSector: boolean;
}

export class BlockNode {
  readonly image: Image;
  /** 1 while the before-write hook is linked. */
  readonly hookCell: number;
  readonly #world: World;
  readonly #grain: Grain;
  readonly #trackedCell: number;
  readonly #idle: WaitQueue;
  #beforeWrite: BeforeWrite | null = null;

  /** @param hookCell a watched cell, so that observers see the hook come and go */
  constructor(coroutines: Coroutines, image: Image, hookCell: number, grain: Grain) {
    this.#world = coroutines.world;
    this.image = image;
    this.#grain = grain;
    this.hookCell = hookCell;
    this.#trackedCell = this.#world.alloc(`${image.name}.tracked`, 1);
    this.#idle = new WaitQueue(coroutines, this.#world.alloc(`${image.name}.idle`, 1));
  }

  /** Who is called while the hook is linked. A fact of the machine, not of a run. */
  hookCalls(beforeWrite: BeforeWrite): void {
    this.#beforeWrite = beforeWrite;
  }
  linkHook(): void {
    this.#world.write(this.hookCell, 1);
  }
  unlinkHook(): void {
    this.#world.write(this.hookCell, 0);
  }
  *runHook(me: Requester, range: SectorRange): Run {
    if (this.#world.read(this.hookCell) === 1) yield* this.#beforeWrite!(me, range);
  }

  // Tracked requests: those that a drain waits for.

  beginTracked(): void {
    this.#world.move(this.#trackedCell, this.#trackedCell, 1);
  }
  endTracked(): void {
    this.#world.move(this.#trackedCell, this.#trackedCell, -1);
    if (this.#world.isZero(this.#trackedCell)) this.#idle.wakeAll();
  }
  /** `bdrv_drain_all`: waits until no tracked request is in flight. */
  *drain(me: Requester, step: StepName): Run {
    while (!this.#world.isZero(this.#trackedCell)) yield* this.#idle.wait(me, me.step(step));
  }

  // I/O. Each is submitted, takes effect a unit at a time, and completes.

  /** Reads into the requester's buffer. Each run of sectors is looked up, then transferred. */
  *read(me: Requester, range: SectorRange, steps: IoSteps): Run {
    const { image } = this;
    for (let s = range.first; s < range.end; ) {
      yield me.step(steps.submit, s);
      if (!image.isRaw) me.beginRun(image.placeOf(s), image.runEnd(s, range.end));
      while (s < this.#runEnd(me, range)) {
        yield me.step(steps.effect, s);
        const end = this.unitEnd(s, this.#runEnd(me, range));
        const place = image.isRaw ? Place.own : me.runPlace;
        for (; s < end; s++) image.take(s, place, me.bufferCell(s));
      }
    }
    yield me.step(steps.complete, range.first);
    if (!image.isRaw) me.forgetRun();
  }

  /** Writes sectors, each `from(sector)`: a cell and what to add to what it holds. */
  *write(me: Requester, range: SectorRange, steps: IoSteps, put: (sector: number) => void): Run {
    yield me.step(steps.submit, range.first);
    for (let s = range.first; s < range.end; ) {
      yield me.step(steps.effect, s);
      for (const end = this.unitEnd(s, range.end); s < end; s++) put(s);
    }
    yield me.step(steps.complete, range.first);
  }

  *writeZeroes(me: Requester, range: SectorRange, steps: IoSteps): Run {
    yield me.step(steps.submit, range.first);
    for (let s = range.first; s < range.end; ) {
      yield me.step(steps.effect, s);
      const end = this.unitEnd(s, range.end);
      this.image.putZeroes(s, end);
      s = end;
    }
    yield me.step(steps.complete, range.first);
  }

  /** Discards the image's clusters that the range covers whole; the rest of the range stays as it is. */
  *discard(me: Requester, range: SectorRange, steps: IoSteps, reads: DiscardReads): Run {
    yield me.step(steps.submit, range.first);
    for (let s = this.discardFirst(range); s < this.discardEnd(range); ) {
      yield me.step(steps.effect, s);
      const end = this.discardUnitEnd(s, range);
      this.image.discard(s, end, reads);
      s = end;
    }
    yield me.step(steps.complete, range.first);
  }

  // Which sectors take effect together. Observers ask this too.

  /** The end of the unit of effect that begins at `sector`, in a range that ends at `end`. */
  unitEnd(sector: number, end: number): number {
    if (this.#grain.perSector) return sector + 1;
    const { clusterSectors } = this.#grain;
    return Math.min(end, (Math.floor(sector / clusterSectors) + 1) * clusterSectors);
  }
  discardFirst({ first }: SectorRange): number {
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

  #runEnd(me: Requester, range: SectorRange): number {
    return this.image.isRaw ? range.end : me.runEnd;
  }
}
