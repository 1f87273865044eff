/** A drained section of a node (QEMU: `bdrv_drained_begin` to `bdrv_drained_end`): requests of the guest wait until it is over. */
import type { Coroutine, Run } from '../kernel/coroutine.ts';
import type { Coroutines } from '../kernel/coroutines.ts';
import type { StepName } from '../kernel/step.ts';
import { WaitQueue } from '../kernel/wait-queue.ts';
import type { World } from '../kernel/world.ts';

export class DrainedSection {
  readonly #world: World;
  /** How many sections are open. */
  readonly #countCell: number;
  readonly #held: WaitQueue;
  readonly #step: StepName;

  /** @param step in which a request waits */
  constructor(coroutines: Coroutines, name: string, step: StepName) {
    this.#world = coroutines.world;
    this.#countCell = this.#world.alloc(`${name}.drained`, 1);
    this.#held = new WaitQueue(coroutines, this.#world.alloc(`${name}.held`, 1));
    this.#step = step;
  }

  begin(): void {
    this.#world.move(this.#countCell, this.#countCell, 1);
  }

  end(): void {
    this.#world.move(this.#countCell, this.#countCell, -1);
    if (this.#world.isZero(this.#countCell)) this.#held.wakeAll();
  }

  /** `blk_wait_while_drained` */
  *hold(me: Coroutine): Run {
    while (!this.#world.isZero(this.#countCell)) yield* this.#held.wait(me, me.step(this.#step));
  }
}
