/** Runs out some time after an abort: workers that have not come to an end by then are given up. */
export class Patience {
  readonly #signal: AbortSignal;
  readonly #ms: number;
  #timer: NodeJS.Timeout | undefined;
  #resolve!: (value: null) => void;
  /** Resolves to null when it has run out. */
  readonly end = new Promise<null>((resolve) => {
    this.#resolve = resolve;
  });

  constructor(signal: AbortSignal, ms: number) {
    this.#signal = signal;
    this.#ms = ms;
    signal.addEventListener('abort', this.begin, { once: true });
    if (signal.aborted) this.begin();
  }

  readonly begin = (): void => {
    this.#timer ??= setTimeout(() => this.#resolve(null), this.#ms);
  };

  /** Once all has come to an end. */
  forget(): void {
    clearTimeout(this.#timer);
    this.#signal.removeEventListener('abort', this.begin);
  }
}
