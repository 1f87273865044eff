/**
 * Compares some runs of a built-in job with a twin machine that runs the same steps the other way. So after a change of
 * the model any search tells if a step has come to depend on something beside the cells.
 */
import { ComparingBudget, ComparingEngine } from '../kernel/comparing-engine.ts';
import { type Engine, HiddenState } from '../kernel/engine.ts';
import type { Step } from '../kernel/step.ts';
import type { TwinMachine } from './twin-machine.ts';

/** Of all machines together, for what they run is one model. A part of what runs, below what anybody would notice. */
const BUDGET = new ComparingBudget({ first: 0, part: 1 / 200 });

export class Sampling {
  readonly #machine: TwinMachine;
  readonly #makeTwin: () => TwinMachine;
  readonly #budget: ComparingBudget;
  readonly #byEngine = new Map<Engine, ComparingEngine>();
  #twin: TwinMachine | null = null;

  /** @param makeTwin a machine of the same shape */
  constructor(machine: TwinMachine, makeTwin: () => TwinMachine, budget = BUDGET) {
    this.#machine = machine;
    this.#makeTwin = makeTwin;
    this.#budget = budget;
  }

  /** An engine of the machine, some of whose runs are compared. */
  of(engine: Engine): ComparingEngine {
    let comparing = this.#byEngine.get(engine);
    if (comparing === undefined) {
      const { world } = this.#machine;
      const parted = (id: number, step: Step): HiddenState => this.#parted(id, step);
      comparing = new ComparingEngine(engine, { world, readyTwin: () => this.#readyTwin(), parted }, this.#budget);
      this.#byEngine.set(engine, comparing);
    }
    return comparing;
  }

  #readyTwin(): TwinMachine {
    const { scenario, usesTable } = this.#machine;
    const twin = (this.#twin ??= this.#makeTwin());
    if (!twin.isLoadedWith(scenario)) twin.load(scenario);
    twin.useTable(!usesTable);
    return twin;
  }

  #parted(id: number, step: Step): HiddenState {
    const machine = this.#machine;
    const who = machine.coroutineName(machine.coroutines.byId(id));
    return new HiddenState(`${who} in "${machine.stepName(step)}" comes to other cells on the learned table than as a generator`);
  }
}
