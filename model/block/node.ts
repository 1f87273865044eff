/**
 * A block node: the path that a request takes from the guest to an image and back, in QEMU 1.6's
 * order (reference: qemu-1.6 A.7 for reads, A.8 for writes).
 *
 *   bdrv_co_do_readv / _writev             here
 *   -------------------------------------  ------------------------------------------
 *   blk_wait_while_drained                 begin (since 4.2)
 *   bdrv_io_limits_intercept    (R1, W2)   admit: throttle
 *   wait_for_overlapping_req... (R2, W3)   admit: serialise
 *   tracked_request_begin           (W4)   begin, serialise
 *   notifier_with_return_list...    (W5)   hook.run (before-write-hook.ts)
 *   bdrv_co_do_copy_on_readv        (R3)   copyOnRead
 *   drv->bdrv_co_readv, _writev (R4, W6)   read, write, writeZeroes (driver.ts)
 *   tracked_request_end                    end
 */
import type { Run } from '../kernel/coroutine.ts';
import type { Coroutines } from '../kernel/coroutines.ts';
import type { StepName } from '../kernel/step.ts';
import { WaitQueue } from '../kernel/wait-queue.ts';
import type { World } from '../kernel/world.ts';
import type { BeforeWriteHook } from './before-write-hook.ts';
import { CopyOnRead } from './copy-on-read.ts';
import type { DirtyBitmap } from './dirty-bitmap.ts';
import type { DrainedSection } from './drained-section.ts';
import { Driver, type DriverOptions, type IoSteps } from './driver.ts';
import type { BlockError } from './errors.ts';
import type { DiscardReads, Image } from './image.ts';
import type { Requester, SectorRange } from './requester.ts';
import type { StatusCache } from './status-cache.ts';
import { Throttle, type ThrottleSteps } from './throttle.ts';

/** The steps of a request before it comes to the driver. */
export interface AdmitSteps extends ThrottleSteps {
  /** Waiting for a request that overlaps, on a disk that copies on read. */
  readonly overlapping: StepName;
}

/** The rules of a correct backup that the request path answers for; the table is in families/notifier/rules.ts. */
export interface RequestPathRules {
  readonly copyBeforeWrite: boolean;
  readonly copyBeforeWriteZeroes: boolean;
  readonly copyBeforeDiscard: boolean;
  readonly failedCopyFailsGuestWrite: boolean;
  readonly savevmPassesHookBy: boolean;
}

export interface NodeOptions extends DriverOptions {
  readonly hook: BeforeWriteHook;
  /** The disk has I/O limits. */
  readonly throttled?: boolean;
  /** What a read finds in the backing image is copied into this one. */
  readonly copyOnRead?: boolean;
  /** What records which of its clusters have changed. */
  readonly dirty?: DirtyBitmap | undefined;
  /** What it remembers of its block status. Absent: nothing. */
  readonly statusCache?: StatusCache | undefined;
  /** What holds requests back that have not begun while the node is drained. Absent: a drain only waits for those in flight. */
  readonly drained?: DrainedSection | undefined;
}

/** What has come all the way is the driver's. */
export class BlockNode extends Driver {
  /** Called for each request before it changes the image. */
  readonly hook: BeforeWriteHook;
  readonly #world: World;
  readonly #throttle: Throttle | null;
  readonly #requestsCell: number;
  readonly #idleCell: number;
  readonly #idle: WaitQueue;
  /** Null: the disk does not copy on read. */
  readonly copyOnRead: CopyOnRead | null;
  readonly #drained: DrainedSection | undefined;
  /** Null: nobody records what changes. */
  readonly dirty: DirtyBitmap | null;
  /** Null: it remembers nothing of its block status. */
  readonly statusCache: StatusCache | null;

  constructor(coroutines: Coroutines, image: Image, options: NodeOptions) {
    super(image, options);
    const { world } = coroutines;
    this.#world = world;
    this.hook = options.hook;
    this.#throttle = options.throttled === true ? new Throttle(coroutines, `${image.name}.throttle`) : null;
    this.#requestsCell = world.alloc(`${image.name}.requests`, 1);
    this.#idleCell = world.alloc(`${image.name}.idle`, 1);
    this.#idle = new WaitQueue(coroutines, this.#idleCell);
    this.copyOnRead = options.copyOnRead === true ? new CopyOnRead(coroutines, image) : null;
    this.#drained = options.drained;
    this.dirty = options.dirty ?? null;
    this.statusCache = options.statusCache ?? null;
  }

  /** For observers: how many requests are in flight, and who waits for there to be none. */
  get requestsCells(): readonly number[] {
    return [this.#requestsCell, this.#idleCell];
  }

  // Requests of the guest, from their first step to their last: those that a drain waits for.

  *begin(me: Requester): Run {
    if (this.#drained !== undefined) yield* this.#drained.hold(me);
    this.#world.move(this.#requestsCell, this.#requestsCell, 1);
  }
  end(me: Requester): void {
    this.copyOnRead?.untrack(me);
    this.#world.move(this.#requestsCell, this.#requestsCell, -1);
    if (this.#idle.isEmpty) return;
    me.drainWaits();
    if (this.#world.isZero(this.#requestsCell)) this.#idle.wakeAll();
  }
  /** `bdrv_drained_begin`, without the wait: from here on no request begins. */
  drainBegin(): void {
    this.#drained?.begin();
  }
  /** `bdrv_drained_end`: those that were held back run, first come first served. */
  drainEnd(): void {
    this.#drained?.end();
  }
  /** `bdrv_drain_all`: waits until no request is in flight. */
  *drain(me: Requester, step: StepName): Run {
    while (!this.isIdle) yield* this.awaitIdle(me, step);
  }
  get isIdle(): boolean {
    return this.#world.isZero(this.#requestsCell);
  }
  /** Waits once, while requests are in flight. */
  *awaitIdle(me: Requester, step: StepName): Run {
    yield* this.#idle.wait(me, me.step(step));
  }

  /** Through the limits, and past those that a read which copies must not overlap. */
  *admit(me: Requester, range: SectorRange, steps: AdmitSteps): Run {
    yield* this.admitByLimits(me, range, steps);
    yield* this.serialise(me, range, steps.overlapping);
  }

  *serialise(me: Requester, range: SectorRange, step: StepName): Run {
    if (this.copyOnRead === null) return;
    yield* this.copyOnRead.waitForOverlapping(me, range, step);
    this.copyOnRead.track(me, range);
  }

  *admitByLimits(me: Requester, range: SectorRange, steps: ThrottleSteps): Run {
    if (this.#throttle !== null) yield* this.#throttle.admit(me, steps, range.first);
  }

  protected override mayHaveZeroes(range: SectorRange): void {
    this.statusCache?.forget(range);
  }

  // A request that changes the disk is recorded once it has been there, whatever came of it (`bdrv_co_write_req_finish`).

  override *write(me: Requester, range: SectorRange, steps: IoSteps, put: (sector: number) => void): Run<BlockError> {
    const error = yield* super.write(me, range, steps, put);
    this.dirty?.setDirty(range);
    return error;
  }
  override *writeZeroes(me: Requester, range: SectorRange, steps: IoSteps): Run<BlockError> {
    const error = yield* super.writeZeroes(me, range, steps);
    this.dirty?.setDirty(range);
    return error;
  }
  override *discard(me: Requester, range: SectorRange, steps: IoSteps, reads: DiscardReads): Run<BlockError> {
    const error = yield* super.discard(me, range, steps, reads);
    this.dirty?.setDirty(range);
    return error;
  }

  /** A guest's read of a disk that may copy on read: R1 to R4. */
  *readForGuest(me: Requester, range: SectorRange, admit: AdmitSteps, steps: IoSteps): Run<BlockError> {
    this.copyOnRead?.beginRead();
    yield* this.admit(me, range, admit);
    if (this.copyOnRead !== null) yield* this.copyOnRead.copy(me, range);
    const error = yield* this.read(me, range, steps);
    this.copyOnRead?.endRead();
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
}
