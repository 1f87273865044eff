/**
 * Exhaustive search of one scenario: every state that some schedule leads to, depth first, on the
 * cells themselves with undo, and each state once. Steps run from the learned table; all properties
 * are asked after every step, and of every state in which nothing can run. No run comes back to a state
 * that it was in: that would be one that never ends.
 */
import type { Machine } from '../../model/machine.ts';
import type { Properties } from '../../properties/all.ts';
import type { Violation } from '../../properties/property.ts';
import { NEW, StateSet } from './state-set.ts';

export interface ExhaustiveResult {
  readonly states: number;
  readonly transitions: number;
  /** Of the longest schedule without a repeated state. */
  readonly depth: number;
  /** The first broken property, with the ids of those who ran up to it. */
  readonly broken: { readonly violation: Violation; readonly schedule: readonly number[] } | null;
  /** Whether every state was seen; if not, the memory was full or somebody said stop. */
  readonly complete: boolean;
}

export interface ExhaustiveLimits {
  readonly bytesMax: number;
  /** Asked now and then. */
  readonly shouldStop: () => boolean;
}

/** Ways to see fewer states without missing a failure. Each can be switched off, to show that it changes no verdict. */
export interface Reductions {
  /** A step that matters to nobody else runs at once. */
  readonly local: boolean;
  /** Which guest wrote a sector is forgotten: only whether it shows T0, zeroes or something newer counts. */
  readonly contents: boolean;
}

export const ALL_REDUCTIONS: Reductions = { local: true, contents: true };
export const NO_REDUCTION: Reductions = { local: false, contents: false };

/** A schedule that comes back to where it was can go on so for ever. */
const ROUND_AND_ROUND: Violation = { property: 'always-finishes', detail: 'the last step comes back to a state that was there before: this can go on for ever' };

/** How many transitions between two questions whether to stop. */
const ASK_EVERY = 1 << 14;

export function searchExhaustively(machine: Machine, properties: Properties, { bytesMax, shouldStop }: ExhaustiveLimits, reductions: Reductions = ALL_REDUCTIONS): ExhaustiveResult {
  const search = new Search(machine, properties, new StateSet(bytesMax), reductions);
  return search.run(shouldStop);
}

class Search {
  readonly #machine: Machine;
  readonly #properties: Properties;
  readonly #seen: StateSet;
  readonly #width: number;
  readonly #reductions: Reductions;
  // The stack: of each state on the way, who can run, who has been tried, and how to come back to it.
  #ready: Int32Array;
  #count = new Int32Array(256);
  #next = new Int32Array(256);
  #undo = new Float64Array(256);
  #low = new Int32Array(256);
  #high = new Int32Array(256);
  #mask = new Int32Array(256);

  constructor(machine: Machine, properties: Properties, seen: StateSet, reductions: Reductions) {
    this.#reductions = reductions;
    this.#machine = machine;
    this.#properties = properties;
    this.#seen = seen;
    this.#width = machine.coroutines.all.length;
    this.#ready = new Int32Array(256 * this.#width);
  }

  run(shouldStop: () => boolean): ExhaustiveResult {
    const { world, coroutines, contents } = this.#machine;
    this.#machine.useTable(true);
    this.#machine.begin();
    this.#properties.begin();
    world.track(this.#reductions.contents ? contents.byGuest(0, 0) : undefined);
    let [depth, deepest, transitions, complete] = [0, 0, 0, true];
    const result = (broken: ExhaustiveResult['broken']): ExhaustiveResult => {
      world.untrack();
      return { states: this.#seen.size, transitions, depth: deepest, broken, complete };
    };
    this.#seen.add(world.hashLow, world.hashHigh, 0);
    this.#push(0);
    while (depth >= 0) {
      if (this.#next[depth] === this.#count[depth]) {
        const violation = this.#count[depth] === 0 ? this.#properties.end() : null;
        if (violation !== null) return result({ violation, schedule: this.#schedule(depth) });
        if (--depth >= 0) this.#comeBackTo(depth);
        continue;
      }
      if (this.#seen.isFull || (++transitions % ASK_EVERY === 0 && shouldStop())) {
        complete = false;
        return result(null);
      }
      const coroutine = coroutines.byId(this.#ready[depth * this.#width + this.#next[depth]!++]!);
      const step = coroutine.pending;
      this.#machine.step(coroutine.id);
      const violation = this.#properties.after(coroutine, step);
      if (violation !== null) return result({ violation, schedule: this.#schedule(depth + 1) });
      const before = this.#seen.add(world.hashLow, world.hashHigh, depth + 1);
      if (before !== NEW) {
        if (this.#isOnTheWay(before, depth)) return result({ violation: ROUND_AND_ROUND, schedule: this.#schedule(depth + 1) });
        this.#comeBackTo(depth);
        continue;
      }
      this.#push(++depth);
      if (depth > deepest) deepest = depth;
    }
    return result(null);
  }

  /** Whether the state at hand, first seen at some depth, is one that the way here has come through. */
  #isOnTheWay(firstSeen: number, depth: number): boolean {
    const { hashLow, hashHigh } = this.#machine.world;
    return firstSeen <= depth && this.#low[firstSeen] === hashLow && this.#high[firstSeen] === hashHigh;
  }

  /** The state at hand becomes the one at this depth. */
  #push(depth: number): void {
    if (depth >= this.#count.length) this.#lengthen();
    const { world, coroutines } = this.#machine;
    this.#mask[depth] = coroutines.readyMask;
    this.#count[depth] = this.#machine.ready(this.#ready, depth * this.#width);
    this.#next[depth] = 0;
    if (this.#reductions.local) this.#preferLocal(depth);
    this.#undo[depth] = world.undoMark();
    this.#low[depth] = world.hashLow;
    this.#high[depth] = world.hashHigh;
  }

  /**
   * Where somebody's step matters to nobody else, it may as well be the only one to run now (an ample
   * set of one). Nothing goes round in a circle of such steps: a coroutine comes to an I/O, or ends.
   */
  #preferLocal(depth: number): void {
    const first = depth * this.#width;
    for (let i = 0; i < this.#count[depth]!; i++) {
      const id = this.#ready[first + i]!;
      if (!this.#machine.isLocal(id)) continue;
      this.#ready[first] = id;
      this.#count[depth] = 1;
      return;
    }
  }

  #comeBackTo(depth: number): void {
    const { world, coroutines } = this.#machine;
    world.undoToKnown(this.#undo[depth]!, this.#low[depth]!, this.#high[depth]!);
    coroutines.readyMask = this.#mask[depth]!;
  }

  /** Who ran on the way to this depth. */
  #schedule(depth: number): number[] {
    return Array.from({ length: depth }, (_, d) => this.#ready[d * this.#width + this.#next[d]! - 1]!);
  }

  #lengthen(): void {
    const longer = <T extends Int32Array | Float64Array>(old: T, make: (length: number) => T): T => {
      const list = make(old.length * 2);
      list.set(old);
      return list;
    };
    const ints = (length: number): Int32Array<ArrayBuffer> => new Int32Array(length);
    this.#ready = longer(this.#ready as Int32Array<ArrayBuffer>, ints);
    this.#count = longer(this.#count, ints);
    this.#next = longer(this.#next, ints);
    this.#undo = longer(this.#undo, (length) => new Float64Array(length));
    this.#low = longer(this.#low, ints);
    this.#high = longer(this.#high, ints);
    this.#mask = longer(this.#mask, ints);
  }
}
