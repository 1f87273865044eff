/** What the pending steps touch, by state on the way and coroutine: noted once for each state, and asked for each pair of its steps. */
import type { Machine } from '../../../model/machine/machine.ts';
import { type Cursor, longer } from '../cursor.ts';

export class PendingFootprints {
  readonly #machine: Machine;
  readonly #cursor: Cursor;
  readonly #width: number;
  #footprints: Int32Array;

  constructor(machine: Machine, cursor: Cursor) {
    this.#machine = machine;
    this.#cursor = cursor;
    this.#width = machine.coroutines.all.length;
    this.#footprints = new Int32Array(256 * this.#width);
  }

  /** Notes them for the state at hand, the one at this depth. @param ids the coroutines, as bits */
  note(depth: number, ids: number): void {
    const row = depth * this.#width - 1;
    for (let left = ids; left !== 0; left &= left - 1) {
      const id = 32 - Math.clz32(left & -left);
      this.#footprints[row + id] = this.#cursor.footprint(id);
    }
  }

  /** @param bit the coroutine, which was noted at this depth */
  of(depth: number, bit: number): number {
    return this.#footprints[depth * this.#width + 31 - Math.clz32(bit)]!;
  }

  /** Whether the pending steps of two coroutines come to the same in either order. */
  areIndependent(depth: number, bit: number, other: number): boolean {
    return this.#machine.areIndependent(this.of(depth, bit), this.of(depth, other));
  }

  /** Makes room for twice as many states. */
  lengthen(): void {
    this.#footprints = longer(this.#footprints, new Int32Array(this.#footprints.length * 2));
  }
}
