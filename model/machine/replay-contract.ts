/** What asks whether a custom job keeps the replay contract, on one machine and a twin of it that has no observers. */
import { type Engine, GeneratorEngine } from '../kernel/engine.ts';
import type { Step } from '../kernel/step.ts';
import type { TwinMachine } from './twin-machine.ts';
import { ComparingEngine, ContractTable } from './comparing-engine.ts';
import type { JobError } from '../families/custom/job-error.ts';
import { type Pair, contractBroken } from './contract-broken.ts';
import type { NamedJob } from '../families/custom/known.ts';
import { Retracing } from './retracing.ts';

export class ReplayContract {
  /** The job's generators, beside the table of the twin. */
  readonly generators: ComparingEngine;
  readonly retracing: Retracing;
  readonly #own: NamedJob;
  readonly #machine: TwinMachine;
  readonly #makeTwin: () => TwinMachine;
  readonly #pair: Pair;
  #twin: TwinMachine | null = null;
  #table: ContractTable | null = null;
  #tableCompared: ComparingEngine | null = null;

  /** @param makeTwin a machine of the same shape */
  constructor(own: NamedJob, machine: TwinMachine, makeTwin: () => TwinMachine) {
    this.#own = own;
    this.#machine = machine;
    this.#makeTwin = makeTwin;
    const broken = (id: number, step: Step): JobError => this.broken(id, step);
    this.#pair = { machine, readyTwin: () => this.#readyTwin(), broken };
    this.generators = new ComparingEngine(own.job, new GeneratorEngine(machine.coroutines), this.#pair);
    this.retracing = new Retracing(own.name, this.#pair);
  }

  /** The machine's table. */
  table(table: Engine): ContractTable {
    return (this.#table ??= new ContractTable(table, ({ id }, step) => this.broken(id, step)));
  }

  /** The job's generators or its table, and beside it the other way on the twin. */
  compared(usesTable: boolean): ComparingEngine {
    if (!usesTable) return this.generators;
    return (this.#tableCompared ??= new ComparingEngine(this.#own.job, this.#table!, this.#pair));
  }

  /** What is told of a job that has been seen to break the replay contract in this step. */
  broken(id: number, step: Step): JobError {
    const machine = this.#machine;
    return contractBroken(this.#own.name, machine.stepName(step), machine.placeOf(id, step) ?? this.#twin?.placeOf(id, step) ?? null);
  }

  #readyTwin(): TwinMachine {
    const { scenario, usesTable } = this.#machine;
    const twin = (this.#twin ??= this.#makeTwin());
    if (!twin.isLoadedWith(scenario)) twin.load(scenario);
    if (usesTable) twin.useTable(false);
    else twin.useTableUncompared();
    return twin;
  }
}
