/**
 * Runs coroutines, and beside them the same steps the other way on a twin world: generators beside the learned table, or the
 * table beside generators. As long as both leave the same cells behind, coroutines are decided by their steps and the cells,
 * which the table builds on (learned-table.ts). Nothing in the kernel can mend one that keeps something in a field or a
 * variable of JavaScript, and such a one may do no harm until two coroutines have equal cells; so runs are compared for as
 * long as there are runs, as many as a budget allows.
 */
import type { Coroutine } from './coroutine.ts';
import type { Engine } from './engine.ts';
import type { Step } from './step.ts';
import type { World } from './world.ts';

/** Another world of the same layout, and what runs on it. */
export interface Twin {
  readonly world: World;
  /** For how many steps the learned table has needed a generator so far. */
  readonly lessons: number;
  begin(): void;
  step(id: number): void;
}

/** A world, and what its runs are compared with. */
export interface Compared {
  readonly world: World;
  /** With the scenario that is loaded now, to run the other way. */
  readonly readyTwin: () => Twin;
  /** What is thrown where the two part in this step. */
  readonly parted: (id: number, step: Step) => Error;
}

/** What observers keep comes behind the cells of the model, and the twin may have no observers. */
export function isSame({ cells }: World, { cells: twins }: World): boolean {
  for (let i = 0; i < twins.length; i++) if (cells[i] !== twins[i]) return false;
  return true;
}

// What is dear, as a number of steps.
const LESSON_STEPS = 30;
const TWIN_STEPS = 500;

/** How much is compared of all that runs, in however many worlds. */
export class ComparingBudget {
  /** So many steps are compared whatever it costs. */
  readonly first: number;
  readonly #part: number;
  #agreed = 0;
  #ran = 0;
  #spent = 0;

  /** @param part what comparing may cost after the first steps, as a part of what runs */
  constructor({ first, part }: { first: number; part: number }) {
    this.first = first;
    this.#part = part;
  }

  /** Whether the first steps have agreed. */
  get isProven(): boolean {
    return this.#agreed >= this.first;
  }
  get allows(): boolean {
    return this.#spent <= this.#ran * this.#part;
  }

  ran(): void {
    this.#ran++;
  }
  agreed(): void {
    this.#agreed++;
  }
  spendOnTwin(): void {
    this.#spent += TWIN_STEPS;
  }
  spendOnStep(lessons: number): void {
    this.#spent += 1 + LESSON_STEPS * lessons;
  }
}

export class ComparingEngine implements Engine {
  readonly #engine: Engine;
  readonly #compared: Compared;
  readonly #budget: ComparingBudget;
  /** Of the run at hand; null: it is not compared. */
  #twin: Twin | null = null;
  #agreed = 0;
  /** Every run of this world is compared until enough steps of its own have agreed. */
  #mustAgree = false;
  /** Whether the run at hand is compared at no cost, for nothing is known yet; and whether any was that is not. */
  #isFree = false;
  #hasSpent = false;

  /** @param engine the world's own, whose runs these are */
  constructor(engine: Engine, compared: Compared, budget: ComparingBudget) {
    this.#engine = engine;
    this.#compared = compared;
    this.#budget = budget;
  }

  /** Whether as many steps of this world as the budget has first ones have agreed. */
  get hasAgreed(): boolean {
    return this.#agreed >= this.#budget.first;
  }

  /** From here on every run is compared until that is so. */
  compareUntilAgreed(): void {
    this.#mustAgree = true;
  }

  begin(): void {
    this.#engine.begin();
    const budget = this.#budget;
    this.#isFree = !this.hasAgreed && (this.#mustAgree || !budget.isProven);
    const isDue = this.#isFree || budget.allows;
    this.#twin = isDue ? this.#compared.readyTwin() : null;
    this.#twin?.begin();
    if (this.#isFree || !isDue || this.#hasSpent) return;
    this.#hasSpent = true;
    budget.spendOnTwin();
  }

  step(coroutine: Coroutine): void {
    const twin = this.#twin;
    if (twin === null) {
      this.#engine.step(coroutine);
      this.#budget.ran();
      return;
    }
    const step = coroutine.pending;
    this.#engine.step(coroutine);
    this.#budget.ran();
    const { lessons } = twin;
    try {
      twin.step(coroutine.id);
    } catch {
      throw this.#compared.parted(coroutine.id, step); // here it ran, and there it could not
    }
    if (!isSame(this.#compared.world, twin.world)) throw this.#compared.parted(coroutine.id, step);
    this.#agreed++;
    this.#budget.agreed();
    if (!this.#isFree) this.#budget.spendOnStep(twin.lessons - lessons);
  }
}
