/**
 * A preemption is a switch from somebody who could go on to somebody else. What counts is for whom a coroutine works
 * (`Coroutines.principalOf`): between the tasks of one request there is none.
 */
import type { Coroutine } from '../../model/kernel/coroutine.ts';
import { NOBODY } from '../../model/kernel/slot.ts';

/** What preemptions ask of `Coroutines`. */
export interface Workers {
  byId(id: number): Coroutine;
  principalOf(coroutine: Coroutine): Coroutine;
}

export const principalOf = (workers: Workers, id: number): number => workers.principalOf(workers.byId(id)).id;

/** Whether one of the first `count` of these, who can run, works for this principal. */
export function canGoOn(workers: Workers, principal: number, ready: Int32Array, count: number): boolean {
  for (let i = 0; i < count; i++) if (principalOf(workers, ready[i]!) === principal) return true;
  return false;
}

/** Counts the preemptions of a run. */
export class Preemptions {
  count = 0;
  readonly #workers: Workers;
  /** The principal of the coroutine that ran last. */
  #last = NOBODY;

  constructor(workers: Workers) {
    this.#workers = workers;
  }

  /**
   * One of the first `count` of these, who can run, is about to.
   * @returns the id of the principal whom that interrupts; nobody: it is no preemption
   */
  picked(id: number, ready: Int32Array, count: number): number {
    const [last, next] = [this.#last, principalOf(this.#workers, id)];
    this.#last = next;
    if (last === NOBODY || last === next || !canGoOn(this.#workers, last, ready, count)) return NOBODY;
    this.count++;
    return last;
  }
}
