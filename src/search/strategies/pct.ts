/**
 * PCT: probabilistic concurrency testing (Burckhardt, Kothari, Musuvathi, Nagarakatte, ASPLOS 2010).
 * Each coroutine has a random priority, and the highest that is ready runs; at d - 1 random steps the
 * one that would run is put behind all others. A bug that takes d ordering constraints is found with
 * probability of at least 1 / (n k^(d-1)) a run, for n coroutines and k steps.
 *
 * Deviations: only steps with a choice (more than one coroutine ready) count towards k, as in shuttle;
 * k goes by what runs of the same scenario had, by any strategy (run-history.ts), and for the first one
 * by all runs before; a run that overshoots it voids the guarantee, and is counted. Coroutines get their
 * priority when they are first seen, which is a uniformly random rank. No step here polls, so none yields.
 */
import type { RunHistory } from './run-history.ts';
import type { RandomNumbers } from './random-numbers.ts';
import type { DepthBound, ReadySteps, Strategy } from './strategy.ts';

const UNSEEN = 0;
/** Ids are smaller. They make priorities distinct. */
const IDS_END = 65_536;

export class Pct implements Strategy {
  readonly name: string;
  readonly #depth: number;
  readonly #history: RunHistory;
  #random!: RandomNumbers;
  /** By id: at least `depth` until it is lowered; 0 for one not seen in this run. */
  readonly #priority: number[] = [];
  readonly #changes: number[] = [];
  /** Of the current run: k as it was taken to be, choices so far, coroutines seen. */
  #steps = 0;
  #choices = 0;
  #coroutines = 0;
  readonly #bound: { -readonly [K in keyof DepthBound]: DepthBound[K] };

  constructor(depth: number, history: RunHistory) {
    this.name = `pct ${depth}`;
    this.#depth = depth;
    this.#history = history;
    this.#bound = { depth, coroutines: 0, steps: 0, runs: 0, overshoots: 0, logMiss: 0 };
  }

  start(random: RandomNumbers): void {
    this.#endRun();
    this.#random = random;
    this.#priority.fill(UNSEEN);
    this.#choices = 0;
    this.#coroutines = 0;
    this.#steps = Math.max(this.#history.choicesExpected, this.#depth - 1);
    this.#changes.length = 0;
    while (this.#changes.length < this.#depth - 1) {
      const step = 1 + this.#random.below(this.#steps);
      if (!this.#changes.includes(step)) this.#changes.push(step);
    }
  }

  pick(ready: ReadySteps): number {
    const wouldRun = this.#highest(ready);
    if (ready.count === 1) return wouldRun;
    const change = this.#changes.indexOf(++this.#choices);
    if (change < 0) return wouldRun;
    this.#priority[ready.ids[wouldRun]!] = 1 + change; // below all that were not lowered, and distinct
    return this.#highest(ready);
  }

  done(): void {}

  bounds(): DepthBound[] {
    this.#endRun();
    return [{ ...this.#bound }];
  }

  #highest(ready: ReadySteps): number {
    let best = 0;
    for (let i = 0; i < ready.count; i++) if (this.#of(ready.ids[i]!) > this.#of(ready.ids[best]!)) best = i;
    return best;
  }

  #of(id: number): number {
    const known = this.#priority[id] ?? UNSEEN;
    if (known !== UNSEEN) return known;
    this.#coroutines++;
    while (this.#priority.length <= id) this.#priority.push(UNSEEN);
    return (this.#priority[id] = this.#depth + (this.#random.bits() >>> 0) * IDS_END + id);
  }

  /** Counts the run, once. */
  #endRun(): void {
    if (this.#coroutines === 0) return;
    const bound = this.#bound;
    bound.runs++;
    bound.coroutines = Math.max(bound.coroutines, this.#coroutines);
    bound.steps = Math.max(bound.steps, this.#steps);
    if (this.#choices > this.#steps) bound.overshoots++;
    else bound.logMiss += Math.log1p(-1 / (this.#coroutines * this.#steps ** (this.#depth - 1)));
    this.#coroutines = 0;
  }
}
