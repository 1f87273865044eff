/**
 * Sleep sets (Godefroid, Partial-Order Methods, 1996, chapter 5): of two independent steps in either order, one order is enough. A
 * coroutine sleeps in a state if all that could come of its pending step has been seen elsewhere.
 */
import { longer } from '../cursor.ts';
import type { PendingFootprints } from './pending-footprints.ts';

export class SleepSets {
  readonly #pending: PendingFootprints;
  readonly #isOn: boolean;
  /** By depth, as bits: who slept when the search came here, and who has been tried here since. */
  #asleep = new Int32Array(256);

  /** @param isOn if not, nobody ever sleeps */
  constructor(pending: PendingFootprints, isOn: boolean) {
    this.#pending = pending;
    this.#isOn = isOn;
  }

  /** The search comes to a state, in which these sleep. */
  begin(depth: number, asleep: number): void {
    this.#asleep[depth] = asleep;
  }

  /** All that comes of this coroutine's step is seen from now on: in the state's other ways it sleeps. */
  tried(depth: number, bit: number): void {
    this.#asleep[depth]! |= bit;
  }

  /** Who sleeps after this coroutine's step: of those who sleep here, or were tried here, each whose step is independent of it. */
  after(depth: number, bit: number): number {
    let left = this.#asleep[depth]!;
    if (left === 0 || !this.#isOn) return 0;
    let asleep = 0;
    for (; left !== 0; left &= left - 1) {
      const other = left & -left;
      if (this.#pending.areIndependent(depth, other, bit)) asleep |= other;
    }
    return asleep;
  }

  /** Makes room for twice as many states. */
  lengthen(): void {
    this.#asleep = longer(this.#asleep, new Int32Array(this.#asleep.length * 2));
  }
}
