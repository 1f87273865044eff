/** Random walk: every ready step is as likely as any other. Finds shallow races at once and starvation-shaped ones never. */
import type { RandomNumbers } from './random-numbers.ts';
import type { ReadySteps, Strategy } from './strategy.ts';

export class RandomWalk implements Strategy {
  readonly name = 'random';
  #random!: RandomNumbers;

  start(random: RandomNumbers): void {
    this.#random = random;
  }
  pick(ready: ReadySteps): number {
    return this.#random.below(ready.count);
  }
  done(): void {}
}
