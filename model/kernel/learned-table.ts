/**
 * The learned table: each step is learned once and then run without its generator.
 *
 * Between two yields a coroutine is a function from the cells it reads to the cells it writes and
 * its next step. The table keeps, for each (kind of coroutine, step), a tree of instructions: where
 * the model looked at a cell the tree branches on what was seen, where it wrote or moved data the
 * tree does the same, and a leaf names the next step. Running a step is a walk down that tree.
 *
 * Where the walk comes to a branch that was never taken, a generator is brought to this very point:
 * it is started anew and fed, instead of the world, what was seen on one path that once led to this
 * step and then what this walk has seen; its writes up to here are dropped, for they are done. From
 * here on it works on the world, and what it does is added to the tree.
 *
 * This is right exactly if a coroutine at a step is decided by the step and the cells. A local
 * variable that changes and lives across a yield breaks it, and learned-table.spec.ts shows that.
 * What a coroutine knows of itself it must reach through itself, never through its id: cells of its
 * own slot are learned relative to the slot, those of others as they are.
 */
import type { Coroutine, Coroutines, Run } from './coroutine.ts';
import { type Engine, nextStep, startBody } from './engine.ts';
import type { Step } from './step.ts';
import type { Recorder, World } from './world.ts';

// Instructions, each followed by its operands. A branch's operand 0 means: never taken.
const READ = 1; //  cell, least value, how many values, where the branches lie
const ZERO = 2; //  cell, branch if zero, branch if not
const SAME = 3; //  cell, cell, branch if equal, branch if not
const STORE = 4; // how many, then for each: to, from, plus; a constant is what it adds to the cell that is always zero
const END = 5; //   next step, whose readiness the step may have changed, whether it was local

const HIDDEN = 'it keeps something outside the cells';

/**
 * How a generator can be brought to a step: from which step it came, and the answer to each of its
 * looks at the world on the way. The way may have been another coroutine's of the same kind.
 */
interface Path {
  readonly from: Step | null;
  readonly answers: Int32Array;
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

export class LearnedTable implements Engine, Recorder {
  /** How many steps ran, and for how many of them a generator was needed. */
  steps = 0;
  lessons = 0;

  readonly #coroutines: Coroutines;
  readonly #world: World;
  /** Where the tree of a (kind, step) begins; 0: nothing learned yet. */
  #roots = new Int32Array(0);
  readonly #paths: Map<Step, Path>[] = [];
  readonly #stepEnd: number;
  #code = new Int32Array(1 << 14);
  #top = 1;

  /** What this walk has seen at its branches. */
  readonly #seen: Int32Array;

  // While a step is being learned:
  #mode: (typeof Mode)[keyof typeof Mode] = Mode.world;
  #script: Int32Array = new Int32Array(0);
  #scriptAt = 0;
  #answers: number[] = [];
  /** Of whom this step has changed what decides whether they are ready. */
  #others = 0;
  /** Whether this step has looked at and changed nothing but private cells of its own coroutine. */
  #isLocal = true;
  #slot = 0;
  #slotEnd = 0;
  /** Cells whose value this step knows, because it has looked or written: looking again is no branch. */
  readonly #known = new Map<number, number>();
  readonly #knownNonZero = new Set<number>();
  /** The STORE that ends where the next instruction would begin, so that it can take one more. 0: there is none. */
  #openStore = 0;

  /** @param stepEnd one more than the largest step there can be */
  constructor(coroutines: Coroutines, stepEnd: number) {
    this.#coroutines = coroutines;
    this.#world = coroutines.world;
    this.#stepEnd = stepEnd;
    this.#seen = new Int32Array(this.#world.cells.length + 16);
  }

  begin(): void {
    this.#coroutines.begin();
  }

  step(coroutine: Coroutine): void {
    const world = this.#world;
    const step = coroutine.pending;
    this.steps++;
    world.beginStep();
    this.#coroutines.beginStep(coroutine.id);
    const cells = world.cells;
    const code = this.#code;
    const seen = this.#seen;
    const slot = coroutine.slot;
    let seenCount = 0;
    const root = coroutine.kind * this.#stepEnd + step;
    let at = root < this.#roots.length ? this.#roots[root]! : 0;
    if (at === 0) return this.#learn(coroutine, step, 0, 0);
    for (;;) {
      const first = code[at + 1]!;
      switch (code[at]!) {
        case READ: {
          const value = cells[first >= 0 ? first : slot + ~first]!;
          seen[seenCount++] = value;
          const branch = value - code[at + 2]!;
          const next = branch >= 0 && branch < code[at + 3]! ? code[code[at + 4]! + branch]! : 0;
          if (next === 0) return this.#learn(coroutine, step, at, seenCount);
          at = next;
          break;
        }
        case ZERO: {
          const zero = cells[first >= 0 ? first : slot + ~first] === 0;
          seen[seenCount++] = zero ? 1 : 0;
          const next = code[zero ? at + 2 : at + 3]!;
          if (next === 0) return this.#learn(coroutine, step, at, seenCount);
          at = next;
          break;
        }
        case SAME: {
          const second = code[at + 2]!;
          const same = cells[first >= 0 ? first : slot + ~first] === cells[second >= 0 ? second : slot + ~second];
          seen[seenCount++] = same ? 1 : 0;
          const next = code[same ? at + 3 : at + 4]!;
          if (next === 0) return this.#learn(coroutine, step, at, seenCount);
          at = next;
          break;
        }
        case STORE:
          at += 2;
          for (const end = at + 3 * first; at < end; at += 3) {
            const to = code[at]!;
            const from = code[at + 1]!;
            world.store(to >= 0 ? to : slot + ~to, cells[from >= 0 ? from : slot + ~from]! + code[at + 2]!);
          }
          break;
        default:
          this.#coroutines.endStep(coroutine, first, code[at + 2]);
          return;
      }
    }
  }

  /**
   * Whether the coroutine's pending step, here and now, would look at and change nothing but private
   * cells of its own. Then it can't matter to anybody else when it runs. Not known: no.
   */
  isLocal(coroutine: Coroutine): boolean {
    const root = coroutine.kind * this.#stepEnd + coroutine.pending;
    let at = root < this.#roots.length ? this.#roots[root]! : 0;
    const { cells } = this.#world;
    const code = this.#code;
    const { slot } = coroutine;
    while (at !== 0) {
      const first = code[at + 1]!;
      switch (code[at]!) {
        case READ: {
          if (first >= 0) return false;
          const branch = cells[slot + ~first]! - code[at + 2]!;
          at = branch >= 0 && branch < code[at + 3]! ? code[code[at + 4]! + branch]! : 0;
          break;
        }
        case ZERO:
          if (first >= 0) return false;
          at = code[cells[slot + ~first] === 0 ? at + 2 : at + 3]!;
          break;
        case SAME:
          return false;
        case STORE:
          at += 2 + 3 * first;
          break;
        default:
          return code[at + 3] === 1;
      }
    }
    return false;
  }

  #setRoot(coroutine: Coroutine, step: Step): void {
    if (this.#roots.length < (coroutine.kind + 1) * this.#stepEnd) {
      const longer = new Int32Array((coroutine.kind + 1) * this.#stepEnd);
      longer.set(this.#roots);
      this.#roots = longer;
    }
    this.#roots[coroutine.kind * this.#stepEnd + step] = this.#top;
  }

  #pathsOf(coroutine: Coroutine): Map<Step, Path> {
    return (this.#paths[coroutine.kind] ??= new Map());
  }

  /**
   * Runs the rest of a step with a generator and adds it to the tree.
   * @param branchAt the instruction whose branch was never taken; 0: the step itself is new
   * @param seenCount what the walk has seen, the last of it at that branch
   */
  #learn(coroutine: Coroutine, step: Step, branchAt: number, seenCount: number): void {
    this.lessons++;
    const world = this.#world;
    const generator = this.#bringTo(coroutine, step);
    this.#slot = coroutine.slot;
    this.#slotEnd = coroutine.slot + coroutine.slotCells;
    this.#known.clear();
    this.#knownNonZero.clear();
    this.#answers = [];
    this.#others = 0;
    this.#isLocal = true;
    this.#openStore = 0;
    this.#mode = branchAt !== 0 ? Mode.walk : Mode.world;
    this.#follow(this.#seen.slice(0, Math.max(0, seenCount - 1)));
    if (branchAt === 0) this.#setRoot(coroutine, step);
    else this.#addBranch(branchAt, this.#seen[seenCount - 1]!);

    world.recorder = this;
    const next = nextStep(generator, (what) => {
      if (this.isZero(world.misuseCell)) this.write(world.misuseCell, what);
    });
    world.recorder = null;
    if (this.#mode !== Mode.world) throw new Error(`${coroutine.name} did not come back to where its walk had stopped: ${HIDDEN}`);
    this.#emit(END, next, this.#others, this.#isLocal ? 1 : 0);
    this.#coroutines.endStep(coroutine, next, this.#others);
    const paths = this.#pathsOf(coroutine);
    if (!paths.has(next)) paths.set(next, { from: step, answers: Int32Array.from(this.#answers) });
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
      const came = nextStep(generator, () => {});
      if (came !== expected) throw new Error(`${coroutine.name} took another way when it was run again: ${HIDDEN}`);
    }
    this.#world.recorder = null;
    return generator;
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
    this.#touches(cell);
    const known = this.#known.get(cell);
    if (known !== undefined && this.#mode !== Mode.path) return this.#answer(known);
    const value = this.#look(() => this.#world.cells[cell]!, (seen) => {
      const table = this.#top + 5;
      this.#emit(READ, this.#relative(cell), seen, 1, table, table + 1);
    });
    this.#known.set(cell, value);
    return value;
  }

  isZero(cell: number): boolean {
    this.#touches(cell);
    const known = this.#known.get(cell);
    if (known !== undefined && this.#mode !== Mode.path) return this.#answer(known === 0 ? 1 : 0) === 1;
    if (this.#knownNonZero.has(cell) && this.#mode !== Mode.path) return this.#answer(0) === 1;
    const zero = this.#look(() => (this.#world.cells[cell] === 0 ? 1 : 0), (seen) => {
      const next = this.#top + 4;
      this.#emit(ZERO, this.#relative(cell), seen === 1 ? next : 0, seen === 1 ? 0 : next);
    });
    if (zero === 1) this.#known.set(cell, 0);
    else this.#knownNonZero.add(cell);
    return zero === 1;
  }

  same(a: number, b: number): boolean {
    this.#touches(a);
    this.#touches(b);
    const { cells } = this.#world;
    const same = this.#look(() => (cells[a] === cells[b] ? 1 : 0), (seen) => {
      const next = this.#top + 5;
      this.#emit(SAME, this.#relative(a), this.#relative(b), seen === 1 ? next : 0, seen === 1 ? 0 : next);
    });
    return same === 1;
  }

  write(cell: number, value: number): void {
    this.#touches(cell);
    this.#known.set(cell, value);
    this.#changes(cell);
    if (this.#mode !== Mode.world) return;
    this.#emitStore(cell, this.#world.zeroCell, value);
    this.#world.store(cell, value);
  }

  move(to: number, from: number, plus: number): void {
    this.#touches(to);
    this.#touches(from);
    this.#known.delete(to);
    this.#changes(to);
    if (this.#mode !== Mode.world) return;
    this.#emitStore(to, from, plus);
    this.#world.store(to, this.#world.cells[from]! + plus);
  }

  #touches(cell: number): void {
    if (!this.#world.isPrivate(cell) || !this.#isMine(cell)) this.#isLocal = false;
  }

  #changes(cell: number): void {
    this.#knownNonZero.delete(cell);
    if (!this.#isMine(cell)) this.#others |= this.#coroutines.whoseGuard(cell);
  }

  /** Answers a look: from the script as far as it goes, then from the world. */
  #look(fromWorld: () => number, emit: (seen: number) => void): number {
    if (this.#mode !== Mode.world && this.#scriptAt < this.#script.length) return this.#answer(this.#script[this.#scriptAt++]!);
    if (this.#mode === Mode.path) throw new Error(`a coroutine looked further than when it first took this way: ${HIDDEN}`);
    const seen = fromWorld();
    if (this.#mode === Mode.world) emit(seen);
    this.#mode = Mode.world;
    return this.#answer(seen);
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
    this.#openStore = 0;
  }

  #emitStore(to: number, from: number, plus: number): void {
    const store = this.#openStore === 0 ? this.#top : this.#openStore;
    if (this.#openStore === 0) this.#emit(STORE, 0);
    this.#emit(this.#relative(to), this.#relative(from), plus);
    this.#code[store + 1]!++;
    this.#openStore = store;
  }

  #reserve(words: number): void {
    if (this.#top + words <= this.#code.length) return;
    const longer = new Int32Array(Math.max(this.#code.length * 2, this.#top + words));
    longer.set(this.#code);
    this.#code = longer;
  }

  /** Lets a branch of an instruction lead to what is emitted next. */
  #addBranch(at: number, value: number): void {
    const code = this.#code;
    if (code[at] === ZERO) return void (code[value === 1 ? at + 2 : at + 3] = this.#top);
    if (code[at] === SAME) return void (code[value === 1 ? at + 3 : at + 4] = this.#top);
    const least = Math.min(code[at + 2]!, value);
    const end = Math.max(code[at + 2]! + code[at + 3]!, value + 1);
    if (least !== code[at + 2] || end !== code[at + 2]! + code[at + 3]!) this.#widen(at, least, end);
    this.#code[this.#code[at + 4]! + value - least] = this.#top;
  }

  /** Gives a READ room for branches on all values from `least` up to `end`. */
  #widen(at: number, least: number, end: number): void {
    this.#reserve(end - least);
    const code = this.#code;
    const table = this.#top;
    code.fill(0, table, table + end - least);
    for (let i = 0; i < code[at + 3]!; i++) code[table + code[at + 2]! - least + i] = code[code[at + 4]! + i]!;
    code[at + 2] = least;
    code[at + 3] = end - least;
    code[at + 4] = table;
    this.#top += end - least;
  }
}
