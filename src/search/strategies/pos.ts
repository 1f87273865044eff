/**
 * POS: partial order sampling (Yuan, Yang, Gu, CAV 2018). Each pending step has a random priority, and
 * the highest that is ready runs; its coroutine's next step gets a fresh one, and so does every pending
 * step that races with it.
 *
 * Deviation: which steps race is told by their number. Two that are about different clusters, or take effect
 * at different sectors, are taken not to race; all others race. This is coarser than footprints and costs nothing.
 */
import { ENDED, type Step, atOf, nameOf } from '../../../model/kernel/step.ts';
import type { RandomNumbers } from './random-numbers.ts';
import type { ReadySteps, Strategy } from './strategy.ts';

const NONE = -1;

export class Pos implements Strategy {
  readonly name = 'pos';
  #random!: RandomNumbers;
  /** By id: of its pending step; NONE if that has none yet. */
  readonly #priority: number[] = [];
  readonly #pending: Step[] = [];

  start(random: RandomNumbers): void {
    this.#random = random;
    this.#priority.length = 0;
    this.#pending.length = 0;
  }

  pick(ready: ReadySteps): number {
    let best = 0;
    for (let i = 0; i < ready.count; i++) {
      const id = ready.ids[i]!;
      for (let next = this.#priority.length; next <= id; next++) {
        this.#priority[next] = NONE;
        this.#pending[next] = ENDED;
      }
      this.#pending[id] = ready.step(i);
      if (this.#priority[id] === NONE) this.#priority[id] = this.#random.bits() >>> 0;
      if (this.#priority[id]! > this.#priority[ready.ids[best]!]!) best = i;
    }
    return best;
  }

  done(id: number, step: Step): void {
    for (let other = 0; other < this.#priority.length; other++)
      if (other === id || mayRace(step, this.#pending[other]!)) this.#priority[other] = NONE;
  }
}

function mayRace(a: Step, b: Step): boolean {
  const { at } = nameOf(a);
  return at !== nameOf(b).at || at === 'nothing' || at === 'sector' || atOf(a) === atOf(b);
}
