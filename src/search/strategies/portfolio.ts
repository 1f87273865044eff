/** Each run is left to one of several strategies, drawn at random: no one of them finds everything. All of them learn from it. */
import type { RunHistory } from './run-history.ts';
import type { RandomNumbers } from './random-numbers.ts';
import type { DepthBound, ReadySteps, Strategy } from './strategy.ts';
import type { Step } from '../../../model/kernel/step.ts';

export class Portfolio implements Strategy {
  readonly name: string;
  readonly #members: readonly Strategy[];
  readonly #history: RunHistory;
  #current: Strategy;

  /** @param past what the members go by, if they go by anything */
  constructor(name: string, members: readonly Strategy[], history: RunHistory) {
    this.name = name;
    this.#members = members;
    this.#history = history;
    this.#current = members[0]!;
  }
  newScenario(): void {
    this.#history.newScenario();
  }
  start(random: RandomNumbers): void {
    this.#history.newRun();
    this.#current = this.#members[random.below(this.#members.length)]!;
    this.#current.start(random);
  }
  pick(ready: ReadySteps): number {
    this.#history.picking(ready);
    return this.#current.pick(ready);
  }
  done(id: number, step: Step): void {
    this.#history.ran(id);
    this.#current.done(id, step);
  }
  bounds(): DepthBound[] {
    return this.#members.flatMap((member) => member.bounds?.() ?? []);
  }
  /** Which member has the current run. */
  get current(): string {
    return this.#current.name;
  }
}
