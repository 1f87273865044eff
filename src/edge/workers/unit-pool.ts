/** Worker threads for units: they start when the first unit has to run, for all of them may be known. */
import { Piscina } from 'piscina';
import type { UnitStore } from './unit-store.ts';

export class UnitPool<Job, Result> {
  readonly #make: () => Piscina<Job, Result>;
  readonly #units: UnitStore<Result>;
  readonly #stop: Int32Array;
  #pool: Piscina<Job, Result> | null = null;

  /** @param stop shared: not 0 once all is over, after which no result is whole */
  constructor(make: () => Piscina<Job, Result>, units: UnitStore<Result>, stop: Int32Array) {
    this.#make = make;
    this.#units = units;
    this.#stop = stop;
  }

  /** @returns what the unit comes to. It may reject before its turn comes, unheard */
  result(unit: number, job: () => Job): Promise<Result> {
    const result = this.#result(unit, job);
    result.catch(() => {});
    return result;
  }

  async #result(unit: number, job: () => Job): Promise<Result> {
    const known = this.#units.known(unit);
    if (known !== undefined) return known;
    this.#pool ??= this.#make();
    const result = await this.#pool.run(job());
    if (Atomics.load(this.#stop, 0) === 0) this.#units.keep(unit, result);
    return result;
  }

  async destroy(): Promise<void> {
    await this.#pool?.destroy();
  }
}
