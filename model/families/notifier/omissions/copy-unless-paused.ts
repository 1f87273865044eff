/** Without the rule hookGoesOnWhilePaused. */
import type { Run } from '../../../kernel/coroutine.ts';
import { type BlockError, NO_ERROR } from '../../../block/errors.ts';
import type { BlockJob } from '../../../job/block-job.ts';

/** What a hook does that rests while the job is paused. @param copy of what the guest is about to overwrite, not yet begun */
export function* copyUnlessPaused(job: BlockJob, copy: Run<BlockError>): Run<BlockError> {
  return job.isPaused ? NO_ERROR : yield* copy;
}
