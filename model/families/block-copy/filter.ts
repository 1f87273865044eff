/**
 * The copy-before-write filter above the disk: what a guest's request that changes the disk does before it goes on there (QEMU:
 * block/copy-before-write.c; C.1 of the reference). It stands where requests come to from W4 on; the request itself goes on, or
 * fails, where the hook was called (model/block/guest.ts, W8). A job's filter breaks the guest's request and not the snapshot if
 * a copy fails, and nobody reads the snapshot through it: so it has no snapshot error, no done bits and no frozen reads.
 *
 *   copy-before-write.c               here
 *   --------------------------------  ------------------------------------------
 *   cbw_do_copy_before_write          cbwDoCopyBeforeWrite
 */
import type { BlockError } from '../../block/errors.ts';
import type { Requester, SectorRange } from '../../block/requester.ts';
import type { Run } from '../../kernel/coroutine.ts';
import { blockCopy } from './call.ts';
import type { BlockCopyState } from './state.ts';

/**
 * @param me the request
 * @param range that it is about to change, in sectors
 * @returns the error that makes it fail
 */
export function* cbwDoCopyBeforeWrite(state: BlockCopyState, me: Requester, { first, end }: SectorRange): Run<BlockError> {
  const { rules, clusterSectors } = state;
  const firstCluster = Math.floor(first / clusterSectors);
  const endCluster = (rules.copyWholeClusters ? Math.ceil : Math.floor)(end / clusterSectors);
  return yield* blockCopy(state, me, { first: firstCluster, end: endCluster }); // W5
}
