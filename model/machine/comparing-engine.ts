/**
 * Compares the runs of a custom job (kernel/comparing-engine.ts). As long as generators and table leave the same cells
 * behind, the job keeps the replay contract that the table builds on; where they part, its author is told in which step. Until so many
 * steps have agreed every run is compared, and then as many as cost a small part of all, for as long as there are runs: what
 * is kept outside of the cells may begin to matter at any time.
 */
import * as kernel from '../kernel/comparing-engine.ts';
import type { Coroutine } from '../kernel/coroutine.ts';
import type { Engine } from '../kernel/engine.ts';
import type { Step } from '../kernel/step.ts';
import type { TwinMachine } from './twin-machine.ts';
import { Dice } from './dice.ts';
import type { Job } from '../families/custom/job.ts';
import type { JobError } from '../families/custom/job-error.ts';
import { type Pair, orContractBroken } from './contract-broken.ts';

export const COMPARED_STEPS = 10_000;
/** What comparing costs, once the job has been seen to keep the replay contract, as a part of what is run. */
export const COMPARED_PART = 1 / 16;

/** Of a job, on whichever machine. */
const budgets = new WeakMap<Job, kernel.ComparingBudget>();

function budgetOf(job: Job): kernel.ComparingBudget {
  const budget = budgets.get(job) ?? new kernel.ComparingBudget({ first: COMPARED_STEPS, part: COMPARED_PART });
  budgets.set(job, budget);
  return budget;
}

/** Whether a job has been seen to keep the replay contract; each machine's table is still compared before it is used. */
export const keepsReplayContract = (job: Job): boolean => budgetOf(job).isProven;

export class ComparingEngine extends kernel.ComparingEngine {
  readonly #machine: TwinMachine;
  readonly #order = new Dice(1);
  readonly #ids: Int32Array;

  /** @param engine the machine's */
  constructor(job: Job, engine: Engine, { machine, readyTwin, broken }: Pair) {
    super(engine, { world: machine.world, readyTwin, parted: broken }, budgetOf(job));
    this.#machine = machine;
    this.#ids = new Int32Array(machine.coroutines.all.length + 1);
  }

  /** Runs the loaded scenario until enough steps have agreed. Leaves the machine anywhere. */
  compareEnough(): void {
    this.compareUntilAgreed();
    while (!this.hasAgreed) this.runOnce();
  }

  /** Runs the loaded scenario in one order after another, always the same ones. Leaves the machine anywhere. */
  runOnce(): void {
    const machine = this.#machine;
    machine.begin();
    for (let count = machine.ready(this.#ids), left = STEPS_A_RUN; count > 0 && left > 0; count = machine.ready(this.#ids), left--)
      machine.step(this.#ids[this.#order.below(count)]!);
  }
}

/** A run that goes on for ever is cut off. */
const STEPS_A_RUN = 1_000;

/** The learned table of a custom job: where it finds that the replay contract is broken after all, it says so as above. */
export class ContractTable implements Engine {
  readonly #table: Engine;
  readonly #broken: (coroutine: Coroutine, step: Step) => JobError;

  constructor(table: Engine, broken: (coroutine: Coroutine, step: Step) => JobError) {
    this.#table = table;
    this.#broken = broken;
  }

  begin(): void {
    this.#table.begin();
  }

  step(coroutine: Coroutine): void {
    const step = coroutine.pending;
    orContractBroken(
      () => this.#table.step(coroutine),
      () => this.#broken(coroutine, step),
    );
  }
}
