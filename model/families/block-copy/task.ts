/**
 * A task copies some clusters in a row for the call that has made it (QEMU: BlockCopyTask, block/block-copy.c; B.2 and B.3 of the
 * reference). It is made by the coroutine of its call, which holds its request. From there it runs inline, or it is handed to a
 * coroutine of the call's pool.
 *
 *   block-copy.c                      here
 *   --------------------------------  ------------------------------------------
 *   bdrv_dirty_bitmap_next_dirty_area nextDirtyArea
 *   block_copy_task_shrink            blockCopyTaskShrink
 *   block_copy_do_copy                blockCopyDoCopy
 *   block_copy_task_end               blockCopyTaskEnd
 *   block_copy_task_entry             blockCopyTaskEntry
 *   aio_task_co                       Task.body
 */
import { type BlockError, NO_ERROR } from '../../block/errors.ts';
import { Requester, type RequesterSizes, type SectorRange } from '../../block/requester.ts';
import { READ, STORE, STORE_ZEROES } from '../../job/steps.ts';
import type { Run } from '../../kernel/coroutine.ts';
import type { Step } from '../../kernel/step.ts';
import { CallState, isZeroCell, ownerCell } from './call-state.ts';
import { rangeOf, reqlistRemoveReq, reqlistShrinkReq } from './request-list.ts';
import type { BlockCopyState } from './state.ts';
import { WAIT_FOR_READERS } from './steps.ts';

/** The first clusters from the call's offset on that are yet to be copied, `chunk` at most; null: there are none. */
export function nextDirtyArea(state: BlockCopyState, { offset, end }: CallState, chunk: number): SectorRange | null {
  const { rules } = state;
  for (let first = offset; first < end; first++) {
    if (!state.isDirty(first)) continue;
    const chunkEnd = Math.min(first + chunk, end);
    let areaEnd = first + 1;
    while (areaEnd < chunkEnd && (state.isDirty(areaEnd) || !rules.everyClusterIsDirty)) areaEnd++;
    return { first, end: areaEnd };
  }
  return null;
}

/** K4: the task is for the clusters up to `end` alone. */
export function blockCopyTaskShrink(state: BlockCopyState, me: Requester, end: number): void {
  const held = rangeOf(state, me);
  if (end === held.end) return;
  if (state.rules.shrinkPutsTailBack) for (let c = end; c < held.end; c++) state.putBack(c);
  reqlistShrinkReq(state, me, end);
}

/** T1 to T4, which is all I/O. @returns the error that ended it */
function* blockCopyDoCopy(state: BlockCopyState, me: Requester): Run<BlockError> {
  const { source, target, world } = state;
  const range = new TaskSectors(state, me);
  if (!world.isZero(isZeroCell(me))) {
    yield* beginStore(state, me, range);
    return yield* target.writeZeroes(me, range, STORE_ZEROES); //            T4
  }
  const error = yield* source.read(me, range, READ); //                      T3
  if (error !== NO_ERROR) return error;
  yield* beginStore(state, me, range);
  return yield* target.write(me, range, STORE, (s) => target.image.put(s, me.bufferCell(s))); // T4
}

/** T4: a serialising write waits for reads of the same clusters of the target. */
function* beginStore({ rules, targetRequests }: BlockCopyState, me: Requester, range: TaskSectors): Run {
  if (targetRequests === null || !rules.storesWaitForReaders) return;
  yield* targetRequests.beginWrite(me, range, me.step(WAIT_FOR_READERS, range.firstCluster));
}

/** T6: others may have its clusters now. @param isCopied else they are still to be copied */
export function blockCopyTaskEnd(state: BlockCopyState, me: Requester, isCopied: boolean): void {
  const { first, end } = rangeOf(state, me);
  if (!isCopied && state.rules.failurePutsBitsBack) for (let c = first; c < end; c++) state.putBack(c);
  reqlistRemoveReq(state, me);
  state.world.write(isZeroCell(me), 0);
}

/** K5: nobody needs to copy its clusters. */
export function blockCopyTaskSkip(state: BlockCopyState, me: Requester): void {
  const { first, end } = rangeOf(state, me);
  for (let c = first; c < end; c++) state.setSkipped(c);
  blockCopyTaskEnd(state, me, true);
}

/** @param me the coroutine that holds the task: one of the pool's, or the call's own */
export function* blockCopyTaskEntry(state: BlockCopyState, me: Requester): Run<BlockError> {
  const error = yield* blockCopyDoCopy(state, me);
  const range = new TaskSectors(state, me);
  me.forgetBuffer(range);
  state.targetRequests?.endWrite(me);
  if (error !== NO_ERROR) new CallState(state.coroutine(ownerCell(me))).fails(error); // T5
  else
    for (let c = range.firstCluster; c < range.endCluster; c++) {
      state.setCopied(c);
      state.advance(c);
    }
  blockCopyTaskEnd(state, me, error === NO_ERROR); //                        T6
  return error;
}

/** A coroutine of a call's pool (QEMU: AioTask). */
export class Task extends Requester {
  readonly #state: BlockCopyState;

  constructor(state: BlockCopyState, name: string, sizes: RequesterSizes) {
    super(state.coroutines, name, sizes, 0, { environment: state, isTask: true });
    this.#state = state;
  }

  override *body(start: Step): Run {
    yield start;
    const state = this.#state;
    const error = yield* blockCopyTaskEntry(state, this);
    const owner = state.coroutine(ownerCell(this));
    this.world.write(ownerCell(this), 0);
    const call = new CallState(owner);
    call.taskEnds(error);
    if (!call.waitsForTask) return;
    call.waitsForTask = false;
    state.coroutines.wake(owner.id);
  }
}

/** What a task is about, in sectors, asked of the cells whenever it matters. */
class TaskSectors implements SectorRange {
  readonly #state: BlockCopyState;
  readonly #me: Requester;

  constructor(state: BlockCopyState, me: Requester) {
    this.#state = state;
    this.#me = me;
  }

  get firstCluster(): number {
    return rangeOf(this.#state, this.#me).first;
  }
  get endCluster(): number {
    return rangeOf(this.#state, this.#me).end;
  }
  get first(): number {
    return this.#state.firstSectorOf(this.firstCluster);
  }
  get end(): number {
    return this.#state.endSectorOf(this.endCluster - 1);
  }
}
