/**
 * A call of block-copy: it has a range of clusters copied, by tasks, and returns once all that was to be copied in it has been, by
 * whomever (QEMU: block/block-copy.c; B.2 of the reference). One lock guards bits and requests there; here that is what lies
 * between two yields. Memory for its tasks (K7) is never short.
 *
 *   block-copy.c                      here
 *   --------------------------------  ------------------------------------------
 *   block_copy_task_run               blockCopyTaskRun
 *   aio_task_pool_wait_one            waitForTask
 *   block_copy_block_status           blockCopyBlockStatus
 *   block_copy_dirty_clusters         blockCopyDirtyClusters
 *   block_copy_common                 blockCopyCommon
 *   block_copy                        blockCopy
 */
import { type BlockError, NO_ERROR } from '../../block/errors.ts';
import { type Image, Place } from '../../block/image.ts';
import type { BlockNode } from '../../block/node.ts';
import type { Requester, SectorRange } from '../../block/requester.ts';
import type { Run } from '../../kernel/coroutine.ts';
import type { Step } from '../../kernel/step.ts';
import type { CopyLimits } from '../../job/copy-limits.ts';
import { CallState, isZeroCell, ownerCell } from './call-state.ts';
import { handOver, rangeOf, reqlistInitReq, reqlistWaitOne } from './request-list.ts';
import type { BlockCopyState } from './state.ts';
import { AT_LIMIT, STATUS, TASK_START, WAIT_FOR_SLOT, WAIT_FOR_TASKS } from './steps.ts';
import { Task, blockCopyTaskEnd, blockCopyTaskEntry, blockCopyTaskShrink, blockCopyTaskSkip, nextDirtyArea } from './task.ts';

/** Copies in the call's own coroutine, or has a coroutine of its pool copy, and goes on. */
function* blockCopyTaskRun(state: BlockCopyState, call: CallState, { workers }: CopyLimits): Run {
  const { me } = call;
  if (!call.hasPool) {
    state.world.move(ownerCell(me), me.selfCell);
    yield* blockCopyTaskEntry(state, me);
    state.world.write(ownerCell(me), 0);
    return;
  }
  while (call.busy === workers) yield* waitForTask(call, call.step(WAIT_FOR_SLOT, rangeOf(state, me).first)); // K8
  if (call.poolError !== NO_ERROR) {
    blockCopyTaskEnd(state, me, false);
    return;
  }
  const task = freeTask(state, call, workers);
  state.world.move(ownerCell(task), me.selfCell);
  state.world.move(isZeroCell(task), isZeroCell(me));
  state.world.write(isZeroCell(me), 0);
  handOver(state, me, task);
  call.taskBegins();
  state.coroutines.spawn(task.id, task.step(TASK_START, rangeOf(state, task).first), me.principalCell);
}

/** The lowest that is free, so that the same ones are in use wherever it makes no difference. */
function freeTask(state: BlockCopyState, call: CallState, workers: number): Task {
  for (let i = 0; i < workers; i++) {
    const task = state.coroutine(call.firstTaskCell, i) as Task;
    if (task.isFree) return task;
  }
  throw new Error(`${call.me.name} has no free task`);
}

function* waitForTask(call: CallState, step: Step): Run {
  call.waitsForTask = true;
  yield step;
  call.me.forgetWake();
}

/** What is known of some clusters or sectors up to `end`. */
interface BlockStatus {
  readonly end: number;
  /** They read as zeroes. */
  readonly isZero: boolean;
  readonly isAllocated: boolean;
}

/**
 * `bdrv_block_status_above`: what is known of the sector, and up to where, `end` at most, the same holds. A raw image, and a
 * backing file, know that they have data, and where it is zeroes if the disk tells that.
 * @param topOnly whether the backing file is left out
 */
function statusAbove(image: Image, sector: number, end: number, { topOnly, tellsZeroes }: StatusQuestion): BlockStatus {
  const place = image.placeOf(sector);
  const runEnd = image.runEnd(sector, end);
  if (place !== Place.backing) {
    if (image.isRaw && tellsZeroes) return { ...image.zeroRun(sector, end), isAllocated: true };
    return { isZero: place === Place.zero, isAllocated: true, end: runEnd };
  }
  if (topOnly) return { isZero: false, isAllocated: false, end: runEnd };
  const backed = image.backing?.sectors ?? 0;
  if (sector >= backed) return { isZero: true, isAllocated: true, end: runEnd };
  return statusAbove(image.backing!, sector, Math.min(runEnd, backed), { topOnly, tellsZeroes });
}

/** The same, of a disk that may remember what it has told before. */
function statusOf({ image, statusCache }: BlockNode, sector: number, end: number, question: StatusQuestion): BlockStatus {
  const known = image.isRaw ? (statusCache?.dataEnd(sector) ?? null) : null;
  if (known !== null) return { isZero: false, isAllocated: true, end: Math.min(known, end) };
  const status = statusAbove(image, sector, end, question);
  if (image.isRaw && !status.isZero) statusCache?.remember({ first: sector, end: status.end });
  return status;
}

/** Up to where a short answer goes: a format's cluster lies in its file in one piece, however many of the backup are in it. */
function shortEnd(state: BlockCopyState, first: number): number {
  const { image } = state.source;
  const end = state.endSectorOf(first);
  return image.isRaw ? end : Math.max(end, image.clusterEnd(state.firstSectorOf(first), state.sectors));
}

interface StatusQuestion {
  readonly topOnly: boolean;
  readonly tellsZeroes: boolean;
}

/**
 * What the disk has in the first of these clusters, and how far that goes. What fails, or ends within the first cluster, is taken
 * for a cluster of data.
 */
function blockCopyBlockStatus(state: BlockCopyState, { first, end }: SectorRange): BlockStatus {
  const { rules, source, options } = state;
  const sector = state.firstSectorOf(first);
  const sectorsEnd = state.endSectorOf(end - 1);
  if (source.askFails(sector) !== NO_ERROR) return { end: first + 1, isZero: !rules.failedStatusIsData, isAllocated: true };
  const asked = options.blockStatus === 'short' ? Math.min(shortEnd(state, first), sectorsEnd) : sectorsEnd;
  const extent = statusOf(source, sector, asked, { topOnly: state.skipsUnallocated, tellsZeroes: options.blockStatus !== 'data' });
  // A last cluster that is short is never told whole.
  if (extent.end - sector < state.clusterSectors && rules.shortStatusIsData) return { end: first + 1, isZero: false, isAllocated: true };
  return { ...extent, end: extent.end === sectorsEnd ? end : Math.max(first + 1, Math.floor(extent.end / state.clusterSectors)) };
}

/** One pass over the range: makes a task of each dirty area, and waits for them. */
function* blockCopyDirtyClusters(state: BlockCopyState, call: CallState, isJobs: boolean): Run {
  const { rules } = state;
  const { me } = call;
  const { job, guest } = state.options.perf;
  const limits = isJobs ? job : guest;
  call.beginPass();
  while (call.offset < call.end && call.poolError === NO_ERROR && !call.isCancelled) {
    const area = nextDirtyArea(state, call, limits.chunk);
    if (area === null) break;
    call.found(area);
    for (let c = area.first; c < area.end; c++) state.claim(c); //           K2
    if (rules.claimIsOneStep) reqlistInitReq(state, me, call.area);
    yield call.step(STATUS, area.first); //                                  K3
    if (!rules.claimIsOneStep) reqlistInitReq(state, me, call.area);
    const status = blockCopyBlockStatus(state, call.area);
    blockCopyTaskShrink(state, me, status.end); //                           K4
    if (!status.isAllocated) {
      blockCopyTaskSkip(state, me); //                                       K5
      call.offset = status.end;
      continue;
    }
    if (isJobs && state.reachesSpeedLimit()) {
      blockCopyTaskEnd(state, me, false);
      yield call.step(AT_LIMIT, call.offset); //                             K6
      me.forgetWake();
      continue;
    }
    if (status.isZero) state.world.write(isZeroCell(me), 1);
    state.countInSlice((status.end - call.offset) * state.clusterSectors);
    call.offset = status.end;
    if (call.offset < call.end) call.makePool();
    yield* blockCopyTaskRun(state, call, limits);
  }
  while (call.busy > 0) yield* waitForTask(call, call.step(WAIT_FOR_TASKS)); // K11
}

/**
 * Copies until a pass finds nothing, and nobody is copying here. The clusters of a task that failed are found again by those who
 * have waited for it: an error is told to the call whose own task failed.
 * @param range in clusters
 * @param isJobs whether it is the job's, which keeps to a speed
 */
export function* blockCopyCommon(state: BlockCopyState, call: CallState, range: SectorRange, isJobs: boolean): Run {
  const { rules } = state;
  call.begin(range); //                                                      K1
  for (;;) {
    yield* blockCopyDirtyClusters(state, call, isJobs);
    if (call.error !== NO_ERROR || call.isCancelled) return;
    if (isJobs && !rules.jobPassesUntilClean) return; // nor does it wait where it has found nothing (block/backup.c of 5.2, `backup_loop`)
    if (call.hasFound) {
      if (rules.passesUntilClean) continue;
      return;
    }
    const hasWaited = yield* reqlistWaitOne(state, call.me, call); //        K12
    if (hasWaited) {
      if (rules.looksAgainAfterWaiting) continue;
      return;
    }
    if (!hasDirty(state, call)) return;
  }
}

function hasDirty(state: BlockCopyState, { first, end }: SectorRange): boolean {
  for (let c = first; c < end; c++) if (state.isDirty(c)) return true;
  return false;
}

/** For a guest, in whose coroutine it runs. @returns the error of the first of its tasks that failed */
export function* blockCopy(state: BlockCopyState, me: Requester, range: SectorRange): Run<BlockError> {
  const call = new CallState(me);
  yield* blockCopyCommon(state, call, range, false);
  const { error } = call;
  call.finish();
  call.forget();
  return error;
}
