/** One schedule: from the state before the first step until nothing can run, a property breaks, or the limit. */
import type { Machine } from '../../model/machine/machine.ts';
import type { Properties } from '../../properties/all.ts';
import type { Marks } from '../../properties/marks.ts';
import type { Violation } from '../../properties/property.ts';
import type { Step } from '../../model/kernel/step.ts';
import type { RandomNumbers } from './strategies/random-numbers.ts';
import type { CycleDetector } from './cycle-detector.ts';
import type { ReadySteps, Strategy } from './strategies/strategy.ts';

export interface RunResult {
  readonly steps: number;
  readonly violation: Violation | null;
  /** The run was cut off at `stepsMax`: neither a success nor a failure. */
  readonly cutOff: boolean;
  /** It was told to stop on its way, and counts for nothing. */
  readonly stopped?: true;
}

/** Steps between two looks at the clock: one takes longer than many steps. */
const STEPS_A_LOOK = 1_024;
const NEVER = (): boolean => false;

/** A run of a correct job takes a bounded number of steps; this is far beyond it. */
export function stepsMaxOf({ shape }: Machine): number {
  return 1000 + 100 * (shape.sectors + 1) * (shape.requests + 1);
}

export class Runner implements ReadySteps {
  readonly machine: Machine;
  readonly ids: Int32Array;
  count = 0;
  /** Who ran at each step of the latest run. */
  schedule = new Uint16Array(256);

  readonly #properties: Properties;
  readonly #marks: Marks | null;
  readonly #rounds: CycleDetector | null;
  readonly #stepsMax: number;

  /** @param rounds absent: a run that goes round and round is cut off */
  constructor(machine: Machine, properties: Properties, marks: Marks | null, rounds: CycleDetector | null = null) {
    this.machine = machine;
    this.#properties = properties;
    this.#marks = marks;
    this.#rounds = rounds;
    this.ids = new Int32Array(machine.coroutines.all.length + 1);
    this.#stepsMax = stepsMaxOf(machine);
  }

  step(i: number): Step {
    return this.machine.coroutines.byId(this.ids[i]!).pending;
  }

  /**
   * Runs the loaded scenario once.
   * @param shouldStop asked now and then: on the disk of a real guest one run takes many seconds
   */
  run(strategy: Strategy, random: RandomNumbers, shouldStop: () => boolean = NEVER): RunResult {
    const { machine } = this;
    machine.begin();
    this.#properties.begin();
    this.#marks?.begin();
    this.#rounds?.begin();
    strategy.start(random);
    for (let steps = 0; steps < this.#stepsMax;) {
      this.count = machine.ready(this.ids);
      if (this.count === 0) return { steps, violation: this.#properties.end(), cutOff: false };
      const id = this.ids[strategy.pick(this)]!;
      const coroutine = machine.coroutines.byId(id);
      const step = coroutine.pending;
      machine.step(id);
      this.#record(steps++, id);
      if (steps % STEPS_A_LOOK === 0 && shouldStop()) return { steps, violation: null, cutOff: false, stopped: true };
      strategy.done(id, step);
      this.#marks?.after(coroutine, step);
      const violation = this.#properties.after(coroutine, step) ?? this.#rounds?.after() ?? null;
      if (violation !== null) return { steps, violation, cutOff: false };
    }
    return { steps: this.#stepsMax, violation: null, cutOff: true };
  }

  #record(at: number, id: number): void {
    if (at >= this.schedule.length) {
      const longer = new Uint16Array(this.schedule.length * 2);
      longer.set(this.schedule);
      this.schedule = longer;
    }
    this.schedule[at] = id;
  }
}
