/**
 * A block node: the path that a request takes from the guest to an image and back, in QEMU 1.6's
 * order (reference: qemu-1.6 A.7 for reads, A.8 for writes). I/O is not atomic: it is submitted,
 * takes effect a part at a time, and completes, and anything can run in between. In an overlay the
 * allocation of a run of sectors is looked up when the run is submitted and used when its effect
 * comes, as in qcow2_co_readv.
 *
 *   bdrv_co_do_readv / _writev             here
 *   -------------------------------------  ------------------------------------------
 *   bdrv_io_limits_intercept    (R1, W2)   admit: throttle
 *   wait_for_overlapping_req... (R2, W3)   admit: serialise
 *   tracked_request_begin           (W4)   begin, serialise
 *   notifier_with_return_list...    (W5)   runHook
 *   bdrv_co_do_copy_on_readv        (R3)   copyOnRead
 *   drv->bdrv_co_readv, _writev (R4, W6)   read, write, writeZeroes
 *   tracked_request_end                    end
 *
 * The effects of one I/O come in ascending order. A request that fails has no effect.
 */
import type { Run } from '../kernel/coroutine.ts';
import type { Coroutines } from '../kernel/coroutines.ts';
import { WaitQueue } from '../kernel/wait-queue.ts';
import { type StepName, defineStep } from '../kernel/step.ts';
import { meaning } from '../meaning.ts';
import type { World } from '../kernel/world.ts';
import { Misuse } from '../kernel/misuse.ts';
import { type BlockError, NO_ERROR, blockError } from './errors.ts';
import type { FaultOp, Faults } from './faults.ts';
import type { DiscardReads, Image } from './image.ts';
import { Place } from './image.ts';
import { InFlight, MINE } from './in-flight.ts';
import type { Requester, SectorRange } from './requester.ts';
import { Throttle, type ThrottleSteps } from './throttle.ts';

/** The steps of one I/O, named by whoever asks for it. */
export interface IoSteps {
  readonly submit: StepName;
  readonly effect: StepName;
  readonly complete: StepName;
}

/** The steps of a request before it comes to the driver. */
export interface AdmitSteps extends ThrottleSteps {
  /** Waiting for a request that overlaps, on a disk that copies on read. */
  readonly overlapping: StepName;
}

/** The rules of a correct backup that the request path answers for; the table is in backup/rules.ts. */
export interface RequestPathRules {
  readonly copyBeforeWrite: boolean;
  readonly copyBeforeWriteZeroes: boolean;
  readonly copyBeforeDiscard: boolean;
  readonly failedCopyFailsGuestWrite: boolean;
  readonly savevmPassesHookBy: boolean;
}

/** Called before a request changes the node (QEMU: a before-write notifier). */
export type BeforeWrite = (me: Requester, range: SectorRange) => Run<BlockError>;

/** How much of an I/O takes effect at once. */
export interface Grain {
  readonly clusterSectors: number;
  readonly perSector: boolean;
}

export interface NodeOptions {
  /** A watched cell, so that observers see the hook come and go. */
  readonly hookCell: number;
  readonly grain: Grain;
  readonly faults?: Faults | null;
  /** The disk has I/O limits. */
  readonly throttled?: boolean;
  /** What a read finds in the backing image is copied into this one. */
  readonly copyOnRead?: boolean;
  /** Requests past the end fail, for the image is shorter than somebody may think. */
  readonly mayBeShort?: boolean;
}

const COPY_ON_READ_LOOK = meaning(defineStep('cor.look', 'sector'), {
  role: 'looksToCopyUp',
  words: 'looks where {c} lies, to copy it up',
});
const COPY_ON_READ_TAKE = meaning(defineStep('cor.took', 'sector'), {
  role: 'takesToCopyUp',
  words: 'takes {c} from the backing file',
});
const COPY_ON_READ_PUT = meaning(defineStep('cor.put', 'sector'), {
  role: 'copiesUp',
  words: 'stores {c} in the disk, as copy-on-read does',
});

/** `bdrv_check_request`; only a target can be shorter than those who write to it think. */
const PAST_THE_END = blockError('target', 'EIO');

export class BlockNode {
  readonly image: Image;
  /** 1 while the before-write hook is linked. */
  readonly hookCell: number;
  readonly #world: World;
  readonly #grain: Grain;
  readonly #faults: Faults | null;
  readonly #mayBeShort: boolean;
  readonly #throttle: Throttle | null;
  readonly #requestsCell: number;
  readonly #idleCell: number;
  readonly #idle: WaitQueue;
  /** The ranges of the requests in flight: kept only by a disk that copies on read, for nobody else asks. */
  readonly #tracked: InFlight | null;
  /** How many reads that copy are in flight; while there are none, nobody waits. */
  readonly #copyingReadsCell: number;
  #beforeWrite: BeforeWrite | null = null;

  constructor(coroutines: Coroutines, image: Image, options: NodeOptions) {
    const { world } = coroutines;
    this.#world = world;
    this.image = image;
    this.#grain = options.grain;
    this.hookCell = options.hookCell;
    this.#faults = options.faults ?? null;
    this.#mayBeShort = options.mayBeShort ?? false;
    this.#throttle = options.throttled === true ? new Throttle(coroutines, `${image.name}.throttle`) : null;
    this.#requestsCell = world.alloc(`${image.name}.requests`, 1);
    this.#idleCell = world.alloc(`${image.name}.idle`, 1);
    this.#idle = new WaitQueue(coroutines, this.#idleCell);
    this.#tracked =
      options.copyOnRead === true ? new InFlight(coroutines, `${image.name}.tracked`, (requester) => requester.trackedCell) : null;
    this.#copyingReadsCell = world.alloc(`${image.name}.copyingReads`, this.#tracked === null ? 0 : 1);
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
  get isHooked(): boolean {
    return this.#world.read(this.hookCell) === 1;
  }
  *runHook(me: Requester, range: SectorRange): Run<BlockError> {
    return this.isHooked ? yield* this.#beforeWrite!(me, range) : NO_ERROR;
  }

  /** For observers: how many requests are in flight, and who waits for there to be none. */
  get requestsCells(): readonly number[] {
    return [this.#requestsCell, this.#idleCell];
  }

  /** Where an image keeps the state of a VM, far past its last cluster in QEMU, here in the next one. */
  get pastTheEnd(): SectorRange {
    const first = Math.ceil(this.image.sectors / this.#grain.clusterSectors) * this.#grain.clusterSectors;
    return { first, end: first + 1 };
  }

  // Requests of the guest, from their first step to their last: those that a drain waits for.

  begin(): void {
    this.#world.move(this.#requestsCell, this.#requestsCell, 1);
  }
  end(me: Requester): void {
    if (this.#tracked !== null && this.#tracked.holds(me)) {
      this.#tracked.end(me);
      this.#tracked.waitersOf(me).wakeAll();
    }
    this.#world.move(this.#requestsCell, this.#requestsCell, -1);
    if (!this.#idle.isEmpty && this.#world.isZero(this.#requestsCell)) this.#idle.wakeAll();
  }
  /** `bdrv_drain_all`: waits until no request is in flight. */
  *drain(me: Requester, step: StepName): Run {
    while (!this.#world.isZero(this.#requestsCell)) yield* this.#idle.wait(me, me.step(step));
  }

  /** Through the limits, and past those that a read which copies must not overlap. */
  *admit(me: Requester, range: SectorRange, steps: AdmitSteps): Run {
    yield* this.admitByLimits(me, range, steps);
    yield* this.serialise(me, range, steps.overlapping);
  }

  *serialise(me: Requester, range: SectorRange, step: StepName): Run {
    if (this.#tracked === null) return;
    yield* this.#waitForOverlapping(me, range, step);
    this.#tracked.begin(me, this.#inImageClusters(range));
  }

  *admitByLimits(me: Requester, range: SectorRange, steps: ThrottleSteps): Run {
    if (this.#throttle !== null) yield* this.#throttle.admit(me, steps, range.first);
  }

  /** A guest's read of a disk that may copy on read: R1 to R4. */
  *readForGuest(me: Requester, range: SectorRange, admit: AdmitSteps, steps: IoSteps): Run<BlockError> {
    if (this.#tracked !== null) this.#world.move(this.#copyingReadsCell, this.#copyingReadsCell, 1);
    yield* this.admit(me, range, admit);
    if (this.#tracked !== null) yield* this.#copyOnRead(me, range);
    const error = yield* this.read(me, range, steps);
    if (this.#tracked !== null) this.#world.move(this.#copyingReadsCell, this.#copyingReadsCell, -1);
    return error;
  }

  /**
   * The read of a copy. It neither copies on read nor waits for requests of the guest: since
   * 06c3916b35 (2.5) a read on behalf of the hook.
   */
  *readForCopy(me: Requester, range: SectorRange, admit: AdmitSteps, steps: IoSteps): Run<BlockError> {
    yield* this.admitByLimits(me, range, admit);
    return yield* this.read(me, range, steps);
  }

  /** The read of a copy in QEMU 1.6: like any other. Nobody can overlap it, so it is not tracked. */
  *readLikeAny(me: Requester, range: SectorRange, admit: AdmitSteps, steps: IoSteps): Run<BlockError> {
    yield* this.admitByLimits(me, range, admit);
    if (this.#tracked === null) return yield* this.read(me, range, steps);
    this.#world.move(this.#copyingReadsCell, this.#copyingReadsCell, 1);
    yield* this.#waitForOverlapping(me, range, admit.overlapping);
    yield* this.#copyOnRead(me, range);
    const error = yield* this.read(me, range, steps);
    this.#world.move(this.#copyingReadsCell, this.#copyingReadsCell, -1);
    return error;
  }

  // I/O. Each is submitted, takes effect a unit at a time, and completes, unless it fails.

  /** Reads into the requester's buffer. Each run of sectors is looked up, then transferred. */
  *read(me: Requester, range: SectorRange, steps: IoSteps): Run<BlockError> {
    const { image } = this;
    for (let s = range.first; s < range.end;) {
      yield me.step(steps.submit, s);
      const error = this.#isPastTheEnd(s + 1)
        ? PAST_THE_END
        : this.#strike('read', s, image.isRaw ? range.end : image.runEnd(s, range.end));
      if (error !== NO_ERROR) {
        me.forgetRun();
        return error;
      }
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

  *writeZeroes(me: Requester, range: SectorRange, steps: IoSteps): Run<BlockError> {
    yield me.step(steps.submit, range.first);
    const error = this.#strike('write', range.first, range.end);
    if (error !== NO_ERROR) return error;
    for (let s = range.first; s < range.end;) {
      yield me.step(steps.effect, s);
      const end = this.unitEnd(s, range.end);
      this.image.putZeroes(s, end);
      s = end;
    }
    yield me.step(steps.complete, range.first);
    return NO_ERROR;
  }

  /** Discards the image's clusters that the range covers whole; the rest of the range stays as it is. */
  *discard(me: Requester, range: SectorRange, steps: IoSteps, reads: DiscardReads): Run<BlockError> {
    yield me.step(steps.submit, range.first);
    for (let s = this.discardFirst(range); s < this.discardEnd(range);) {
      yield me.step(steps.effect, s);
      const end = this.discardUnitEnd(s, range);
      this.image.discard(s, end, reads);
      s = end;
    }
    yield me.step(steps.complete, range.first);
    return NO_ERROR;
  }

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

  /** `wait_for_overlapping_requests`, which asserts that nobody waits for a request of one's own. */
  *#waitForOverlapping(me: Requester, range: SectorRange, step: StepName): Run {
    while (!this.#world.isZero(this.#copyingReadsCell)) {
      const other = this.#tracked!.newestOverlapping(me, this.#inImageClusters(range));
      if (other === MINE) this.#world.misuse(Misuse.waitsForItself);
      if (other === null || other === MINE) return;
      yield* this.#tracked!.waitersOf(other).wait(me, me.step(step, range.first));
    }
  }

  /** What lies in the backing image is read and written to this one, past the hook: what it shows stays the same. */
  *#copyOnRead(me: Requester, range: SectorRange): Run {
    const { image } = this;
    for (let s = range.first; s < range.end; s = image.clusterEnd(s, range.end)) {
      yield me.step(COPY_ON_READ_LOOK, s);
      if (image.placeOf(s) !== Place.backing) continue;
      yield me.step(COPY_ON_READ_TAKE, s);
      image.take(s, Place.backing, me.bufferCell(s));
      yield me.step(COPY_ON_READ_PUT, s);
      image.put(s, me.bufferCell(s)); // which fills the rest of the image's cluster from the backing image
      me.forgetBuffer({ first: s, end: s + 1 });
    }
  }

  #inImageClusters({ first, end }: SectorRange): SectorRange {
    const size = Math.max(1, this.image.clusterSectors);
    return { first: Math.floor(first / size) * size, end: Math.ceil(end / size) * size };
  }
}
