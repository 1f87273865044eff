/**
 * What a step does while its generator runs: from where its looks at the world are answered, and what of it is added to the
 * tree and to the footprint.
 */
import type { Coroutine } from '../coroutine.ts';
import type { Coroutines } from '../coroutines.ts';
import { HiddenState } from '../engine.ts';
import { ENDED, type Step } from '../step.ts';
import type { World } from '../world.ts';
import type { Recorder } from '../recorder.ts';
import type { DecisionTree, Seen } from './decision-tree.ts';
import { type Footprint, ascending } from './footprint.ts';
import { relativeTo } from './relative.ts';

/** What a look at the world is answered from while a generator is being brought to where it is needed. */
const Mode = {
  /** Steps that were run before, by whomever. */
  path: 0,
  /** This step, up to the branch where the walk stopped. That branch is the first look beyond the script. */
  walk: 1,
  /** This step from there on. */
  world: 2,
} as const;

export class Recording implements Recorder {
  readonly #coroutines: Coroutines;
  readonly #world: World;
  readonly #tree: DecisionTree;
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

  constructor(coroutines: Coroutines, tree: DecisionTree) {
    this.#coroutines = coroutines;
    this.#world = coroutines.world;
    this.#tree = tree;
  }

  /** A step that was run before is run again, with the answers that it got. */
  rehearse(coroutine: Coroutine, answers: Int32Array): void {
    this.#mode = Mode.path;
    this.#follow(answers);
    this.#lookAtConstants(coroutine);
  }

  /**
   * The step that is to be learned begins.
   * @param stoppedAt the look whose branch was never taken, and what it sees; null: the step itself is new
   */
  begin(coroutine: Coroutine, stoppedAt: Seen | null): void {
    this.#slot = coroutine.slot;
    this.#slotEnd = coroutine.slot + coroutine.slotCells;
    for (const collected of [this.#known, this.#knownNonZero, this.#storedTo, this.#reads, this.#writes, this.#adds]) collected.clear();
    this.#stores = [];
    this.#answers = [];
    this.#others = 0;
    this.#kills = false;
    this.#mode = stoppedAt === null ? Mode.world : Mode.walk;
    this.#follow(stoppedAt === null ? new Int32Array(0) : this.#tree.seenBefore(stoppedAt.at));
    this.#latest = stoppedAt;
    this.#lookAtConstants(coroutine);
  }

  /** Whether the step has come to the look at which its walk had stopped. */
  get hasReachedWorld(): boolean {
    return this.#mode === Mode.world;
  }

  /** The answers to its looks, in order. */
  get answers(): Int32Array {
    return Int32Array.from(this.#answers);
  }

  /** Whose readiness the step may have changed, as `Coroutines.endStep` takes it. */
  get others(): number {
    return this.#others;
  }

  footprint(isLast: boolean): Footprint {
    const [reads, writes, adds] = [ascending(this.#reads), ascending(this.#writes), ascending(this.#adds)];
    return { reads, writes, adds, isLast, concernsReady: this.#others !== 0, kills: this.#kills };
  }

  /** The step is over. @param footprint its number */
  addLeaf(next: Step, footprint: number): void {
    this.#tree.addLeaf(next, this.#others, footprint, this.#relativeStores());
  }

  /** The body may have them in variables, and so every step may depend on them. */
  #lookAtConstants({ constantCells }: Coroutine): void {
    for (const cell of constantCells) this.read(cell);
  }

  #follow(script: Int32Array): void {
    this.#script = script;
    this.#scriptAt = 0;
    this.#world.forgetAccesses();
    this.#coroutines.beginCode();
  }

  // What the model does.

  read(cell: number): number {
    this.#touches(cell, this.#reads);
    const known = this.#known.get(cell);
    if (known !== undefined && this.#mode !== Mode.path) return this.#answer(known);
    this.#storeBefore(cell);
    const value = this.#look(
      () => this.#world.cells[cell]!,
      (seen) => this.#tree.addRead(this.#relative(cell), seen),
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
      (seen) => this.#tree.addSame(this.#relative(cell), this.#world.zeroCell, seen),
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
      (seen) => this.#tree.addSame(this.#relative(a), this.#relative(b), seen),
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
      (seen) => this.#tree.addIsBelow(this.#relative(cell), bound, seen),
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
    if (this.#mode === Mode.world) this.#tree.addStores(this.#relativeStores());
    this.#stores = []; // if this is still a walk, it has done them
    this.#storedTo.clear();
  }

  /** Answers a look: from the script as far as it goes, then from the world. */
  #look(fromWorld: () => number, add: (seen: number) => void): number {
    if (this.#mode !== Mode.world && this.#scriptAt < this.#script.length) return this.#answer(this.#script[this.#scriptAt++]!);
    if (this.#mode === Mode.path) throw new HiddenState(`a coroutine looked further than when it first took this way`);
    const seen = fromWorld();
    if (this.#mode === Mode.walk) this.#leaveWalk();
    else {
      this.#tree.follows(this.#latest);
      this.#latest = { at: this.#tree.top, value: seen };
      add(seen);
    }
    return this.#answer(seen);
  }

  /** From here on the generator works on the world, which has yet to get what this step has stored so far. */
  #leaveWalk(): void {
    const world = this.#world;
    for (let i = 0; i < this.#stores.length; i += 3)
      world.store(this.#stores[i]!, world.cells[this.#stores[i + 1]!]! + this.#stores[i + 2]!);
    this.#mode = Mode.world;
  }

  #answer(value: number): number {
    this.#answers.push(value);
    return value;
  }

  #relativeStores(): number[] {
    return this.#stores.map((word, i) => (i % 3 === 2 ? word : this.#relative(word)));
  }

  #relative(cell: number): number {
    return relativeTo(cell, this.#slot, this.#slotEnd);
  }

  #isMine(cell: number): boolean {
    return cell >= this.#slot && cell < this.#slotEnd;
  }
}
