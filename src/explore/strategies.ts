/** The registry of strategies, by the name that `--strategy` takes. */
import { Pct } from './pct.ts';
import { Pos } from './pos.ts';
import { RandomWalk } from './random-walk.ts';
import type { RandomNumbers } from './random-numbers.ts';
import { StickyWalk } from './sticky-walk.ts';
import type { ReadySteps, Strategy } from './strategy.ts';

/** Each run is left to one of several strategies, drawn at random: no one of them finds everything. */
export class Portfolio implements Strategy {
  readonly name: string;
  readonly #members: readonly Strategy[];
  #current: Strategy;

  constructor(name: string, members: readonly Strategy[]) {
    this.name = name;
    this.#members = members;
    this.#current = members[0]!;
  }
  start(random: RandomNumbers): void {
    this.#current = this.#members[random.below(this.#members.length)]!;
    this.#current.start(random);
  }
  pick(ready: ReadySteps): number {
    return this.#current.pick(ready);
  }
  done(id: number, step: number): void {
    this.#current.done(id, step);
  }
  /** Which member has the current run. */
  get current(): string {
    return this.#current.name;
  }
}

const walks = (): Strategy[] => [new RandomWalk(), new StickyWalk(0.5), new StickyWalk(0.8), new StickyWalk(0.95)];

export const STRATEGIES: Readonly<Record<string, () => Strategy>> = {
  random: () => new RandomWalk(),
  sticky: () => new StickyWalk(0.8),
  pct: () => new Portfolio('pct', [new Pct(2), new Pct(3), new Pct(4)]),
  pos: () => new Pos(),
  portfolio: () => new Portfolio('portfolio', [...walks(), new Pct(2), new Pct(3), new Pct(4), new Pos()]),
};
