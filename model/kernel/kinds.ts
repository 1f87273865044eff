/**
 * Which coroutines are of a kind: what the learned table has learned of one of them serves the others. A kind stands for
 * the code and for the objects that the code reaches, so two jobs of one class, each with its own disk, are of two kinds.
 */

/** What a coroutine has in common with others of its class. */
export interface Sharing {
  /**
   * The object through which the body reaches everything outside its own slot. Coroutines of one class with the same
   * environment are of a kind; absent: the coroutine is the only one of its kind.
   */
  readonly environment?: object;
  /** Among how many courses of the body the data of a run chooses (`Coroutine.loadInto`); absent: there is one. */
  readonly variants?: number;
}

export class Kinds {
  /** 0 is no kind, so that a slot that was not loaded is told. */
  #next = 1;
  readonly #known = new Map<unknown, Map<object, number>>();

  /**
   * @param code the class
   * @returns the first of as many numbers as there are variants
   */
  of(code: unknown, environment: object, variants: number): number {
    const ofCode = this.#known.get(code) ?? new Map<object, number>();
    this.#known.set(code, ofCode);
    let kind = ofCode.get(environment);
    if (kind === undefined) {
      kind = this.#next;
      this.#next += variants;
      ofCode.set(environment, kind);
    }
    return kind;
  }
}
