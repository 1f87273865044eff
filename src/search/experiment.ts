/** One scenario under one setting, run again and again with schedules from elsewhere: replay, shrinking, explanation. */
import { Machine } from '../../model/machine/machine.ts';
import { type Setting, shapeOf } from '../../model/machine/shape.ts';
import type { Step } from '../../model/kernel/step.ts';
import type { Scenario } from '../../model/scenario/scenario.ts';
import { Properties } from '../../properties/all.ts';
import { Preemptions } from './preemption.ts';
import type { RandomNumbers } from './strategies/random-numbers.ts';
import { type RunResult, Runner } from './run.ts';
import { CycleDetector } from './cycle-detector.ts';
import type { ReadySteps, Strategy } from './strategies/strategy.ts';

/** A step of a schedule, by name: it means the same in a scenario with fewer requests. */
export interface NamedStep {
  readonly who: string;
  readonly step: Step;
}

/** A schedule of ids, by name. @param setting with which it was found: ids depend on how many requests there is room for */
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

/** Cycles are looked for on small disks: on large ones it takes long, and no search has found any. */
const CYCLE_SECTORS_MAX = 64;

/**
 * Looks in a run that came to its limit of steps for a state to which it came back.
 * @param schedule the ids of its coroutines @param setting with which it was run
 * @returns after how many steps it was back; null: it never was, or the disk is too large to tell
 */
export function cycleIn(scenario: Scenario, setting: Setting, schedule: Iterable<number>): number | null {
  if (scenario.disk.sectors > CYCLE_SECTORS_MAX) return null;
  const machine = new Machine(shapeOf(scenario, setting));
  machine.load(scenario);
  const detector = new CycleDetector(machine);
  machine.begin();
  detector.begin();
  let steps = 0;
  for (const id of schedule) {
    if (!machine.coroutines.isReady(id)) return null; // it goes otherwise when it is run again
    machine.step(id);
    steps++;
    if (detector.after() !== null) return steps;
  }
  return null;
}

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
    this.#runner = new Runner(
      this.machine,
      this.properties,
      null,
      scenario.disk.sectors <= CYCLE_SECTORS_MAX ? new CycleDetector(this.machine) : null,
    );
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

/** What to do where a schedule says nothing: stay with the last coroutine, else take the first. */
function goOn(ready: ReadySteps, last: number): number {
  for (let i = 0; i < ready.count; i++) if (ready.ids[i] === last) return i;
  return 0;
}

/**
 * Follows a schedule as far as it can: of the steps that are left, the first that is ready runs.
 * Steps that never come are passed over; where none is ready the run goes on by itself. With
 * `coroutine` the schedule is taken for an order of coroutines, whatever their steps have become.
 */
export class BestEffortReplay implements Strategy {
  readonly name = 'prefer';
  /** The steps that ran. */
  readonly ran: NamedStep[] = [];
  readonly #machine: Machine;
  readonly #match: 'step' | 'coroutine';
  /** The id of the principal whom the latest step interrupts; nobody: that is no preemption. */
  interrupted = NOBODY;
  readonly #preemptions: Preemptions;
  readonly #steps: readonly NamedStep[];
  /** For each step of the schedule: the id of its coroutine, and whether it has run. A schedule may have many thousand. */
  readonly #ids: Int32Array;
  readonly #hasRun: Uint8Array;
  /** All steps before this one have run. */
  #first = 0;
  /** By id: where the coroutine stands among those that are ready, counted from 1; 0: it is not ready. */
  readonly #readyAt: Int32Array;
  #last = 0;

  constructor(machine: Machine, steps: readonly NamedStep[], match: 'step' | 'coroutine' = 'step') {
    this.#machine = machine;
    this.#match = match;
    this.#steps = steps;
    this.#preemptions = new Preemptions(machine.coroutines);
    const { all } = machine.coroutines;
    const ids = new Map(all.map((coroutine) => [machine.coroutineName(coroutine), coroutine.id]));
    this.#ids = Int32Array.from(steps, ({ who }) => ids.get(who) ?? NOBODY);
    this.#hasRun = new Uint8Array(steps.length);
    this.#readyAt = new Int32Array(Math.max(...all.map(({ id }) => id)) + 1);
  }

  get preemptions(): number {
    return this.#preemptions.count;
  }

  start(): void {}

  pick(ready: ReadySteps): number {
    const chosen = this.#preferred(ready) ?? goOn(ready, this.#last);
    this.interrupted = this.#preemptions.picked(ready.ids[chosen]!, ready.ids, ready.count);
    return chosen;
  }

  done(id: number, step: Step): void {
    this.#last = id;
    this.ran.push({ who: this.#machine.coroutineName(this.#machine.coroutines.byId(id)), step });
  }

  #preferred(ready: ReadySteps): number | null {
    for (let i = 0; i < ready.count; i++) this.#readyAt[ready.ids[i]!] = i + 1;
    const k = this.#firstAmong(ready);
    const chosen = k === null ? null : this.#readyAt[this.#ids[k]!]! - 1;
    for (let i = 0; i < ready.count; i++) this.#readyAt[ready.ids[i]!] = 0;
    if (k !== null) this.#hasRun[k] = 1;
    while (this.#hasRun[this.#first] === 1) this.#first++;
    return chosen;
  }

  /** The first step left that is ready. */
  #firstAmong(ready: ReadySteps): number | null {
    let looks = 0;
    for (let k = this.#first; k < this.#ids.length && looks < LOOK_AHEAD; k++) {
      if (this.#hasRun[k] === 1) continue;
      looks++;
      const at = this.#ids[k] === NOBODY ? 0 : this.#readyAt[this.#ids[k]!]!;
      if (at > 0 && (this.#match === 'coroutine' || ready.step(at - 1) === this.#steps[k]!.step)) return k;
    }
    return null;
  }
}

/** A coroutine that this scenario does not have. */
const NOBODY = -1;

/** Bounds the search in schedules of many thousand steps. */
const LOOK_AHEAD = 1_000;
