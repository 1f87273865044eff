/** One scenario under one setting, run again and again with schedules from elsewhere: replay, shrinking, explanation. */
import { Machine, type Setting, shapeOf } from '../../model/machine.ts';
import type { Step } from '../../model/kernel/step.ts';
import type { Scenario } from '../../model/scenario.ts';
import { Properties } from '../../properties/all.ts';
import type { RandomNumbers } from './random-numbers.ts';
import { type RunResult, Runner } from './run.ts';
import { Rounds } from './rounds.ts';
import type { ReadySteps, Strategy } from './strategy.ts';

/** A step of a schedule, by name: it means the same in a scenario with fewer requests. */
export interface NamedStep {
  readonly who: string;
  readonly step: Step;
}

/** A schedule of ids, by name. */
export function namedSchedule(scenario: Scenario, setting: Setting, schedule: readonly number[]): NamedStep[] {
  const machine = new Machine(shapeOf(scenario, setting));
  machine.load(scenario);
  machine.begin();
  return schedule.map((id) => {
    const coroutine = machine.coroutines.byId(id);
    const step = { who: machine.coroutineName(coroutine), step: coroutine.pending };
    machine.step(id);
    return step;
  });
}

/** Rounds are looked for on small disks: on large ones it takes long, and no search has found any. */
const ROUNDS_SECTORS_MAX = 64;

export class Experiment {
  readonly machine: Machine;
  readonly properties: Properties;
  readonly setting: Setting;
  readonly #runner: Runner;

  constructor(scenario: Scenario, setting: Setting) {
    this.setting = setting;
    this.machine = new Machine(shapeOf(scenario, setting));
    this.properties = new Properties(this.machine);
    this.machine.load(scenario);
    this.#runner = new Runner(this.machine, this.properties, null, scenario.disk.sectors <= ROUNDS_SECTORS_MAX ? new Rounds(this.machine) : null);
  }

  run(strategy: Strategy): RunResult {
    return this.#runner.run(strategy, NO_RANDOM);
  }

  /** Who ran at each step of the latest run of so many steps. */
  latest(steps: number): readonly number[] {
    return Array.from(this.#runner.schedule.subarray(0, steps));
  }
}

/** What is replayed is drawn by nobody. */
const NO_RANDOM: RandomNumbers = { below: drawn, bits: drawn };

function drawn(): never {
  throw new Error('a replay has drawn a random number');
}

/** Counts switches away from a coroutine that was ready; forced wakes are none. */
class Preemptions {
  count = 0;
  #last = 0;

  picked(ready: ReadySteps, id: number): void {
    if (id !== this.#last) for (let i = 0; i < ready.count; i++) if (ready.ids[i] === this.#last) this.count++;
    this.#last = id;
  }
}

/** What to do where a schedule says nothing: stay with the last coroutine, else take the first. */
function goOn(ready: ReadySteps, last: number): number {
  for (let i = 0; i < ready.count; i++) if (ready.ids[i] === last) return i;
  return 0;
}

/**
 * Follows a schedule as far as it can: of the steps that are left, the first that is ready runs.
 * Steps that never come are passed over; where none is ready the run goes on by itself. With
 * `whoever` the schedule is taken for an order of coroutines, whatever their steps have become.
 */
export class Prefer implements Strategy {
  readonly name = 'prefer';
  /** The steps that ran. */
  readonly ran: NamedStep[] = [];
  readonly #machine: Machine;
  readonly #left: NamedStep[];
  readonly #match: 'step' | 'whoever';
  readonly #preemptions = new Preemptions();
  #last = 0;

  constructor(machine: Machine, steps: readonly NamedStep[], match: 'step' | 'whoever' = 'step') {
    this.#machine = machine;
    this.#match = match;
    this.#left = [...steps];
  }

  get preemptions(): number {
    return this.#preemptions.count;
  }

  start(): void {}

  pick(ready: ReadySteps): number {
    const chosen = this.#preferred(ready) ?? goOn(ready, this.#last);
    this.#preemptions.picked(ready, ready.ids[chosen]!);
    return chosen;
  }

  done(id: number, step: Step): void {
    this.#last = id;
    this.ran.push({ who: this.#machine.coroutineName(this.#machine.coroutines.byId(id)), step });
  }

  #preferred(ready: ReadySteps): number | null {
    for (let k = 0; k < this.#left.length && k < LOOK_AHEAD; k++) {
      const { who, step } = this.#left[k]!;
      for (let i = 0; i < ready.count; i++) {
        if ((this.#match === 'step' && ready.step(i) !== step) || this.#machine.coroutineName(this.#machine.coroutines.byId(ready.ids[i]!)) !== who) continue;
        this.#left.splice(k, 1);
        return i;
      }
    }
    return null;
  }
}

/** Bounds the search in schedules of many thousand steps. */
const LOOK_AHEAD = 1_000;
