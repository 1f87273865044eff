import type { Coroutine, Run } from './coroutine.ts';
import type { Coroutines } from './coroutines.ts';
import type { Step } from './step.ts';
import { WaitQueue } from './wait-queue.ts';
import type { World } from './world.ts';

/** Many readers or one writer, and the writer never sleeps while it holds the lock (QEMU: CoRwlock). */
export class SharedLock {
  readonly #world: World;
  readonly #readers: number;
  readonly #writers: WaitQueue;

  constructor(coroutines: Coroutines, name: string) {
    this.#world = coroutines.world;
    this.#readers = this.#world.alloc(`${name}.readers`, 1);
    this.#writers = new WaitQueue(coroutines, this.#world.alloc(`${name}.writers`, 1));
  }

  /** Never waits: the only writer takes the lock and gives it back between two yields. */
  lockShared(): void {
    this.#world.move(this.#readers, this.#readers, 1);
  }

  unlockShared(): void {
    this.#world.move(this.#readers, this.#readers, -1);
    // asked the other way round in QEMU, to the same effect
    if (!this.#writers.isEmpty && this.#world.isZero(this.#readers)) this.#writers.wakeFirst();
  }

  /** Waits until there is no reader. What follows, up to the next yield, has the lock to itself. */
  *waitForReaders(me: Coroutine, step: Step): Run {
    while (!this.#world.isZero(this.#readers)) yield* this.#writers.wait(me, step);
  }
}
