import type { Coroutine, Run } from './coroutine.ts';
import type { Coroutines } from './coroutines.ts';
import { type Step, nameOf } from './step.ts';

/** Coroutines that wait, first come first served (QEMU: CoQueue). */
export class WaitQueue {
  readonly #coroutines: Coroutines;
  readonly #head: number;

  /** @param headCell where the id of the first waiter lies; the others hang behind it */
  constructor(coroutines: Coroutines, headCell: number) {
    this.#coroutines = coroutines;
    this.#head = headCell;
  }

  /** Sleeps until somebody wakes this queue. @param step with the guard `woken` */
  *wait(me: Coroutine, step: Step): Run {
    if (nameOf(step).guard !== 'woken') throw new Error(`${nameOf(step).label} does not wait to be woken`);
    const { world } = this.#coroutines;
    let last = this.#head;
    for (let id = world.read(last); id !== 0; id = world.read(last)) last = this.#coroutines.byId(id).queueNextCell;
    world.move(last, me.selfCell);
    yield step;
    me.forgetWake();
  }

  get isEmpty(): boolean {
    return this.#coroutines.world.isZero(this.#head);
  }

  wakeAll(): void {
    const { world } = this.#coroutines;
    let id = world.read(this.#head);
    if (id !== 0) world.write(this.#head, 0);
    while (id !== 0) id = this.#wake(id);
  }

  wakeFirst(): void {
    const { world } = this.#coroutines;
    const id = world.read(this.#head);
    if (id === 0) return;
    world.move(this.#head, this.#coroutines.byId(id).queueNextCell);
    this.#wake(id);
  }

  /** @returns the id of the one behind it */
  #wake(id: number): number {
    const { world } = this.#coroutines;
    const nextCell = this.#coroutines.byId(id).queueNextCell;
    const next = world.read(nextCell);
    world.write(nextCell, 0);
    this.#coroutines.wake(id);
    return next;
  }
}
