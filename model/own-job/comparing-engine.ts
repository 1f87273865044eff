/**
 * Runs a job of one's own on its generators, and beside it the same steps from the learned table of a twin
 * machine. As long as both leave the same cells behind, the job keeps the law that the table builds on
 * (kernel/learned-table.ts); where they part, its author is told in which step. Once so many steps have
 * agreed the table is trusted.
 */
import type { Coroutine } from '../kernel/coroutine.ts';
import { type Engine, HiddenState } from '../kernel/engine.ts';
import type { Step } from '../kernel/step.ts';
import type { Machine } from '../machine.ts';
import type { Job } from './job.ts';
import { JobError } from './job-error.ts';
import type { NamedJob } from './own-job.ts';

export const COMPARED_STEPS = 10_000;

/** By job: how many steps have agreed, on whichever machine. */
const agreedSoFar = new WeakMap<Job, number>();

/** Whether a job has been seen to keep the law; each machine's table is still compared before it is used. */
export const isLawful = (job: Job): boolean => (agreedSoFar.get(job) ?? 0) >= COMPARED_STEPS;

export class ComparingEngine implements Engine {
  readonly #own: NamedJob;
  readonly #machine: Machine;
  readonly #generators: Engine;
  readonly #makeTwin: () => Machine;
  #twin: Machine | null = null;
  #agreed = 0;
  /** This machine's own table is to be used. */
  #mustAgree = false;

  constructor(own: NamedJob, machine: Machine, generators: Engine, makeTwin: () => Machine) {
    this.#own = own;
    this.#machine = machine;
    this.#generators = generators;
    this.#makeTwin = makeTwin;
  }

  get hasAgreed(): boolean {
    return this.#agreed >= COMPARED_STEPS;
  }

  begin(): void {
    this.#generators.begin();
    this.#twin = this.hasAgreed || (!this.#mustAgree && isLawful(this.#own.job)) ? null : (this.#twin ?? this.#makeTwin());
    this.#twin?.load(this.#machine.scenario);
    this.#twin?.useTableUncompared();
    this.#twin?.begin();
  }

  step(coroutine: Coroutine): void {
    const { name, job } = this.#own;
    const step = coroutine.pending;
    this.#generators.step(coroutine);
    if (this.#twin === null) return;
    lawful(name, () => this.#machine.stepName(step), () => this.#twin!.step(coroutine.id));
    if (!isSame(this.#machine.world.cells, this.#twin.world.cells)) throw lawBroken(name, this.#machine.stepName(step));
    this.#agreed++;
    agreedSoFar.set(job, (agreedSoFar.get(job) ?? 0) + 1);
  }

  /** Runs the loaded scenario in one order after another, always the same ones, until enough steps have agreed. Leaves the machine anywhere. */
  compareEnough(): void {
    this.#mustAgree = true;
    const ids = new Int32Array(this.#machine.coroutines.all.length + 1);
    for (let dice = 1; !this.hasAgreed; ) {
      this.#machine.begin();
      for (let count = this.#machine.ready(ids), left = STEPS_A_RUN; count > 0 && left > 0; count = this.#machine.ready(ids), left--) {
        dice = (Math.imul(dice, 1_664_525) + 1_013_904_223) >>> 0; // Numerical Recipes: any order will do
        this.#machine.step(ids[(dice >>> 16) % count]!);
      }
    }
  }
}

/** A run that goes on for ever is cut off. */
const STEPS_A_RUN = 1_000;

/** The learned table of a job of one's own: where it finds that the law is broken after all, it says so as above. */
export class LawfulTable implements Engine {
  readonly #name: string;
  readonly #table: Engine;
  readonly #stepName: (step: Step) => string;

  constructor(name: string, table: Engine, stepName: (step: Step) => string) {
    this.#name = name;
    this.#table = table;
    this.#stepName = stepName;
  }

  begin(): void {
    this.#table.begin();
  }

  step(coroutine: Coroutine): void {
    const step = coroutine.pending;
    lawful(this.#name, () => this.#stepName(step), () => this.#table.step(coroutine));
  }
}

/** @throws JobError where the table finds that something is kept outside the cells */
export function lawful<T>(name: string, stepName: () => string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw error instanceof HiddenState ? lawBroken(name, stepName()) : error;
  }
}

function lawBroken(name: string, step: string): JobError {
  return new JobError(`${name}: from the step "${step}" it goes on now in one way and now in another: a local variable that changes lives across a yield*, or two places wait in this step`);
}

/** What observers keep comes behind the cells of the machine, and the twin has no observers. */
function isSame(cells: Int32Array, twins: Int32Array): boolean {
  for (let i = 0; i < twins.length; i++) if (cells[i] !== twins[i]) return false;
  return true;
}
