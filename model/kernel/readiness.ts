/**
 * Which coroutines can run, woken ones aside. Asked of their guards only; no model code runs. Where they are few they are kept
 * as bits, and after a step only those are asked anew whom it may have changed.
 */
import type { Coroutine } from './coroutine.ts';
import { ALWAYS, TIMED, UNBLOCKED_ONLY, WOKEN_ONLY } from './guard.ts';
import { BLOCKERS, NOBODY, PENDING, WOKEN } from './slot.ts';
import { ENDED, guardOf } from './step.ts';
import type { World } from './world.ts';

/** Up to so many coroutines fit into the bits of a number. */
const FEW = 31;
/** All bits: a step after which anybody may be ready. */
export const ANYBODY = -1;

export class Readiness {
  /** As in `Coroutines`. */
  blockedInOrderFrom = NOBODY;

  readonly #world: World;
  #slots: Int32Array = new Int32Array(0);
  #lastTask = NOBODY;
  #firstAlive = 0;
  /** Bit i: the coroutine with id i + 1 is ready. Follows from the cells, and is kept for speed where they are few. */
  #mask = 0;
  #isKnown = false;
  /** By cell: whose guard looks at it. */
  #guardedBy: Int32Array = new Int32Array(0);

  constructor(world: World) {
    this.#world = world;
  }

  /** A run of these coroutines begins. They are the same in every run. */
  begin(coroutines: readonly Coroutine[]): void {
    this.forget();
    if (this.#slots.length === coroutines.length) return;
    this.#slots = Int32Array.from(coroutines, (c) => c.slot);
    this.#lastTask = coroutines.findLast((c) => c.isTask)?.id ?? NOBODY;
    this.#guardedBy = new Int32Array(this.#world.cells.length);
    for (const { slot, id } of coroutines) for (const cell of [slot + PENDING, slot + WOKEN, slot + BLOCKERS]) this.#guardedBy[cell] = id;
  }

  /** The cells have been changed from outside, by undo for example. */
  forget(): void {
    this.#firstAlive = 0;
    this.#isKnown = false;
  }

  /** Who is ready, as bits, to come back to after an undo. 0 where there are too many for bits. */
  get mask(): number {
    if (this.#slots.length > FEW) return 0;
    if (!this.#isKnown) this.#recount();
    return this.#mask;
  }
  set mask(mask: number) {
    this.#mask = mask;
    this.#isKnown = true;
    this.#firstAlive = 0;
  }

  /** Writes the ids of all that are ready, ascending, to `into`, beginning at `from`. @returns how many */
  list(into: Int32Array, from: number): number {
    if (this.#slots.length > FEW) return this.#listMany(into.subarray(from));
    if (!this.#isKnown) this.#recount();
    let count = from;
    for (let left = this.#mask; left !== 0; left &= left - 1) into[count++] = 32 - Math.clz32(left & -left);
    return count - from;
  }

  isReady(id: number): boolean {
    return this.#isReady(this.#slots[id - 1]!);
  }

  /** A coroutine has made a step. @param others bit i: it may have changed whether the coroutine with id i + 1 is ready */
  stepped(id: number, others: number): void {
    if (others === ANYBODY) {
      this.#isKnown = false;
      return;
    }
    this.#recountOne(id - 1);
    for (let left = others; left !== 0; left &= left - 1) this.#recountOne(31 - Math.clz32(left & -left));
  }

  /** What `stepped` wants to know of a step that changed this cell. */
  whoseGuard(cell: number): number {
    const id = this.#guardedBy[cell]!;
    return id === NOBODY ? 0 : id > FEW ? ANYBODY : 1 << (id - 1);
  }

  /** Whether this cell holds the pending step of a coroutine. */
  isPending(cell: number): boolean {
    const id = this.#guardedBy[cell]!;
    return id !== NOBODY && this.#slots[id - 1]! + PENDING === cell;
  }

  #listMany(into: Int32Array): number {
    const { cells } = this.#world;
    const slots = this.#slots;
    const ordered = this.blockedInOrderFrom === NOBODY ? slots.length : Math.max(this.blockedInOrderFrom - 1, this.#lastTask);
    let count = 0;
    for (let i = 0; i < ordered; i++) if (this.#isReady(slots[i]!)) into[count++] = i + 1;
    if (this.#firstAlive < ordered) this.#firstAlive = ordered;
    while (this.#firstAlive < slots.length && cells[slots[this.#firstAlive]! + PENDING] === ENDED) this.#firstAlive++;
    for (let i = this.#firstAlive; i < slots.length && cells[slots[i]! + BLOCKERS] === 0; i++)
      if (this.#isReady(slots[i]!)) into[count++] = i + 1;
    return count;
  }

  #recount(): void {
    this.#mask = 0;
    for (let i = 0; i < this.#slots.length; i++) this.#recountOne(i);
    this.#isKnown = true;
  }

  #recountOne(i: number): void {
    if (this.#isReady(this.#slots[i]!)) this.#mask |= 1 << i;
    else this.#mask &= ~(1 << i);
  }

  #isReady(slot: number): boolean {
    const { cells } = this.#world;
    switch (guardOf(cells[slot + PENDING]!)) {
      case ALWAYS:
      case TIMED:
        return true;
      case WOKEN_ONLY:
        return cells[slot + WOKEN] !== 0;
      case UNBLOCKED_ONLY:
        return cells[slot + BLOCKERS] === 0;
      default:
        return false;
    }
  }
}
