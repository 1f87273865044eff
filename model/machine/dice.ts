/** Which runs are compared, and in which order: any will do, as long as it is the same every time. */
export class Dice {
  #state: number;

  constructor(seed: number) {
    this.#state = seed;
  }

  /** @returns a whole number from 0 up to `count`, exclusive */
  below(count: number): number {
    this.#state = (Math.imul(this.#state, 1_664_525) + 1_013_904_223) >>> 0; // Numerical Recipes
    return (this.#state >>> 16) % count;
  }
}
