/**
 * Two ways to run a coroutine's next step. Both leave the same cells behind and the same next step
 * (machine.spec.ts holds them to it); which one is faster depends on the size of the disk.
 */
import type { Coroutine, Run } from './coroutine.ts';
import type { Coroutines } from './coroutines.ts';
import { ENDED, type Step } from './step.ts';
import { Misuse, SpinError } from './misuse.ts';

export interface Engine {
  /** A run begins: the world has been loaded. */
  begin(): void;
  /** Runs the pending step of a ready coroutine. */
  step(coroutine: Coroutine): void;
}

/** A coroutine is not decided by its step and the cells: it keeps something elsewhere. */
export class HiddenState extends Error {
  constructor(what: string) {
    super(`${what}: it keeps something outside the cells`);
  }
}

/** Runs the generators themselves: each goes on from where it yielded. */
export class GeneratorEngine implements Engine {
  readonly #coroutines: Coroutines;
  readonly #running: (Run | undefined)[] = [];
  /** By id: which of the coroutine's lives that is. */
  readonly #lives: number[] = [];

  readonly #store: (cell: number, value: number) => void;

  constructor(coroutines: Coroutines) {
    this.#coroutines = coroutines;
    const { world } = coroutines;
    this.#store = (cell, value) => world.store(cell, value);
  }

  begin(): void {
    this.#running.fill(undefined);
    this.#coroutines.begin();
  }

  step(coroutine: Coroutine): void {
    const { world } = this.#coroutines;
    const step = coroutine.pending;
    const running = this.#bodyOf(coroutine);
    world.beginStep();
    this.#coroutines.beginStep(coroutine);
    this.#coroutines.beginCode();
    const next = nextStep(running, (what) => {
      if (world.cells[world.misuseCell] === Misuse.none) world.store(world.misuseCell, what);
    });
    this.#coroutines.settle(coroutine, step, next, this.#store);
    this.#coroutines.endStep(coroutine, next);
  }

  /** Of a coroutine that has been spawned anew, a new one. */
  #bodyOf(coroutine: Coroutine): Run {
    const { id } = coroutine;
    const life = this.#coroutines.lifeOf(id);
    if (this.#lives[id] !== life) this.#running[id] = undefined;
    this.#lives[id] = life;
    return (this.#running[id] ??= startBody(coroutine, coroutine.pending));
  }
}

/** Calls a body up to its first yield, which must be the step it was asked to start with. */
export function startBody(coroutine: Coroutine, start: Step): Run {
  const body = coroutine.body(start);
  const first = body.next();
  if (first.done === true || first.value !== start) throw new HiddenState(`${coroutine.name} does not start with its first step`);
  return body;
}

/** Runs one step. A step that spins ends its coroutine, and `onSpin` is told. */
export function nextStep(running: Run, onSpin: (what: Misuse) => void): Step {
  try {
    const result = running.next();
    return result.done === true ? ENDED : result.value;
  } catch (error) {
    if (!(error instanceof SpinError)) throw error;
    onSpin(Misuse.spins);
    return ENDED;
  }
}
