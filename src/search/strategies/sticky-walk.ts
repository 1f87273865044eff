/**
 * Sticky walk: stays with the coroutine that ran last with probability `stay`, where it is ready,
 * and otherwise picks at random. Few preemptions, so long runs of one coroutine: starvation.
 */
import type { RandomNumbers } from './random-numbers.ts';
import type { ReadySteps, Strategy } from './strategy.ts';

const RESOLUTION = 65_536;

export class StickyWalk implements Strategy {
  readonly name: string;
  readonly #stay: number;
  #random!: RandomNumbers;
  #last = 0;

  constructor(stay: number) {
    this.name = `sticky ${stay}`;
    this.#stay = Math.round(stay * RESOLUTION);
  }

  start(random: RandomNumbers): void {
    this.#random = random;
    this.#last = 0;
  }
  pick(ready: ReadySteps): number {
    if (this.#random.below(RESOLUTION) < this.#stay) {
      for (let i = 0; i < ready.count; i++) if (ready.ids[i] === this.#last) return i;
    }
    return this.#random.below(ready.count);
  }
  done(id: number): void {
    this.#last = id;
  }
}
