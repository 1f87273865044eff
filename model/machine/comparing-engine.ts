/**
 * Runs a job of one's own, and beside it the same steps the other way on a twin machine: generators beside the
 * learned table, or the table beside generators. As long as both leave the same cells behind, the job keeps the law
 * that the table builds on (kernel/learned-table.ts); where they part, its author is told in which step. Until
 * so many steps have agreed every run is compared, and then as many as cost a small part of all, for as long as there
 * are runs: what is kept outside of the cells may begin to matter at any time.
 */
import type { Coroutine } from '../kernel/coroutine.ts';
import { type Engine, HiddenState } from '../kernel/engine.ts';
import type { Step } from '../kernel/step.ts';
import type { Machine } from './machine.ts';
import { Dice } from './dice.ts';
import type { Job } from '../families/custom/job.ts';
import type { JobError } from '../families/custom/job-error.ts';
import { type Pair, isSame } from './law.ts';

export const COMPARED_STEPS = 10_000;
/** What comparing costs, once the job has been seen to keep the law, as a part of what is run. */
export const COMPARED_PART = 1 / 16;
// What is dear, as a number of steps.
const LESSON_STEPS = 30;
const TWIN_STEPS = 500;

/**
 * Of a job, on whichever machine: how many steps have agreed; and since then, how many were run, and how many it has
 * cost to compare some.
 */
interface Account {
  agreed: number;
  ran: number;
  spent: number;
}
const accounts = new WeakMap<Job, Account>();

function accountOf(job: Job): Account {
  const account = accounts.get(job) ?? { agreed: 0, ran: 0, spent: 0 };
  accounts.set(job, account);
  return account;
}

/** Whether a job has been seen to keep the law; each machine's table is still compared before it is used. */
export const isLawful = (job: Job): boolean => accountOf(job).agreed >= COMPARED_STEPS;

export class ComparingEngine implements Engine {
  readonly #account: Account;
  readonly #engine: Engine;
  readonly #pair: Pair;
  readonly #order = new Dice(1);
  readonly #ids: Int32Array;
  /** Of the run at hand; null: it is not compared. */
  #twin: Machine | null = null;
  #agreed = 0;
  /** This machine's own table is to be used. */
  #mustAgree = false;
  /** Whether the run at hand is compared at no cost, for nothing is known yet; and whether any was that is not. */
  #isFree = false;
  #hasSpent = false;

  /** @param engine the machine's */
  constructor(job: Job, engine: Engine, pair: Pair) {
    this.#account = accountOf(job);
    this.#engine = engine;
    this.#pair = pair;
    this.#ids = new Int32Array(pair.machine.coroutines.all.length + 1);
  }

  get hasAgreed(): boolean {
    return this.#agreed >= COMPARED_STEPS;
  }

  begin(): void {
    this.#engine.begin();
    const isNew = !this.hasAgreed && (this.#mustAgree || this.#account.agreed < COMPARED_STEPS);
    const isDue = isNew || this.#account.spent <= this.#account.ran * COMPARED_PART;
    this.#twin = isDue ? this.#pair.readyTwin() : null;
    this.#twin?.begin();
    this.#isFree = isNew;
    if (isNew || !isDue || this.#hasSpent) return;
    this.#hasSpent = true;
    this.#account.spent += TWIN_STEPS;
  }

  step(coroutine: Coroutine): void {
    const step = coroutine.pending;
    this.#engine.step(coroutine);
    this.#account.ran++;
    if (this.#twin === null) return;
    const { lessons } = this.#twin;
    try {
      this.#twin.step(coroutine.id);
    } catch {
      throw this.#pair.broken(coroutine.id, step); // here it ran, and there it could not
    }
    if (!isSame(this.#pair.machine, this.#twin)) throw this.#pair.broken(coroutine.id, step);
    this.#agreed++;
    this.#account.agreed++;
    if (!this.#isFree) this.#account.spent += 1 + LESSON_STEPS * (this.#twin.lessons - lessons);
  }

  /** Runs the loaded scenario until enough steps have agreed. Leaves the machine anywhere. */
  compareEnough(): void {
    this.#mustAgree = true;
    while (!this.hasAgreed) this.runOnce();
  }

  /** Runs the loaded scenario in one order after another, always the same ones. Leaves the machine anywhere. */
  runOnce(): void {
    const { machine } = this.#pair;
    machine.begin();
    for (let count = machine.ready(this.#ids), left = STEPS_A_RUN; count > 0 && left > 0; count = machine.ready(this.#ids), left--)
      machine.step(this.#ids[this.#order.below(count)]!);
  }
}

/** A run that goes on for ever is cut off. */
const STEPS_A_RUN = 1_000;

/** The learned table of a job of one's own: where it finds that the law is broken after all, it says so as above. */
export class LawfulTable implements Engine {
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
    lawful(
      () => this.#table.step(coroutine),
      () => this.#broken(coroutine, step),
    );
  }
}

/** @throws what `broken` makes, where the table finds that something is kept outside the cells */
export function lawful<T>(work: () => T, broken: () => JobError): T {
  try {
    return work();
  } catch (error) {
    throw error instanceof HiddenState ? broken() : error;
  }
}
