/**
 * How long a search may take. `--seconds` bounds the search, shrinking and proofs together, so a search that
 * goes on after a failure ends sooner, once it has found one: it leaves time to make it small.
 */
import { SHARE_WITH_FAILURES } from '../../search/campaign/verdict.ts';
import { msUntil } from './timers.ts';

export class SearchLimit {
  readonly #begin = Date.now();
  readonly #ms: number | null;
  readonly #keepGoing: boolean;
  readonly #onEnd = new Set<() => void>();
  #end: number;
  #timer: NodeJS.Timeout | undefined;

  /** It runs from now on. @param seconds null: no limit. @param keepGoing whether a failure does not end the search anyway */
  constructor(seconds: number | null, keepGoing: boolean) {
    this.#ms = seconds === null ? null : seconds * 1000;
    this.#keepGoing = keepGoing;
    this.#end = this.#begin + (this.#ms ?? Infinity);
    this.#setTimer();
  }

  get isOver(): boolean {
    return Date.now() >= this.#end;
  }

  /** Something has been found that takes time to be made small. */
  hasFound(): void {
    if (this.#ms === null || !this.#keepGoing) return;
    this.#end = this.#begin + this.#ms * SHARE_WITH_FAILURES;
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

  #setTimer(): void {
    clearTimeout(this.#timer);
    if (this.#end === Infinity) return;
    this.#timer = setTimeout(() => this.#onEnd.forEach((callback) => callback()), msUntil(this.#end));
  }
}
