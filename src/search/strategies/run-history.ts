/**
 * What the runs of a scenario were like so far, by any strategy: how often there was a choice, and how
 * many steps each coroutine took. PCT and URW must know about how long a run is before it begins.
 */
import type { ReadySteps } from './strategy.ts';

/** Before anything has run. */
const CHOICES_AT_FIRST = 64;
/** Another run of the scenario may be that much longer. */
const HEADROOM = 1.5;

export class RunHistory {
  /** In the current run: at how many steps so far more than one coroutine was ready. */
  choices = 0;
  /** The most of a run: of this scenario (0: none has run), and of any. */
  #mostHere = 0;
  #mostEver = 0;
  /** By id: steps of the current run, and of the latest one of this scenario. */
  #steps: number[] = [];
  #stepsBefore: number[] = [];

  newScenario(): void {
    this.newRun();
    this.#mostHere = 0;
    this.#stepsBefore.fill(0);
  }

  newRun(): void {
    this.#mostHere = Math.max(this.#mostHere, this.choices);
    this.#mostEver = Math.max(this.#mostEver, this.choices);
    this.choices = 0;
    [this.#steps, this.#stepsBefore] = [this.#stepsBefore, this.#steps];
    this.#steps.fill(0);
  }

  picking(ready: ReadySteps): void {
    if (ready.count > 1) this.choices++;
  }

  ran(id: number): void {
    while (this.#steps.length <= id) this.#steps.push(0);
    this.#steps[id]!++;
  }

  /** How many choices the next run has at most, unless all before it mislead. */
  get choicesExpected(): number {
    if (this.#mostHere > 0) return Math.ceil(this.#mostHere * HEADROOM);
    return this.#mostEver > 0 ? this.#mostEver : CHOICES_AT_FIRST;
  }

  /** How many steps a coroutine has still to go, going by the run before; 1 at least. */
  stepsLeft(id: number): number {
    return Math.max(1, (this.#stepsBefore[id] ?? 0) - (this.#steps[id] ?? 0));
  }
}
