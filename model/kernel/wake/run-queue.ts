/**
 * The coroutines that run before all others, one after the other: those that a wake discipline puts here, one that was entered,
 * and the one that entered it, to go on after it. It is a list through their slots.
 */
import type { Coroutine } from '../coroutine.ts';
import { NOBODY } from '../slot.ts';
import type { World } from '../world.ts';

export class RunQueue {
  /** The cell that holds the first of them. */
  readonly headCell: number;
  readonly #world: World;
  readonly #nextCellOf: (id: number) => number;
  /** Whom the step at hand has woken last. It is forgotten between two steps, and so it is no state of the model. */
  #last = NOBODY;

  /** @param nextCellOf by id: the cell of that coroutine's slot that holds the one behind it */
  constructor(world: World, nextCellOf: (id: number) => number) {
    this.#world = world;
    this.#nextCellOf = nextCellOf;
    this.headCell = world.alloc('runQueue', 1);
  }

  /** Behind those that this step has woken, and before those that were woken earlier. */
  add(id: number): void {
    const before = this.#last === NOBODY ? this.headCell : this.#nextCellOf(this.#last);
    this.#world.move(this.#nextCellOf(id), before);
    this.#world.write(before, id);
    this.#last = id;
  }

  /** This one comes next, and then I go on. */
  enter(id: number, me: Coroutine): void {
    const world = this.#world;
    world.move(me.runNextCell, this.headCell);
    world.move(this.#nextCellOf(id), me.selfCell);
    world.write(this.headCell, id);
  }

  remove(id: number): void {
    const world = this.#world;
    let before = NOBODY;
    let link = this.headCell;
    for (let next = world.read(link); next !== id; next = world.read(link)) {
      if (next === NOBODY) return;
      before = next;
      link = this.#nextCellOf(next);
    }
    world.move(link, this.#nextCellOf(id));
    world.write(this.#nextCellOf(id), NOBODY);
    if (this.#last === id) this.#last = before;
  }

  // For the engine, between two steps.

  /** The code of a step begins, for the first time or again, in order to learn it. */
  forgetLast(): void {
    this.#last = NOBODY;
  }

  /** The first one runs, and is no longer in the list. */
  shift(): void {
    const world = this.#world;
    const next = this.#nextCellOf(world.cells[this.headCell]!);
    world.store(this.headCell, world.cells[next]!);
    world.store(next, NOBODY);
  }
}
