/** Which of the numbers below `end` have not been visited; the others are skipped in nearly constant time. */
export class Unvisited {
  /** Where to look on: at itself if unvisited. `end` never is visited, so the search ends. */
  readonly #next: Int32Array;

  constructor(end: number) {
    this.#next = new Int32Array(end + 1);
    for (let n = 0; n <= end; n++) this.#next[n] = n;
  }

  /** The first unvisited one from `n` on, or `end`. */
  from(n: number): number {
    const next = this.#next;
    while (next[n] !== n) {
      next[n] = next[next[n]!]!; // halves the path for the next lookup
      n = next[n]!;
    }
    return n;
  }

  visit(n: number): void {
    this.#next[n] = n + 1;
  }
}
