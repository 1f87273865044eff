/**
 * The copy-before-write filter above the disk: what a guest's request that changes the disk does before it goes on there (QEMU:
 * block/copy-before-write.c; C.1 of the reference). It stands where requests come to from W4 on; the request itself goes on, or
 * fails, where the hook was called (model/block/guest.ts, W8). A job's filter breaks the guest's request and not the snapshot if
 * a copy fails: so it has no snapshot error.
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
  const error = yield* blockCopy(state, me, state.clustersOf(range)); //     W5
  if (error !== NO_ERROR || access === null) return error;
  const { first, end } = state.clustersOf(range);
  if (rules.copiedIsDone) for (let c = first; c < end; c++) access.setDone(c); // W6
  yield* waitForFrozen(state, access, me, range); //                           W7
  return NO_ERROR;
}
