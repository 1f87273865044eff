/** Where the parts of an outcome come from: which worker has run how many units. */
const NAMED_MAX = 10;

export class Origin {
  readonly #units = new Map<string, number>();
  readonly #comparesSome: boolean;
  #again = 0;

  /** @param comparesSome whether some units run here as well */
  constructor(comparesSome: boolean) {
    this.#comparesSome = comparesSome;
  }

  /** @param by `host:pid` */
  ran(by: string): void {
    this.#units.set(by, (this.#units.get(by) ?? 0) + 1);
  }

  /** A unit has run here as well, and came to the same. */
  ranAgain(): void {
    this.#again++;
  }

  inWords(): string {
    const workers = [...this.#units].toSorted(([, a], [, b]) => b - a);
    const named = workers.slice(0, NAMED_MAX).map(([by, units]) => `${by} (${units})`);
    const more = workers.length > NAMED_MAX ? [`${workers.length - NAMED_MAX} more`] : [];
    const again = this.#comparesSome ? `; run again here, with the same result: ${this.#again}` : '';
    return `units were run by ${[...named, ...more].join(', ')}${again}`;
  }
}
