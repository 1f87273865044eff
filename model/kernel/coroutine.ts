/**
 * A coroutine (reference: qemu-1.6 A.3) is written as a generator that yields its next step. What it owns lies in a slot of
 * cells, the same layout for every coroutine of a kind.
 */
import { isSleep } from './guard.ts';
import type { Kinds, Sharing } from './kinds.ts';
import { ASLEEP, BLOCKERS, KIND, PENDING, PRINCIPAL, QUEUE_NEXT, RUN_NEXT, SELF, SLOT_CELLS, WOKEN } from './slot.ts';
import { ENDED, type Step, type StepName, guardOf, stepOf } from './step.ts';
import type { World } from './world.ts';

/** What a coroutine's body is: it yields steps and may hand a result to the body that called it. */
export type Run<Result = void> = Generator<Step, Result, void>;

/** Where a coroutine is registered when it is made (coroutines.ts). */
export interface Registry {
  readonly world: World;
  readonly kinds: Kinds;
  /** @returns its id: 1, 2, 3 ... in the order of creation */
  add(coroutine: Coroutine): number;
}

export interface CoroutineOptions extends Sharing {
  /** Whether other coroutines start it, and start it again after its end (`Coroutines.spawn`). */
  readonly isTask?: boolean;
}

export abstract class Coroutine {
  readonly world: World;
  /** 1, 2, 3 ... in the order of creation; 0 stands for nobody. */
  readonly id: number;
  readonly name: string;
  readonly slot: number;
  readonly slotCells: number;
  readonly isTask: boolean;
  /** Of a task: the one coroutine for which it is ever started; null: that may be anybody. A fact of the machine, not of a run. */
  home: Coroutine | null = null;
  /** The kind of the first variant. */
  readonly #kind: number;
  /** Cells that hold the same from the first step to the last, so that a body may keep their values in variables across yields. */
  readonly constantCells: readonly number[] = [];

  /** @param moreCells how many cells of its slot are for the subclass */
  constructor(coroutines: Registry, name: string, moreCells: number, { environment, variants = 1, isTask = false }: CoroutineOptions = {}) {
    this.world = coroutines.world;
    this.name = name;
    this.isTask = isTask;
    this.slotCells = SLOT_CELLS + (isTask ? 1 : 0) + moreCells;
    this.slot = this.world.alloc(name, this.slotCells);
    this.id = coroutines.add(this);
    this.#kind = coroutines.kinds.of(new.target, environment ?? this, variants);
  }

  /** The body, from its first step on. Called anew for every run, so it must keep nothing between calls. */
  abstract body(start: Step): Run;

  step(name: StepName, at = 0): Step {
    return stepOf(name, at);
  }

  get selfCell(): number {
    return this.slot + SELF;
  }
  get queueNextCell(): number {
    return this.slot + QUEUE_NEXT;
  }
  get runNextCell(): number {
    return this.slot + RUN_NEXT;
  }
  get blockersCell(): number {
    return this.slot + BLOCKERS;
  }
  get asleepCell(): number {
    return this.slot + ASLEEP;
  }

  /** The cell with the id of the coroutine for which this one works: for a task, the one that had it started; else itself. */
  get principalCell(): number {
    return this.slot + (this.isTask ? PRINCIPAL : SELF);
  }
  /** Whether it is a task that may be spawned. */
  get isFree(): boolean {
    return this.world.isZero(this.principalCell);
  }

  /** After a sleep that is `timed`: somebody woke me, and not the timer. */
  get wasWoken(): boolean {
    return !this.world.isZero(this.slot + WOKEN);
  }

  /** After a wait or a sleep: I run, so I am no longer woken. */
  forgetWake(): void {
    this.world.write(this.slot + WOKEN, 0);
  }

  /**
   * Before a run: where it starts, and how many things must end first.
   * @param start `ENDED`: it takes no part in the run, or is a task that waits to be spawned
   * @param variant which course of its body it takes where its steps and cells do not tell; below `Sharing.variants`
   */
  loadInto(cells: Int32Array, start: Step, blockers = 0, variant = 0): void {
    cells[this.slot + KIND] = this.#kind + variant;
    cells[this.slot + PENDING] = start;
    cells[this.slot + SELF] = this.id;
    cells[this.slot + BLOCKERS] = blockers;
    if (this.isTask && start !== ENDED) cells[this.principalCell] = this.id;
    cells[this.slot + ASLEEP] = isSleep(guardOf(start)) ? 1 : 0;
  }

  // For engines and observers: what can be seen from outside.

  get variant(): number {
    return this.world.cells[this.slot + KIND]! - this.#kind;
  }

  get pending(): Step {
    return this.world.cells[this.slot + PENDING]!;
  }
  get hasEnded(): boolean {
    return this.pending === ENDED;
  }
}
