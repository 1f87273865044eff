/**
 * URW: uniform random walk (selectively uniform concurrency testing, Zhao, Wolff, Mathur, Roychoudhury,
 * ASPLOS 2025). Each ready coroutine is picked in proportion to the steps that it has still to go, which
 * samples interleavings uniformly while nobody waits: a long coroutine does not trail behind short ones.
 *
 * Deviation: how far a coroutine has to go is what the run before took, of the same scenario; in the
 * first run all count the same. Selective sampling (SURW) is left out.
 */
import type { RunHistory } from './run-history.ts';
import type { RandomNumbers } from './random-numbers.ts';
import type { ReadySteps, Strategy } from './strategy.ts';

export class Urw implements Strategy {
  readonly name = 'urw';
  readonly #history: RunHistory;
  #random!: RandomNumbers;

  constructor(history: RunHistory) {
    this.#history = history;
  }

  start(random: RandomNumbers): void {
    this.#random = random;
  }

  pick(ready: ReadySteps): number {
    let all = 0;
    for (let i = 0; i < ready.count; i++) all += this.#history.stepsLeft(ready.ids[i]!);
    let left = Math.floor(((this.#random.bits() >>> 0) / 2 ** 32) * all);
    for (let i = 0; ; i++) {
      left -= this.#history.stepsLeft(ready.ids[i]!);
      if (left < 0) return i;
    }
  }

  done(): void {}
}
