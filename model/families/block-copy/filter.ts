/**
 * The copy-before-write filter above the disk: what a guest's request that changes the disk does before it goes on there (QEMU:
 * block/copy-before-write.c; C.1 of the reference). It stands where requests come to from W4 on; the request itself goes on, or
 * fails, where the hook was called (model/block/guest.ts, W8). If a copy fails, it breaks the guest's request, or under
 * `on-cbw-error=break-snapshot` the snapshot.
 *
 *   copy-before-write.c               here
 *   --------------------------------  ------------------------------------------
 *   cbw_do_copy_before_write          cbwDoCopyBeforeWrite
 */
import { type BlockError, NO_ERROR } from '../../block/errors.ts';
import type { Requester, SectorRange } from '../../block/requester.ts';
import type { Run } from '../../kernel/coroutine.ts';
import { blockCopy } from './call.ts';
import { waitForFrozen } from './snapshot.ts';
import type { BlockCopyState } from './state.ts';

/**
 * @param me the request
 * @param range that it is about to change, in sectors
 * @returns the error that makes it fail
 */
export function* cbwDoCopyBeforeWrite(state: BlockCopyState, me: Requester, range: SectorRange): Run<BlockError> {
  const { access, rules } = state;
  if (state.snapshotError !== NO_ERROR) {
    if (rules.brokenSnapshotWaitsForReads) yield* waitForFrozen(state, me, range);
    return NO_ERROR;
  }
  const error = yield* blockCopy(state, me, state.clustersOf(range)); //       W5
  if (error !== NO_ERROR) {
    if (!state.breaksSnapshot) return error;
    state.breakSnapshot(error); //                                             W6
  } else if (access !== null && rules.copiedIsDone) {
    const { first, end } = state.clustersOf(range);
    for (let c = first; c < end; c++) access.setDone(c);
  }
  yield* waitForFrozen(state, me, range); //                                   W7
  return NO_ERROR;
}
