/** The units of a search: those that are known need not run, and those that ran are kept. */
import type { MORE_ROOM, UnitRunner } from './unit-runner.ts';
import type { UnitStore } from './unit-store.ts';

export class UnitPool<Job, Result> {
  readonly #runner: UnitRunner<Job, Result>;
  readonly #units: UnitStore<Result>;
  readonly #stop: Int32Array;

  /** @param stop shared: not 0 once all is over, after which no result is whole */
  constructor(runner: UnitRunner<Job, Result>, units: UnitStore<Result>, stop: Int32Array) {
    this.#runner = runner;
    this.#units = units;
    this.#stop = stop;
  }

  /** As `UnitRunner` has it. */
  room(underWay: number): number {
    return this.#runner.room(underWay);
  }

  /** @returns what the unit comes to. It may reject before its turn comes, unheard */
  result(unit: number, job: () => Job): Promise<Result> {
    const result = this.#result(unit, job);
    result.catch(() => {});
    return result;
  }

  /** The first to come of a result, the end of patience, and room for more units. */
  next(result: Promise<Result>, end: Promise<null>): Promise<Result | null | typeof MORE_ROOM> {
    const room = this.#runner.moreRoom();
    return Promise.race(room === null ? [result, end] : [result, end, room]);
  }

  async #result(unit: number, job: () => Job): Promise<Result> {
    const known = this.#units.known(unit);
    if (known !== undefined) return known;
    const result = await this.#runner.run(unit, job());
    if (Atomics.load(this.#stop, 0) === 0) this.#units.keep(unit, result);
    return result;
  }

  destroy(): Promise<void> {
    return this.#runner.destroy();
  }
}
