/**
 * The learned table: each step is learned once and then run without its generator.
 *
 * Between two yields a coroutine is a function from the cells it reads to the cells it writes and
 * its next step. The table keeps, for each (kind of coroutine, step), a tree: where the model looked at a
 * cell the tree branches on what was seen, and a leaf has what it wrote and moved, and the next step.
 * Running a step is a walk down that tree. Stores wait for the leaf, so that a walk alone changes
 * nothing; only where a later look depends on them they come before it.
 *
 * Where the walk comes to a branch that was never taken, a generator is brought to this very point:
 * it is started anew and fed, instead of the world, what was seen on one path that once led to this
 * step and then what this walk has seen. Then the world gets what it has stored so far, and from here on
 * it works on the world, and what it does is added to the tree.
 *
 * A leaf also has the footprint of its step: all that it looked at and changed, private cells aside. Like
 * stores it names cells of the coroutine's own slot by their place in it, and is placed for who asks.
 *
 * This is right exactly if a coroutine at a step is decided by the step and the cells. A local
 * variable that changes and lives across a yield breaks it, and learned-table.spec.ts shows that.
 * Variables may keep the values of its constant cells: each step looks at those first, and a path is taken
 * only from a coroutine that has the same in them.
 * What a coroutine knows of itself it must reach through itself, never through its id: cells of its
 * own slot are learned relative to the slot, those of others as they are.
 */
import { type Coroutine, type Coroutines, type Run, kindAt, pendingAt } from './coroutine.ts';
import { type Engine, HiddenState, nextStep, startBody } from './engine.ts';
import { ENDED, type Step } from './step.ts';
import type { Recorder, World } from './world.ts';

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
const STORE = 1 << 30; //  a list of stores, and on it goes; only where a later look depends on them
const LEAF = STORE + 1; // next step, whose readiness the step may have changed, its footprint, a list of stores
const LEAF_NEXT = 1;
const LEAF_OTHERS = 2;
const LEAF_FOOTPRINT = 3;
const LEAF_STORES = 4;
// A list of stores: how many, then for each: to, from, plus; a constant is what it adds to the cell that is always zero.

/**
 * How a generator can be brought to a step: from which step it came, and the answer to each of its
 * looks at the world on the way. The way may have been another coroutine's of the same kind.
 */
interface Path {
  readonly from: Step | null;
  readonly answers: Int32Array;
}

/** A look at the world that is a branch of a tree: where it stands, and what was seen. */
interface Seen {
  readonly at: number;
  readonly value: number;
}

/** What a step looks at and changes, other than private cells of its own coroutine. */
export interface Footprint {
  readonly reads: readonly number[];
  readonly writes: readonly number[];
  /** Cells to which it only adds a constant. */
  readonly adds: readonly number[];
  /** Whether its coroutine ends with it. */
  readonly isLast: boolean;
  /** Whether it may have changed whether another coroutine is ready. */
  readonly concernsReady: boolean;
  /**
   * Whether it ends another coroutine. No footprint has the pending step of its own coroutine, which every step changes,
   * so a step that kills depends on each step of its victim, whatever cells both touch.
   */
  readonly kills: boolean;
}

/** What a look at the world is answered from while a generator is being brought to where it is needed. */
const Mode = {
  /** Steps that were run before, by whomever. */
  path: 0,
  /** This step, up to the branch where the walk stopped. That branch is the first look beyond the script. */
  walk: 1,
  /** This step from there on. */
  world: 2,
} as const;

/** Cells of one's own slot are written as the complement of their place in it. */
const placeOf = (cell: number, slot: number): number => (cell ^ (cell >> 31)) + (slot & (cell >> 31));

/** The step touches nothing but private cells of its own. */
export const NO_FOOTPRINT = 0;

export class LearnedTable implements Engine, Recorder {
  /** How many steps ran, and for how many of them a generator was needed. */
  steps = 0;
  lessons = 0;
  /** By number; the first is that of a step which touches private cells only. */
  readonly footprints: Footprint[] = [{ reads: [], writes: [], adds: [], isLast: false, concernsReady: false, kills: false }];
  readonly #footprintNumbers = new Map<string, number>();
  /** The same before they are placed, by number, as leaves have them. */
  readonly #relativeFootprints = [...this.footprints];
  readonly #relativeNumbers = new Map<string, number>();
  /** By number of the relative one, then by id of the coroutine: its number once it is placed; 0: not yet. */
  #placed = new Int32Array(0);
  readonly #ids: number;

  /** Of the step that ran last, before it is placed. */
  #latestFootprint = NO_FOOTPRINT;
  readonly #coroutines: Coroutines;
  readonly #world: World;
  /** Where the tree of a (kind, step) begins; 0: nothing learned yet. */
  #roots = new Int32Array(0);
  /** By kind and constant cells. */
  readonly #paths = new Map<string, Map<Step, Path>>();
  readonly #stepEnd: number;
  #code = new Int32Array(1 << 14);
  #top = 1;
  /** By look: the one before it on the way down the tree, and what was seen there; none before the first. */
  readonly #lookBefore = new Map<number, Seen>();
  /** Looks at whether a difference is zero. */
  readonly #yesOrNo = new Set<number>();

  // While a step is being learned:
  #mode: (typeof Mode)[keyof typeof Mode] = Mode.world;
  #script: Int32Array = new Int32Array(0);
  #scriptAt = 0;
  #answers: number[] = [];
  /** The latest look of this step at the world. */
  #latest: Seen | null = null;
  /** Of whom this step has changed what decides whether they are ready. */
  #others = 0;
  #kills = false;
  #slot = 0;
  #slotEnd = 0;
  /** Cells whose value this step knows, because it has looked or written: looking again is no branch. */
  readonly #known = new Map<number, number>();
  readonly #knownNonZero = new Set<number>();
  /** What is stored at the leaf, or before the next look that depends on it: to, from, plus. */
  #stores: number[] = [];
  readonly #storedTo = new Set<number>();
  readonly #reads = new Set<number>();
  readonly #writes = new Set<number>();
  readonly #adds = new Set<number>();

  /** @param stepEnd one more than the largest step there can be */
  constructor(coroutines: Coroutines, stepEnd: number) {
    this.#coroutines = coroutines;
    this.#world = coroutines.world;
    this.#stepEnd = stepEnd;
    this.#ids = coroutines.all.length + 1;
  }

  begin(): void {
    this.#coroutines.begin();
  }

  step(coroutine: Coroutine): void {
    const { slot } = coroutine;
    this.steps++;
    this.#world.beginStep();
    this.#coroutines.beginStep(coroutine.id);
    const top = this.#roots[this.#rootOf(slot)] ?? 0;
    if (top === 0) return this.#learn(coroutine, 0);
    let at = this.#walk(top, slot);
    const code = this.#code;
    while (at > 0 && code[at] === STORE) {
      this.#store(at + 1, slot);
      at = this.#walk(this.#afterStores(at + 1), slot);
    }
    if (at < 0) return this.#learn(coroutine, -at);
    this.#store(at + LEAF_STORES, slot);
    this.#latestFootprint = code[at + LEAF_FOOTPRINT]!;
    this.#coroutines.endStep(coroutine, code[at + LEAF_NEXT]!, code[at + LEAF_OTHERS]);
  }

  /**
   * The footprint of the coroutine's pending step, here and now, as a number. Only while the world is
   * tracking, for a step that has yet to be learned, or looks at what it stores, is run and taken back.
   */
  footprintOf(coroutine: Coroutine): number {
    const root = this.#roots[this.#rootOf(coroutine.slot)] ?? 0;
    const at = root === 0 ? 0 : this.#walk(root, coroutine.slot);
    const relative = at > 0 && this.#code[at] === LEAF ? this.#code[at + LEAF_FOOTPRINT]! : this.#tryOut(coroutine);
    if (relative === NO_FOOTPRINT) return NO_FOOTPRINT;
    const placed = this.#placed[relative * this.#ids + coroutine.id]!;
    return placed !== NO_FOOTPRINT ? placed : this.#place(relative, coroutine);
  }

  #place(relative: number, { id, slot }: Coroutine): number {
    const { reads, writes, adds, ...others } = this.#relativeFootprints[relative]!;
    const place = (cells: readonly number[]): number[] => ascending(cells.map((cell) => placeOf(cell, slot)));
    const footprint = { reads: place(reads), writes: place(writes), adds: place(adds), ...others };
    return (this.#placed[relative * this.#ids + id] = numberOf(footprint, this.footprints, this.#footprintNumbers));
  }

  #tryOut(coroutine: Coroutine): number {
    const mark = this.#world.undoMark();
    const mask = this.#coroutines.readyMask;
    this.step(coroutine);
    this.#world.undoTo(mark);
    this.#coroutines.readyMask = mask;
    return this.#latestFootprint;
  }

  /** The number of the tree for the pending step of the coroutine with this slot. */
  #rootOf(slot: number): number {
    const { cells } = this.#world;
    return kindAt(cells, slot) * this.#stepEnd + pendingAt(cells, slot);
  }

  /** Goes down a tree. @returns the leaf, or the stores on the way; or where a branch was never taken, negated */
  #walk(from: number, slot: number): number {
    const { cells } = this.#world;
    const code = this.#code;
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
    const code = this.#code;
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
    return list + 1 + 3 * this.#code[list]!;
  }

  #setRoot(root: number): void {
    if (this.#roots.length <= root) {
      const longer = new Int32Array((Math.floor(root / this.#stepEnd) + 1) * this.#stepEnd);
      longer.set(this.#roots);
      this.#roots = longer;
    }
    this.#roots[root] = this.#top;
  }

  #pathsOf({ slot, constantCells }: Coroutine): Map<Step, Path> {
    const { cells } = this.#world;
    const key = [kindAt(cells, slot), ...constantCells.map((cell) => cells[cell])].join(' ');
    const paths = this.#paths.get(key) ?? new Map<Step, Path>();
    this.#paths.set(key, paths);
    return paths;
  }

  /**
   * Runs the rest of a step with a generator and adds it to the tree.
   * @param branchAt the look whose branch was never taken; 0: the step itself is new
   */
  #learn(coroutine: Coroutine, branchAt: number): void {
    this.lessons++;
    const world = this.#world;
    const step = coroutine.pending;
    const generator = this.#bringTo(coroutine, step);
    this.#slot = coroutine.slot;
    this.#slotEnd = coroutine.slot + coroutine.slotCells;
    for (const collected of [this.#known, this.#knownNonZero, this.#storedTo, this.#reads, this.#writes, this.#adds]) collected.clear();
    this.#stores = [];
    this.#answers = [];
    this.#others = 0;
    this.#kills = false;
    this.#mode = branchAt !== 0 ? Mode.walk : Mode.world;
    this.#follow(this.#seenBefore(branchAt));
    if (branchAt === 0) this.#setRoot(this.#rootOf(coroutine.slot));
    else this.#addBranch(branchAt, this.#seeAgain(branchAt));
    this.#latest = branchAt === 0 ? null : { at: branchAt, value: this.#seeAgain(branchAt) };

    this.#lookAtConstants(coroutine);
    world.recorder = this;
    const next = nextStep(generator, (what) => {
      if (this.isZero(world.misuseCell)) this.write(world.misuseCell, what);
    });
    world.recorder = null;
    if (this.#mode !== Mode.world) throw new HiddenState(`${coroutine.name} did not come back to where its walk had stopped`);
    const asleep = this.#coroutines.asleepAfter(step, next);
    if (asleep !== null) this.write(coroutine.asleepCell, asleep);
    this.#latestFootprint = this.#footprint(next === ENDED);
    this.#emit(LEAF, next, this.#others, this.#latestFootprint);
    this.#emitStores();
    this.#coroutines.endStep(coroutine, next, this.#others);
    const paths = this.#pathsOf(coroutine);
    if (!paths.has(next)) paths.set(next, { from: step, answers: Int32Array.from(this.#answers) });
  }

  #footprint(isLast: boolean): number {
    const [reads, writes, adds] = [ascending(this.#reads), ascending(this.#writes), ascending(this.#adds)];
    if (reads.length + writes.length + adds.length === 0) return NO_FOOTPRINT;
    const relative = numberOf(
      { reads, writes, adds, isLast, concernsReady: this.#others !== 0, kills: this.#kills },
      this.#relativeFootprints,
      this.#relativeNumbers,
    );
    const room = (relative + 1) * this.#ids;
    if (room > this.#placed.length) {
      const longer = new Int32Array(2 * room);
      longer.set(this.#placed);
      this.#placed = longer;
    }
    return relative;
  }

  /** What a walk has seen at its looks before it came to this one. */
  #seenBefore(look: number): Int32Array {
    const seen: number[] = [];
    for (let before = this.#lookBefore.get(look); before !== undefined; before = this.#lookBefore.get(before.at)) seen.push(before.value);
    return Int32Array.from(seen.toReversed());
  }

  /** What this look sees, once more: the walk has stopped there. A value, or 1 for yes and 0 for no. */
  #seeAgain(look: number): number {
    const { cells } = this.#world;
    const code = this.#code;
    const difference = cells[placeOf(code[look]!, this.#slot)]! - cells[placeOf(code[look + COMPARED]!, this.#slot)]!;
    if (code[look + SHIFT] === SIGN_SHIFT) return difference < code[look + LEAST]! ? 1 : 0;
    return this.#yesOrNo.has(look) ? (difference === 0 ? 1 : 0) : difference;
  }

  /**
   * Brings a generator once more to where `step` is its next, for who looks on. Nothing changes. @throws HiddenState if
   * it takes another way
   */
  bringAgainTo(coroutine: Coroutine, step: Step): void {
    try {
      this.#bringTo(coroutine, step);
    } finally {
      this.#world.recorder = null;
    }
  }

  /** A fresh generator of this coroutine, suspended where `step` is its next. */
  #bringTo(coroutine: Coroutine, step: Step): Run {
    const paths = this.#pathsOf(coroutine);
    const way: { step: Step; answers: Int32Array }[] = [];
    let at = step;
    for (let path = paths.get(at); path !== undefined && path.from !== null; path = paths.get(at)) {
      way.push({ step: at, answers: path.answers });
      at = path.from;
    }
    if (!paths.has(at)) paths.set(at, { from: null, answers: new Int32Array(0) });
    const generator = startBody(coroutine, at);
    this.#world.recorder = this;
    this.#mode = Mode.path;
    for (const { step: expected, answers } of way.toReversed()) {
      this.#follow(answers);
      this.#lookAtConstants(coroutine);
      const came = nextStep(generator, () => {});
      if (came !== expected) throw new HiddenState(`${coroutine.name} took another way when it was run again`);
    }
    this.#world.recorder = null;
    return generator;
  }

  /** The body may have them in variables, and so every step may depend on them. */
  #lookAtConstants({ constantCells }: Coroutine): void {
    for (const cell of constantCells) this.read(cell);
  }

  /** A step is about to be run again, with these answers. */
  #follow(script: Int32Array): void {
    this.#script = script;
    this.#scriptAt = 0;
    this.#world.forgetAccesses();
    this.#coroutines.forgetLastWoken();
  }

  // What the model does while it is being recorded.

  read(cell: number): number {
    this.#touches(cell, this.#reads);
    const known = this.#known.get(cell);
    if (known !== undefined && this.#mode !== Mode.path) return this.#answer(known);
    this.#storeBefore(cell);
    const value = this.#look(
      () => this.#world.cells[cell]!,
      (seen) => {
        const first = this.#top + LOOK_WORDS;
        this.#emit(this.#relative(cell), this.#world.zeroCell, seen, 0, 1, 0, first, first + 1);
      },
    );
    this.#known.set(cell, value);
    return value;
  }

  isZero(cell: number): boolean {
    this.#touches(cell, this.#reads);
    const known = this.#known.get(cell);
    if (known !== undefined && this.#mode !== Mode.path) return this.#answer(known === 0 ? 1 : 0) === 1;
    if (this.#knownNonZero.has(cell) && this.#mode !== Mode.path) return this.#answer(0) === 1;
    this.#storeBefore(cell);
    const zero = this.#look(
      () => (this.#world.cells[cell] === 0 ? 1 : 0),
      (seen) => this.#emitYesOrNo(this.#relative(cell), this.#world.zeroCell, seen),
    );
    if (zero === 1) this.#known.set(cell, 0);
    else this.#knownNonZero.add(cell);
    return zero === 1;
  }

  same(a: number, b: number): boolean {
    this.#touches(a, this.#reads);
    this.#touches(b, this.#reads);
    this.#storeBefore(a);
    this.#storeBefore(b);
    const { cells } = this.#world;
    const same = this.#look(
      () => (cells[a] === cells[b] ? 1 : 0),
      (seen) => this.#emitYesOrNo(this.#relative(a), this.#relative(b), seen),
    );
    return same === 1;
  }

  isBelow(cell: number, bound: number): boolean {
    this.#touches(cell, this.#reads);
    const known = this.#known.get(cell);
    if (known !== undefined && this.#mode !== Mode.path) return this.#answer(known < bound ? 1 : 0) === 1;
    this.#storeBefore(cell);
    const below = this.#look(
      () => (this.#world.cells[cell]! < bound ? 1 : 0),
      (seen) => {
        const first = this.#top + LOOK_WORDS;
        this.#emit(
          this.#relative(cell),
          this.#world.zeroCell,
          bound,
          SIGN_SHIFT,
          2,
          0,
          first,
          seen === 0 ? first + 2 : 0,
          seen === 1 ? first + 2 : 0,
        );
      },
    );
    return below === 1;
  }

  write(cell: number, value: number): void {
    this.#touches(cell, this.#writes);
    this.#known.set(cell, value);
    this.#changes(cell);
    if (value === ENDED && this.#coroutines.isPending(cell)) this.#kills = true;
    this.#storeLater(cell, this.#world.zeroCell, value);
  }

  move(to: number, from: number, plus: number): void {
    this.#touches(to, to === from ? this.#adds : this.#writes);
    if (to !== from) this.#touches(from, this.#reads);
    this.#known.delete(to);
    this.#changes(to);
    this.#storeLater(to, from, plus);
  }

  #touches(cell: number, how: Set<number>): void {
    if (!this.#world.isPrivate(cell) || !this.#isMine(cell)) how.add(this.#relative(cell));
  }

  #changes(cell: number): void {
    this.#knownNonZero.delete(cell);
    if (!this.#isMine(cell)) this.#others |= this.#coroutines.whoseGuard(cell);
  }

  /** In this step stores wait for its end, so that a walk has no effect until it has come to a leaf. */
  #storeLater(to: number, from: number, plus: number): void {
    if (this.#mode === Mode.path) return;
    this.#stores.push(to, from, plus);
    this.#storedTo.add(to);
    if (this.#mode === Mode.world) this.#world.store(to, this.#world.cells[from]! + plus);
  }

  /** Unless the next look depends on what they store. */
  #storeBefore(cell: number): void {
    if (!this.#storedTo.has(cell)) return;
    if (this.#mode === Mode.world) {
      this.#emit(STORE);
      this.#emitStores();
    }
    this.#stores = []; // if this is still a walk, it has done them
    this.#storedTo.clear();
  }

  /** Answers a look: from the script as far as it goes, then from the world. */
  #look(fromWorld: () => number, emit: (seen: number) => void): number {
    if (this.#mode !== Mode.world && this.#scriptAt < this.#script.length) return this.#answer(this.#script[this.#scriptAt++]!);
    if (this.#mode === Mode.path) throw new HiddenState(`a coroutine looked further than when it first took this way`);
    const seen = fromWorld();
    if (this.#mode === Mode.walk) this.#leaveWalk();
    else {
      if (this.#latest !== null) this.#lookBefore.set(this.#top, this.#latest);
      this.#latest = { at: this.#top, value: seen };
      emit(seen);
    }
    return this.#answer(seen);
  }

  /** From here on the generator works on the world, which has yet to get what this step has stored so far. */
  #leaveWalk(): void {
    const { world } = this.#coroutines;
    for (let i = 0; i < this.#stores.length; i += 3)
      world.store(this.#stores[i]!, world.cells[this.#stores[i + 1]!]! + this.#stores[i + 2]!);
    this.#mode = Mode.world;
  }

  #answer(value: number): number {
    this.#answers.push(value);
    return value;
  }

  #relative(cell: number): number {
    return this.#isMine(cell) ? ~(cell - this.#slot) : cell;
  }

  #isMine(cell: number): boolean {
    return cell >= this.#slot && cell < this.#slotEnd;
  }

  #emit(...instruction: number[]): void {
    this.#reserve(instruction.length);
    for (const word of instruction) this.#code[this.#top++] = word;
  }

  #emitYesOrNo(cell: number, compared: number, seen: number): void {
    this.#yesOrNo.add(this.#top);
    const first = this.#top + LOOK_WORDS;
    this.#emit(cell, compared, 0, 0, 1, seen === 1 ? 0 : first + 1, first, seen === 1 ? first + 1 : 0);
  }

  #emitStores(): void {
    const stores = this.#stores;
    this.#emit(stores.length / 3);
    for (let i = 0; i < stores.length; i += 3) this.#emit(this.#relative(stores[i]!), this.#relative(stores[i + 1]!), stores[i + 2]!);
  }

  #reserve(words: number): void {
    if (this.#top + words <= this.#code.length) return;
    const longer = new Int32Array(Math.max(this.#code.length * 2, this.#top + words));
    longer.set(this.#code);
    this.#code = longer;
  }

  /** Lets a branch of a look lead to what is emitted next. */
  #addBranch(at: number, value: number): void {
    const code = this.#code;
    if (code[at + SHIFT] === SIGN_SHIFT) return void (code[code[at + BRANCHES]! + value] = this.#top);
    if (this.#yesOrNo.has(at)) return void (code[value === 1 ? code[at + BRANCHES]! : at + OTHER] = this.#top);
    const least = Math.min(code[at + LEAST]!, value);
    const end = Math.max(code[at + LEAST]! + code[at + COUNT]!, value + 1);
    if (end - least !== code[at + COUNT]) this.#widen(at, least, end);
    this.#code[this.#code[at + BRANCHES]! + value - least] = this.#top;
  }

  /** Gives a look room for branches on all values from `least` up to `end`. */
  #widen(at: number, least: number, end: number): void {
    this.#reserve(end - least);
    const code = this.#code;
    const branches = this.#top;
    code.fill(0, branches, branches + end - least);
    for (let i = 0; i < code[at + COUNT]!; i++) code[branches + code[at + LEAST]! - least + i] = code[code[at + BRANCHES]! + i]!;
    code[at + LEAST] = least;
    code[at + COUNT] = end - least;
    code[at + BRANCHES] = branches;
    this.#top += end - least;
  }
}

const ascending = (cells: Iterable<number>): number[] => [...cells].toSorted((a, b) => a - b);

/** The number of a footprint in a list, to which it is added if it is new. */
function numberOf(footprint: Footprint, all: Footprint[], numbers: Map<string, number>): number {
  const key = JSON.stringify(footprint);
  const known = numbers.get(key);
  if (known !== undefined) return known;
  numbers.set(key, all.length);
  return all.push(footprint) - 1;
}
