/** Who goes next in a case: a strategy's choice, or what a trace says. */
import { type Step, defineStep, stepOf } from '../../../../model/kernel/step.ts';
import { meaning } from '../../../../model/meaning.ts';
import type { RandomNumbers } from '../../../search/strategies/random-numbers.ts';
import type { ReadySteps, Strategy } from '../../../search/strategies/strategy.ts';
import type { TraceStep } from '../../../trace/format.ts';
import type { Role } from '../disks/role.ts';
import type { Actor } from './actor.ts';

export interface Picker {
  /** @returns an index into `ready`, which has one at least; -1: nobody, the case is over */
  pick(ready: readonly Actor[]): number;
  /** The picked one has gone on. */
  done(actor: Actor): void;
}

/** Strategies tell coroutines apart, not what QEMU does in a step. */
const REAL: Step = stepOf(meaning(defineStep('qemu', 'nothing'), { words: 'qemu' }), 0);

export function byStrategy(strategy: Strategy, random: RandomNumbers): Picker {
  strategy.newScenario?.();
  strategy.start(random);
  const asReadySteps = (ready: readonly Actor[]): ReadySteps => ({
    count: ready.length,
    ids: Int32Array.from(ready, ({ id }) => id),
    step: () => REAL,
  });
  return { pick: (ready) => strategy.pick(asReadySteps(ready)), done: ({ id }) => strategy.done(id, REAL) };
}

/** Follows a schedule to the letter, as far as that goes. */
export class Follow implements Picker {
  readonly #steps: readonly TraceStep[];
  #at = 0;
  /** What could have run where the schedule could not be followed. */
  ready: readonly string[] | null = null;

  constructor(steps: readonly TraceStep[]) {
    this.#steps = steps;
  }

  /** How many of its steps have run. */
  get followed(): number {
    return this.#at;
  }

  pick(ready: readonly Actor[]): number {
    const step = this.#steps[this.#at];
    if (step === undefined) return -1;
    const found = ready.findIndex(({ who, what }) => who === step.who && what === step.what);
    if (found < 0) this.ready = ready.map(({ who, what }) => `${who}: ${what}`);
    return found;
  }

  done(): void {
    this.#at++;
  }
}

/** Follows a schedule as well as it can: what is not there is passed over, and at its end the oldest goes on. */
export class FollowLoosely implements Picker {
  readonly #steps: TraceStep[];

  constructor(steps: readonly TraceStep[]) {
    this.#steps = [...steps];
  }

  pick(ready: readonly Actor[]): number {
    for (const [i, { who, what }] of this.#steps.entries()) {
      const found = ready.findIndex((actor) => actor.who === who && actor.what === what);
      if (found < 0) continue;
      this.#steps.splice(i, 1);
      return found;
    }
    return 0;
  }

  done(): void {}
}

/** Requests of one role go ahead of all others, or behind them; among the rest another picker chooses. */
export class Ranked implements Picker {
  readonly #others: Picker;
  readonly #role: Role;
  readonly #when: 'first' | 'last';

  constructor(others: Picker, role: Role, when: 'first' | 'last') {
    this.#others = others;
    this.#role = role;
    this.#when = when;
  }

  pick(ready: readonly Actor[]): number {
    const ofRole = ready.filter(({ held }) => held?.role === this.#role);
    const others = ready.filter(({ held }) => held?.role !== this.#role);
    const ahead = this.#when === 'first' ? ofRole : others;
    const among = ahead.length > 0 ? ahead : ready;
    return ready.indexOf(among[this.#others.pick(among)]!);
  }

  done(actor: Actor): void {
    this.#others.done(actor);
  }
}
