/**
 * Where a search stands among the states of a scenario: it takes a step, marks a state, comes back to a mark and goes
 * another way. Marks are depths: to come back to one forgets those below it. Nothing is allocated for a state.
 *
 * Steps run from the learned table, for a generator cannot go back; what a step would touch is looked up there, too.
 */
import type { Machine } from '../../model/machine/machine.ts';
import type { Properties } from '../../properties/all.ts';
import type { Violation } from '../../properties/property.ts';

const UNKNOWN = -1;
const DEPTHS_AT_FIRST = 256;

export class Cursor {
  readonly machine: Machine;
  /** The ids of who can run, after `ready`. */
  readonly ids: Int32Array;
  readonly #properties: Properties | null;
  /** Who has run on the way to the state at hand. */
  #ran = new Int32Array(1024);
  #ranCount = 0;
  /** By id: what the pending step touches, as far as that has been asked in the state at hand. */
  readonly #footprints: Int32Array;
  // By depth of a mark.
  #undo = new Float64Array(DEPTHS_AT_FIRST);
  #low = new Int32Array(DEPTHS_AT_FIRST);
  #high = new Int32Array(DEPTHS_AT_FIRST);
  #ready = new Int32Array(DEPTHS_AT_FIRST);
  #ranUntil = new Int32Array(DEPTHS_AT_FIRST);

  /** @param machine with a scenario loaded @param properties asked after each step; null: none are */
  constructor(machine: Machine, properties: Properties | null) {
    this.machine = machine;
    this.#properties = properties;
    const count = machine.coroutines.all.length + 1;
    this.ids = new Int32Array(count);
    this.#footprints = new Int32Array(count).fill(UNKNOWN);
  }

  /** Goes to the first state. @param foldFrom contents from this one on count as one in fingerprints (`World.track`) */
  begin(foldFrom?: number): void {
    this.machine.useTable(true);
    this.machine.begin();
    this.#properties?.begin();
    this.machine.world.track(foldFrom);
    this.#ranCount = 0;
    this.#footprints.fill(UNKNOWN);
  }

  /** The search is over. The state stays as it is, but nobody can come back from it. */
  end(): void {
    this.machine.world.untrack();
  }

  /** How many steps lead to the state at hand. */
  get steps(): number {
    return this.#ranCount;
  }

  /** The ids of who has run, one after the other. Valid until the next step. */
  get ran(): Int32Array {
    return this.#ran.subarray(0, this.#ranCount);
  }

  /** Writes who can run to `ids`, ascending. @returns how many */
  ready(): number {
    return this.machine.ready(this.ids);
  }

  /** Lets somebody who is ready take the pending step. @returns what that breaks */
  step(id: number): Violation | null {
    const coroutine = this.machine.coroutines.byId(id);
    const step = coroutine.pending;
    this.machine.step(id);
    this.#footprints.fill(UNKNOWN);
    if (this.#ranCount === this.#ran.length) this.#ran = longer(this.#ran, new Int32Array(this.#ran.length * 2));
    this.#ran[this.#ranCount++] = id;
    return this.#properties === null ? null : this.#properties.after(coroutine, step);
  }

  /** What the pending step of somebody would touch in the state at hand. */
  footprint(id: number): number {
    const known = this.#footprints[id]!;
    return known >= 0 ? known : (this.#footprints[id] = this.machine.footprintOf(id));
  }

  /** The state at hand becomes the one at this depth. */
  mark(depth: number): void {
    if (depth >= this.#undo.length) this.#lengthen();
    const { world, coroutines } = this.machine;
    this.#undo[depth] = world.undoMark();
    this.#low[depth] = world.hashLow;
    this.#high[depth] = world.hashHigh;
    this.#ready[depth] = coroutines.readyMask;
    this.#ranUntil[depth] = this.#ranCount;
  }

  /** Comes back to a state from one that lies behind it. */
  backTo(depth: number): void {
    const { world, coroutines } = this.machine;
    world.undoToKnown(this.#undo[depth]!, this.#low[depth]!, this.#high[depth]!);
    coroutines.readyMask = this.#ready[depth]!;
    this.#footprints.fill(UNKNOWN);
    this.#ranCount = this.#ranUntil[depth]!;
  }

  /**
   * Goes to any state of which somebody has kept all there is. Forgets the marks, and the way.
   * @param read copies its cells
   */
  jump(low: number, high: number, readyMask: number, read: (into: Int32Array) => void): void {
    const { world, coroutines } = this.machine;
    world.undoToKnown(0, low, high); // which forgets the undo log, and the cells are copied anyway
    read(world.cells);
    coroutines.readyMask = readyMask;
    this.#footprints.fill(UNKNOWN);
    this.#ranCount = 0;
  }

  /** Whether the state at hand is, by its fingerprint, the one at this depth. */
  isAt(depth: number): boolean {
    const { hashLow, hashHigh } = this.machine.world;
    return this.#low[depth] === hashLow && this.#high[depth] === hashHigh;
  }

  /** Whether nobody could run in the state at this depth. */
  isEnd(depth: number): boolean {
    return this.#ready[depth] === 0;
  }

  #lengthen(): void {
    const length = this.#undo.length * 2;
    this.#undo = longer(this.#undo, new Float64Array(length));
    this.#low = longer(this.#low, new Int32Array(length));
    this.#high = longer(this.#high, new Int32Array(length));
    this.#ready = longer(this.#ready, new Int32Array(length));
    this.#ranUntil = longer(this.#ranUntil, new Int32Array(length));
  }
}

/** @returns `list`, with what the old one holds at its beginning */
export function longer<T extends Int32Array | Float64Array>(old: ArrayLike<number>, list: T): T {
  list.set(old);
  return list;
}
