/**
 * PCT: probabilistic concurrency testing (Burckhardt, Kothari, Musuvathi, Nagarakatte, ASPLOS 2010).
 * Each coroutine has a random priority, and the highest that is ready runs; at d - 1 random steps the
 * one that would run is put behind all others. A bug that takes d ordering constraints is found with
 * probability of at least 1 / (n k^(d-1)) a run, for n coroutines and k steps.
 *
 * Deviations: only contended steps (more than one ready) count towards k, as in shuttle; k is the most
 * that any run before had, so that runs which overshoot it void the guarantee, and are counted;
 * coroutines get their priority when they are first seen, which is a uniformly random rank.
 */
import type { RandomNumbers } from './random-numbers.ts';
import type { ReadySteps, Strategy } from './strategy.ts';

const STEPS_AT_FIRST = 16;
const UNSEEN = 0;

export class Pct implements Strategy {
  readonly name: string;
  readonly depth: number;
  /** Runs with more contended steps than the longest before them. */
  overshoots = 0;
  /** The most contended steps of a run so far, and the most coroutines. */
  steps = STEPS_AT_FIRST;
  coroutines = 0;
  #random!: RandomNumbers;
  /** By id: above `depth` until it is lowered; 0 for one not seen in this run. */
  readonly #priority: number[] = [];
  readonly #changes: number[] = [];
  #contended = 0;

  constructor(depth: number) {
    this.name = `pct ${depth}`;
    this.depth = depth;
  }

  start(random: RandomNumbers): void {
    this.#endRun();
    this.#random = random;
    this.#priority.fill(UNSEEN);
    this.#contended = 0;
    this.#changes.length = 0;
    while (this.#changes.length < Math.min(this.depth - 1, this.steps)) {
      const step = 1 + random.below(this.steps);
      if (!this.#changes.includes(step)) this.#changes.push(step);
    }
  }

  pick(ready: ReadySteps): number {
    let chosen = this.#highest(ready);
    if (ready.count === 1) return chosen;
    this.#contended++;
    const change = this.#changes.indexOf(this.#contended);
    if (change < 0) return chosen;
    this.#priority[ready.ids[chosen]!] = 1 + change; // below all that were not lowered, and distinct
    chosen = this.#highest(ready);
    return chosen;
  }

  done(): void {}

  /** The least probability a run, by the theorem, that it finds a bug of this depth. */
  get bound(): number {
    return 1 / (Math.max(1, this.coroutines) * this.steps ** (this.depth - 1));
  }

  #highest(ready: ReadySteps): number {
    let best = 0;
    for (let i = 0; i < ready.count; i++) if (this.#of(ready.ids[i]!) > this.#of(ready.ids[best]!)) best = i;
    return best;
  }

  #of(id: number): number {
    const known = this.#priority[id] ?? UNSEEN;
    if (known !== UNSEEN) return known;
    if (id > this.coroutines) this.coroutines = id;
    while (this.#priority.length <= id) this.#priority.push(UNSEEN);
    return (this.#priority[id] = this.depth + 1 + (this.#random.bits() >>> 0));
  }

  #endRun(): void {
    if (this.#contended <= this.steps) return;
    this.overshoots++;
    this.steps = this.#contended;
  }
}
