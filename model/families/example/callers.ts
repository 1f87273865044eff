/** Who makes calls: the job, for the whole disk, and each write of a guest, for what it is about to change. */
import type { Run } from '../../kernel/coroutine.ts';
import type { Step } from '../../kernel/step.ts';
import { Call } from './call.ts';
import { WRITE_LANDS } from './steps.ts';

export class Job extends Call {
  override *body(start: Step): Run {
    yield start;
    yield* this.copyRange();
    this.forget();
  }
}

export class GuestWrite extends Call {
  override *body(start: Step): Run {
    yield start;
    yield* this.copyRange();
    yield this.step(WRITE_LANDS);
    const { first, end } = this.range;
    for (let c = first; c < end; c++) this.world.move(this.filter.sourceCell(c), this.contentCell);
    this.forget();
  }
}
