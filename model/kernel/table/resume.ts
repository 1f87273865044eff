/**
 * Brings a generator to a step: it is started anew and fed, instead of the world, what was seen on one path that once led
 * there. The path may have been another coroutine's of the same kind, with the same in its constant cells.
 */
import type { Coroutine, Run } from '../coroutine.ts';
import { kindAt } from '../slot.ts';
import { HiddenState, nextStep, startBody } from '../engine.ts';
import type { Step } from '../step.ts';
import type { World } from '../world.ts';
import type { Recording } from './recording.ts';

/** How a step was come to: from which step, and the answer to each look at the world on the way. */
interface Path {
  readonly from: Step | null;
  readonly answers: Int32Array;
}

export class Paths {
  readonly #world: World;
  readonly #recording: Recording;
  /** By kind and constant cells, then by step. */
  readonly #known = new Map<string, Map<Step, Path>>();

  constructor(world: World, recording: Recording) {
    this.#world = world;
    this.#recording = recording;
  }

  /** A coroutine has come from one step to the next. The first way there is kept. */
  note(coroutine: Coroutine, from: Step, next: Step, answers: Int32Array): void {
    const paths = this.#of(coroutine);
    if (!paths.has(next)) paths.set(next, { from, answers });
  }

  /**
   * A fresh generator of this coroutine, suspended where `step` is its next. The cells stay as they are.
   * @throws HiddenState if it takes another way
   */
  bringTo(coroutine: Coroutine, step: Step): Run {
    const paths = this.#of(coroutine);
    const way: { step: Step; answers: Int32Array }[] = [];
    let at = step;
    for (let path = paths.get(at); path !== undefined && path.from !== null; path = paths.get(at)) {
      way.push({ step: at, answers: path.answers });
      at = path.from;
    }
    if (!paths.has(at)) paths.set(at, { from: null, answers: new Int32Array(0) });
    const generator = startBody(coroutine, at);
    this.#world.recorder = this.#recording;
    for (const { step: expected, answers } of way.toReversed()) {
      this.#recording.rehearse(coroutine, answers);
      const came = nextStep(generator, () => {});
      if (came !== expected) throw new HiddenState(`${coroutine.name} took another way when it was run again`);
    }
    this.#world.recorder = null;
    return generator;
  }

  #of({ slot, constantCells }: Coroutine): Map<Step, Path> {
    const { cells } = this.#world;
    const key = [kindAt(cells, slot), ...constantCells.map((cell) => cells[cell])].join(' ');
    const paths = this.#known.get(key) ?? new Map<Step, Path>();
    this.#known.set(key, paths);
    return paths;
  }
}
