/**
 * I/O limits: one queue for the reads and writes of a disk, first come first served (reference
 * A.7 R1, A.8 W2; bdrv_io_limits_intercept). Time is not modelled: the request at the head of the
 * queue waits for a timer, and the timer fires when the scheduler likes.
 */
import type { Coroutine, Run } from '../kernel/coroutine.ts';
import type { Coroutines } from '../kernel/coroutines.ts';
import { WaitQueue } from '../kernel/wait-queue.ts';
import type { StepName } from '../kernel/step.ts';
import type { World } from '../kernel/world.ts';

export interface ThrottleSteps {
  /** Behind others in the queue. */
  readonly queued: StepName;
  /** At its head. */
  readonly throttled: StepName;
}

export class Throttle {
  readonly #world: World;
  /** 1 while somebody is at the head of the queue, or on the way there. */
  readonly #busyCell: number;
  readonly #behind: WaitQueue;

  constructor(coroutines: Coroutines, name: string) {
    this.#world = coroutines.world;
    this.#busyCell = this.#world.alloc(`${name}.busy`, 1);
    this.#behind = new WaitQueue(coroutines, this.#world.alloc(`${name}.queue`, 1));
  }

  /** Waits until the limits let this request through. @param at what its steps are about */
  *admit(me: Coroutine, steps: ThrottleSteps, at: number): Run {
    if (!this.#world.isZero(this.#busyCell)) yield* this.#behind.wait(me, me.step(steps.queued, at));
    else this.#world.write(this.#busyCell, 1);
    yield me.step(steps.throttled, at);
    if (this.#behind.isEmpty) this.#world.write(this.#busyCell, 0);
    else this.#behind.wakeFirst(); // who takes my place at the head, so that nobody overtakes
  }
}
