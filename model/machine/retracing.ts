/**
 * Goes a way once more on the twin machine, by generators where the way was gone by the learned table, and the other
 * way round: it must come to the same cells. So the replay contract is asked for as long as an exhaustive search runs, which comes
 * back to states where no generator could go on from, and of each run that breaks a property.
 */
import { isSame } from '../kernel/comparing-engine.ts';
import { Dice } from './dice.ts';
import type { TwinMachine } from './twin-machine.ts';
import type { JobError } from '../families/custom/job-error.ts';
import { type Pair, neverTheSame } from './contract-broken.ts';

/** Every so many transitions a way is gone again, on an average; the first one of a scenario sooner. */
export const RETRACED_TRANSITIONS = 512;
const FIRST_RETRACED = 32;

export class Retracing {
  readonly #name: string;
  readonly #pair: Pair;
  readonly #dice = new Dice(1);

  constructor(name: string, pair: Pair) {
    this.#name = name;
    this.#pair = pair;
  }

  /** After how many transitions the next way is to be gone again. */
  nextIn(isFirst: boolean): number {
    return 1 + this.#dice.below(isFirst ? FIRST_RETRACED : 2 * RETRACED_TRANSITIONS);
  }

  /** @param way the ids of those who ran, one after the other, up to the state at hand @throws JobError */
  check(way: ArrayLike<number>): void {
    const twin = this.#pair.readyTwin();
    twin.begin();
    for (let i = 0; i < way.length; i++) {
      if (!twin.coroutines.isReady(way[i]!)) break; // and so they differ
      twin.step(way[i]!);
    }
    if (!isSame(this.#pair.machine.world, twin.world)) throw this.#broken(way, twin);
  }

  /** Both go it once more, side by side. */
  #broken(way: ArrayLike<number>, twin: TwinMachine): JobError {
    const { machine, broken } = this.#pair;
    for (const one of [machine, twin]) one.begin();
    for (let i = 0; i < way.length; i++) {
      const { pending: step } = twin.coroutines.byId(way[i]!);
      for (const one of [machine, twin]) one.step(way[i]!);
      if (!isSame(machine.world, twin.world)) return broken(way[i]!, step);
    }
    return neverTheSame(this.#name, 'a run came to something else');
  }
}
