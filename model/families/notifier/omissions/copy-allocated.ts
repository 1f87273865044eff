/** Without the rule topDecidesOnce. */
import type { Run } from '../../../kernel/coroutine.ts';
import { type AllocationAsker, UNALLOCATED, allocationOf } from '../../../block/allocation.ts';
import { type BlockError, NO_ERROR } from '../../../block/errors.ts';
import type { Requester } from '../../../block/requester.ts';
import { COPY_ASK } from '../../../job/steps.ts';
import type { Sync } from '../../../sync.ts';

type Asker = AllocationAsker & { readonly sync: Sync };

/** TOP, where each copy decides once more whether the cluster is to be copied. @param copy of the cluster, not yet begun */
export function* copyAllocated(job: Asker, me: Requester, c: number, copy: Run<BlockError>): Run<BlockError> {
  if (job.sync.selects !== 'allocated') return yield* copy;
  const allocation = yield* allocationOf(job, me, c, COPY_ASK);
  if (allocation === UNALLOCATED) return NO_ERROR;
  return allocation > NO_ERROR ? allocation : yield* copy;
}
