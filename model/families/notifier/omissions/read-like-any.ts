/** Without the rules copyReadIgnoresOwnRequest and jobReadIgnoresGuests. */
import type { Run } from '../../../kernel/coroutine.ts';
import type { IoSteps } from '../../../block/driver.ts';
import type { BlockError } from '../../../block/errors.ts';
import type { AdmitSteps, BlockNode } from '../../../block/node.ts';
import type { Requester, SectorRange } from '../../../block/requester.ts';

/** The read of a copy in QEMU 1.6: like any other. Nothing can overlap it, so it is not tracked. */
export function* readLikeAny(node: BlockNode, me: Requester, range: SectorRange, admit: AdmitSteps, steps: IoSteps): Run<BlockError> {
  yield* node.admitByLimits(me, range, admit);
  const { copyOnRead } = node;
  if (copyOnRead === null) return yield* node.read(me, range, steps);
  copyOnRead.beginRead();
  yield* copyOnRead.waitForOverlapping(me, range, admit.overlapping);
  yield* copyOnRead.copy(me, range);
  const error = yield* node.read(me, range, steps);
  copyOnRead.endRead();
  return error;
}
