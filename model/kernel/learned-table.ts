/**
 * The learned table: each step is learned once and then run without its generator.
 *
 * Between two yields a coroutine is a function from the cells it reads to the cells it writes and
 * its next step. The table keeps, for each (kind of coroutine, step), a tree (table/decision-tree.ts), and runs
 * a step by a walk down that tree.
 *
 * Where the walk comes to a branch that was never taken, a generator is brought to this very point: first to the
 * step (table/resume.ts), then, fed with what this walk has seen, to the branch. Then the world gets what the step has
 * stored so far, and from here on it works on the world, and what it does is added to the tree (table/recording.ts).
 *
 * A leaf also has the footprint of its step (table/footprint.ts): all that it looked at and changed, private cells aside.
 *
 * This is right exactly if a coroutine at a step is decided by the step and the cells. A local
 * variable that changes and lives across a yield breaks it, and learned-table.spec.ts shows that.
 * Variables may keep the values of its constant cells: each step looks at those first, and a path is taken
 * only from a coroutine that has the same in them.
 * What a coroutine knows of itself it must reach through itself, never through its id: cells of its
 * own slot are learned relative to the slot, those of others as they are.
 */
import type { Coroutine } from './coroutine.ts';
import type { Coroutines } from './coroutines.ts';
import { kindAt, pendingAt } from './slot.ts';
import { type Engine, HiddenState, nextStep } from './engine.ts';
import { ENDED, type Step } from './step.ts';
import { DecisionTree, LEAF, LEAF_FOOTPRINT, LEAF_NEXT, LEAF_OTHERS } from './table/decision-tree.ts';
import { type Footprint, Footprints, NO_FOOTPRINT } from './table/footprint.ts';
import { Recording } from './table/recording.ts';
import { Paths } from './table/resume.ts';
import type { World } from './world.ts';

export { type Footprint, NO_FOOTPRINT } from './table/footprint.ts';

export class LearnedTable implements Engine {
  /** How many steps ran, and for how many of them a generator was needed. */
  steps = 0;
  lessons = 0;

  readonly #coroutines: Coroutines;
  readonly #world: World;
  readonly #tree: DecisionTree;
  /** Where the tree of a (kind, step) begins; 0: nothing learned yet. */
  #roots = new Int32Array(0);
  readonly #stepEnd: number;
  readonly #recording: Recording;
  readonly #paths: Paths;
  readonly #footprints: Footprints;
  /** Of the step that ran last, before it is placed. */
  #latestFootprint = NO_FOOTPRINT;

  /** @param stepEnd one more than the largest step there can be */
  constructor(coroutines: Coroutines, stepEnd: number) {
    this.#coroutines = coroutines;
    this.#world = coroutines.world;
    this.#stepEnd = stepEnd;
    this.#tree = new DecisionTree(coroutines.world);
    this.#recording = new Recording(coroutines, this.#tree);
    this.#paths = new Paths(coroutines.world, this.#recording);
    this.#footprints = new Footprints(coroutines.all.length + 1);
  }

  begin(): void {
    this.#coroutines.begin();
  }

  step(coroutine: Coroutine): void {
    const { slot } = coroutine;
    this.steps++;
    this.#world.beginStep();
    this.#coroutines.beginStep(coroutine);
    const top = this.#roots[this.#rootOf(slot)] ?? 0;
    if (top === 0) return this.#learn(coroutine, 0);
    const at = this.#tree.run(top, slot);
    if (at < 0) return this.#learn(coroutine, -at);
    const { code } = this.#tree;
    this.#latestFootprint = code[at + LEAF_FOOTPRINT]!;
    this.#coroutines.endStep(coroutine, code[at + LEAF_NEXT]!, code[at + LEAF_OTHERS]);
  }

  /** By number; the first is that of a step which touches private cells only. */
  get footprints(): readonly Footprint[] {
    return this.#footprints.placed;
  }

  /**
   * The footprint of the coroutine's pending step, here and now, as a number. Only while the world is
   * tracking, for a step that has yet to be learned, or looks at what it stores, is run and taken back.
   */
  footprintOf(coroutine: Coroutine): number {
    const { code } = this.#tree;
    const root = this.#roots[this.#rootOf(coroutine.slot)] ?? 0;
    const at = root === 0 ? 0 : this.#tree.walk(root, coroutine.slot);
    return this.#footprints.placedFor(at > 0 && code[at] === LEAF ? code[at + LEAF_FOOTPRINT]! : this.#tryOut(coroutine), coroutine);
  }

  #tryOut(coroutine: Coroutine): number {
    const mark = this.#world.undoMark();
    const mask = this.#coroutines.readyMask;
    this.step(coroutine);
    this.#world.undoTo(mark);
    this.#coroutines.readyMask = mask;
    return this.#latestFootprint;
  }

  /**
   * Brings a generator once more to where `step` is its next, for who looks on. Nothing changes. @throws HiddenState if
   * it takes another way
   */
  bringAgainTo(coroutine: Coroutine, step: Step): void {
    try {
      this.#paths.bringTo(coroutine, step);
    } finally {
      this.#world.recorder = null;
    }
  }

  /** The number of the tree for the pending step of the coroutine with this slot. */
  #rootOf(slot: number): number {
    const { cells } = this.#world;
    return kindAt(cells, slot) * this.#stepEnd + pendingAt(cells, slot);
  }

  /** The tree of this number begins with what is added next. */
  #setRoot(root: number): void {
    if (this.#roots.length <= root) {
      const longer = new Int32Array((Math.floor(root / this.#stepEnd) + 1) * this.#stepEnd);
      longer.set(this.#roots);
      this.#roots = longer;
    }
    this.#roots[root] = this.#tree.top;
  }

  /**
   * Runs the rest of a step with a generator and adds it to the tree.
   * @param branchAt the look whose branch was never taken; 0: the step itself is new
   */
  #learn(coroutine: Coroutine, branchAt: number): void {
    this.lessons++;
    const world = this.#world;
    const recording = this.#recording;
    const step = coroutine.pending;
    const generator = this.#paths.bringTo(coroutine, step);
    const stoppedAt = branchAt === 0 ? null : { at: branchAt, value: this.#tree.seeAgain(branchAt, coroutine.slot) };
    if (stoppedAt === null) this.#setRoot(this.#rootOf(coroutine.slot));
    else this.#tree.addBranch(stoppedAt);

    recording.begin(coroutine, stoppedAt);
    world.recorder = recording;
    const next = nextStep(generator, (what) => {
      if (recording.isZero(world.misuseCell)) recording.write(world.misuseCell, what);
    });
    world.recorder = null;
    if (!recording.hasReachedWorld) throw new HiddenState(`${coroutine.name} did not come back to where its walk had stopped`);
    this.#coroutines.settle(coroutine, step, next, (cell, value) => recording.write(cell, value));
    this.#latestFootprint = this.#footprints.learned(recording.footprint(next === ENDED));
    recording.addLeaf(next, this.#latestFootprint);
    this.#coroutines.endStep(coroutine, next, recording.others);
    this.#paths.note(coroutine, step, next, recording.answers);
  }
}
