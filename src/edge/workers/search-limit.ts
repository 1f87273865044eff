/**
 * How long a search may take. `--seconds` bounds the search, shrinking and proofs together, so a search that
 * goes on after a failure ends sooner, once it has found one: it leaves time to make it small.
 */
import { SHARE_WITH_FAILURES } from '../../search/campaign/verdict.ts';
import { msUntil } from './timers.ts';

export class SearchLimit {
  readonly #ms: number | null;
  readonly #keepGoing: boolean;
  readonly #onEnd = new Set<() => void>();
  /** Null: it has not begun. */
  #begin: number | null = null;
  #share = 1;
  #timer: NodeJS.Timeout | undefined;

  /** @param seconds null: no limit. @param keepGoing whether a failure does not end the search anyway */
  constructor(seconds: number | null, keepGoing: boolean) {
    this.#ms = seconds === null ? null : seconds * 1000;
    this.#keepGoing = keepGoing;
  }

  /** The first unit runs, or the next one does: those that are known from before cost none of the time. */
  begin(): void {
    if (this.#begin !== null) return;
    this.#begin = Date.now();
    this.#setTimer();
  }

  get isOver(): boolean {
    return Date.now() >= this.#end;
  }

  /** Something has been found that takes time to be made small. */
  hasFound(): void {
    if (!this.#keepGoing) return;
    this.#share = SHARE_WITH_FAILURES;
    this.#setTimer();
  }

  /** @param callback called when the time is over, if it has not been cleared by then */
  onEnd(callback: () => void): void {
    this.#onEnd.add(callback);
  }

  clear(): void {
    clearTimeout(this.#timer);
    this.#onEnd.clear();
  }

  get #end(): number {
    return this.#begin === null || this.#ms === null ? Infinity : this.#begin + this.#ms * this.#share;
  }

  #setTimer(): void {
    clearTimeout(this.#timer);
    if (this.#end === Infinity) return;
    this.#timer = setTimeout(() => this.#onEnd.forEach((callback) => callback()), msUntil(this.#end));
  }
}
