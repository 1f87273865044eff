/** The job's call (QEMU: `block_copy_async`, block/block-copy.c; B.4 of the reference). */
import { Requester, type RequesterSizes } from '../../block/requester.ts';
import type { Run } from '../../kernel/coroutine.ts';
import type { Step } from '../../kernel/step.ts';
import { blockCopyCommon } from './call.ts';
import { CallState } from './call-state.ts';
import type { BlockCopyState } from './state.ts';

/** In a coroutine of its own (QEMU: `block_copy_async_co_entry`), for the whole disk. The job, which starts it, looks at its result. */
export class BackgroundCall extends Requester {
  readonly state: CallState;
  readonly #job: BlockCopyState;

  constructor(job: BlockCopyState, sizes: RequesterSizes) {
    super(job.coroutines, 'call', sizes, 0, { environment: job, isTask: true });
    this.#job = job;
    this.state = new CallState(this);
  }

  override *body(start: Step): Run {
    yield start;
    yield* blockCopyCommon(this.#job, this.state, { first: 0, end: this.#job.clusters }, true);
    this.state.finish();
    this.#job.callEnded();
  }
}
