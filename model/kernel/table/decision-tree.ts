/**
 * The trees of what was learned, one for each (kind of coroutine, step), all in one array of words. Where the model looked at
 * a cell a tree branches on what was seen, and a leaf has what it wrote and moved, and the next step. Running a step is a
 * walk down its tree. Stores wait for the leaf, so that a walk alone changes nothing; only where a later look depends on
 * them they come before it.
 */
import type { Step } from '../step.ts';
import type { World } from '../world.ts';
import { placeOf } from './relative.ts';

/**
 * A look: a cell, a cell to compare with, and what is done with their difference: the least is taken off, the
 * rest is shifted to the right, and what comes of it, if it is below the count, is the place in a list of
 * branches; if not, there is another branch. A branch of 0 means: never taken.
 *
 *   read      the difference to the cell that is always zero: a branch for each value
 *   isZero    the same: a branch for 0, and the other one
 *   same      the difference of two cells: a branch for 0, and the other one
 *   isBelow   the sign of the difference to the bound: a branch for 0, and one for 1
 */
const COMPARED = 1;
const LEAST = 2;
const SHIFT = 3;
const COUNT = 4;
const OTHER = 5;
const BRANCHES = 6;
const LOOK_WORDS = 7;
/** Which leaves the sign. */
const SIGN_SHIFT = 31;

// What is no look begins with one of these, which are no cells.
const STORE = 1 << 30; // a list of stores, and on it goes; only where a later look depends on them
export const LEAF = STORE + 1; // next step, whose readiness the step may have changed, its footprint, a list of stores
export const LEAF_NEXT = 1;
export const LEAF_OTHERS = 2;
export const LEAF_FOOTPRINT = 3;
const LEAF_STORES = 4;
// A list of stores: how many, then for each: to, from, plus; a constant is what it adds to the cell that is always zero.

/** A look at the world that is a branch of a tree: where it stands, and what was seen: a value, or 1 for yes and 0 for no. */
export interface Seen {
  readonly at: number;
  readonly value: number;
}

export class DecisionTree {
  /** Only to be read. Place 0 is no place. */
  code = new Int32Array(1 << 14);
  readonly #world: World;
  #top = 1;
  /** By look: the one before it on the way down the tree, and what was seen there; none before the first. */
  readonly #lookBefore = new Map<number, Seen>();
  /** Looks at whether a difference is zero. */
  readonly #yesOrNo = new Set<number>();

  constructor(world: World) {
    this.#world = world;
  }

  /** Where the next thing that is added comes to stand. */
  get top(): number {
    return this.#top;
  }

  // To run a step.

  /** Goes down a tree and does its stores. @returns the leaf; or where a branch was never taken, negated */
  run(from: number, slot: number): number {
    let at = this.walk(from, slot);
    while (at > 0 && this.code[at] === STORE) {
      this.#store(at + 1, slot);
      at = this.walk(this.#afterStores(at + 1), slot);
    }
    if (at > 0) this.#store(at + LEAF_STORES, slot);
    return at;
  }

  /** Goes down a tree. @returns the leaf, or the stores on the way; or where a branch was never taken, negated */
  walk(from: number, slot: number): number {
    const { cells } = this.#world;
    const { code } = this;
    for (let at = from; ;) {
      const cell = code[at]!;
      if (cell >= STORE) return at;
      const branch = (cells[placeOf(cell, slot)]! - cells[placeOf(code[at + COMPARED]!, slot)]! - code[at + LEAST]!) >>> code[at + SHIFT]!;
      const next = branch < code[at + COUNT]! ? code[code[at + BRANCHES]! + branch]! : code[at + OTHER]!;
      if (next === 0) return -at;
      at = next;
    }
  }

  /** Does a list of stores. */
  #store(list: number, slot: number): void {
    const world = this.#world;
    const { cells, changed, watchEnd } = world;
    const { code } = this;
    const end = this.#afterStores(list);
    if (world.isTracking) {
      for (let i = list + 1; i < end; i += 3) world.store(placeOf(code[i]!, slot), cells[placeOf(code[i + 1]!, slot)]! + code[i + 2]!);
      return;
    }
    let { changedCount } = world;
    for (let i = list + 1; i < end; i += 3) {
      const cell = placeOf(code[i]!, slot);
      const value = cells[placeOf(code[i + 1]!, slot)]! + code[i + 2]!;
      if (cell < watchEnd && cells[cell] !== value && changedCount < changed.length) changed[changedCount++] = cell;
      cells[cell] = value;
    }
    world.changedCount = changedCount;
  }

  #afterStores(list: number): number {
    return list + 1 + 3 * this.code[list]!;
  }

  // To find out how a walk has come to a look.

  /** What a walk has seen at its looks before it came to this one. */
  seenBefore(look: number): Int32Array {
    const seen: number[] = [];
    for (let before = this.#lookBefore.get(look); before !== undefined; before = this.#lookBefore.get(before.at)) seen.push(before.value);
    return Int32Array.from(seen.toReversed());
  }

  /** What this look sees, once more: the walk has stopped there. */
  seeAgain(look: number, slot: number): number {
    const { cells } = this.#world;
    const { code } = this;
    const difference = cells[placeOf(code[look]!, slot)]! - cells[placeOf(code[look + COMPARED]!, slot)]!;
    if (code[look + SHIFT] === SIGN_SHIFT) return difference < code[look + LEAST]! ? 1 : 0;
    return this.#yesOrNo.has(look) ? (difference === 0 ? 1 : 0) : difference;
  }

  // To add what a step does. Cells are relative to the slot of who does it.

  /** Lets a branch of a look lead to what is added next. */
  addBranch({ at, value }: Seen): void {
    const { code } = this;
    if (code[at + SHIFT] === SIGN_SHIFT) return void (code[code[at + BRANCHES]! + value] = this.#top);
    if (this.#yesOrNo.has(at)) return void (code[value === 1 ? code[at + BRANCHES]! : at + OTHER] = this.#top);
    const least = Math.min(code[at + LEAST]!, value);
    const end = Math.max(code[at + LEAST]! + code[at + COUNT]!, value + 1);
    if (end - least !== code[at + COUNT]) this.#widen(at, least, end);
    this.code[this.code[at + BRANCHES]! + value - least] = this.#top;
  }

  /** A look begins here. @param before the look before it in this step */
  follows(before: Seen | null): void {
    if (before !== null) this.#lookBefore.set(this.#top, before);
  }

  addRead(cell: number, seen: number): void {
    const first = this.#top + LOOK_WORDS;
    this.#add(cell, this.#world.zeroCell, seen, 0, 1, 0, first, first + 1);
  }

  /** @param seen 1: both cells hold the same */
  addSame(cell: number, compared: number, seen: number): void {
    this.#yesOrNo.add(this.#top);
    const first = this.#top + LOOK_WORDS;
    this.#add(cell, compared, 0, 0, 1, seen === 1 ? 0 : first + 1, first, seen === 1 ? first + 1 : 0);
  }

  /** @param seen 1: it holds less */
  addIsBelow(cell: number, bound: number, seen: number): void {
    const first = this.#top + LOOK_WORDS;
    const [no, yes] = seen === 1 ? [0, first + 2] : [first + 2, 0];
    this.#add(cell, this.#world.zeroCell, bound, SIGN_SHIFT, 2, 0, first, no, yes);
  }

  /** @param stores for each: to, from, plus */
  addStores(stores: readonly number[]): void {
    this.#add(STORE);
    this.#addList(stores);
  }

  /** @param others whose readiness the step may have changed */
  addLeaf(next: Step, others: number, footprint: number, stores: readonly number[]): void {
    this.#add(LEAF, next, others, footprint);
    this.#addList(stores);
  }

  #addList(stores: readonly number[]): void {
    this.#add(stores.length / 3);
    this.#reserve(stores.length);
    for (const word of stores) this.code[this.#top++] = word;
  }

  #add(...words: number[]): void {
    this.#reserve(words.length);
    for (const word of words) this.code[this.#top++] = word;
  }

  #reserve(words: number): void {
    if (this.#top + words <= this.code.length) return;
    const longer = new Int32Array(Math.max(this.code.length * 2, this.#top + words));
    longer.set(this.code);
    this.code = longer;
  }

  /** Gives a look room for branches on all values from `least` up to `end`. */
  #widen(at: number, least: number, end: number): void {
    this.#reserve(end - least);
    const { code } = this;
    const branches = this.#top;
    code.fill(0, branches, branches + end - least);
    for (let i = 0; i < code[at + COUNT]!; i++) code[branches + code[at + LEAST]! - least + i] = code[code[at + BRANCHES]! + i]!;
    code[at + LEAST] = least;
    code[at + COUNT] = end - least;
    code[at + BRANCHES] = branches;
    this.#top += end - least;
  }
}
