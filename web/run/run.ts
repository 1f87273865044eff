/**
 * One run of a scenario that can be looked at after any of its steps, and gone on with differently from there.
 * Machine, table and properties are those of the checker. State is kept as cells every so many steps; what lies
 * between is run again, which the table does in no time.
 */
import { JobState } from '../../model/job/job-status.ts';
import type { Step } from '../../model/kernel/step.ts';
import { Machine, type Setting, shapeOf } from '../../model/machine.ts';
import type { Scenario } from '../../model/scenario.ts';
import { Properties } from '../../properties/all.ts';
import type { Violation } from '../../properties/property.ts';
import { ROUND_AND_ROUND } from '../../src/explore/rounds.ts';
import { observe } from '../../src/trace/observe.ts';

export interface RunStep {
  readonly id: number;
  readonly who: string;
  readonly step: Step;
  readonly what: string;
  readonly saw: string;
  /** Whether the one before could have gone on, and did not. */
  readonly isPreemption: boolean;
}

/** The first property that broke, and after which step. */
export interface Broken {
  readonly step: number;
  readonly violation: Violation;
}

/** From which step on the promise is open, and from which it is closed again; null: not yet. */
export interface PromiseWindow {
  readonly opened: number | null;
  readonly closed: number | null;
}

/** Steps from one kept state to the next. */
const KEEP_EVERY = 64;

export class Run {
  readonly scenario: Scenario;
  readonly setting: Setting;
  readonly machine: Machine;
  readonly properties: Properties;
  readonly #steps: RunStep[] = [];
  /** The cells after 0, KEEP_EVERY, 2 * KEEP_EVERY, ... steps. */
  readonly #kept: Int32Array[] = [];
  /** After which step a state was there first, by its fingerprint. */
  readonly #seen = new Map<string, number>();
  readonly #ids: Int32Array;
  /** The step whose outcome the cells hold. */
  #at = 0;
  #broken: Broken | null = null;
  #opened: number | null = null;
  #closed: number | null = null;

  constructor(scenario: Scenario, setting: Setting) {
    this.scenario = scenario;
    this.setting = setting;
    this.machine = new Machine(shapeOf(scenario, setting));
    this.properties = new Properties(this.machine);
    this.machine.load(scenario);
    this.machine.useTable(true);
    this.machine.world.track(this.machine.contents.byGuest(0, 0));
    this.machine.begin();
    this.properties.begin();
    this.#ids = new Int32Array(this.machine.coroutines.all.length + 1);
    this.#keep();
    this.#judgeEnd();
  }

  get steps(): readonly RunStep[] {
    return this.#steps;
  }
  get length(): number {
    return this.#steps.length;
  }
  get broken(): Broken | null {
    return this.#broken;
  }
  get promise(): PromiseWindow {
    return { opened: this.#opened, closed: this.#closed };
  }

  /** Makes the machine what it was after so many steps. */
  show(n: number): void {
    if (n === this.#at) return;
    if (n < this.#at || Math.floor(n / KEEP_EVERY) > Math.floor(this.#at / KEEP_EVERY)) this.#load(Math.floor(n / KEEP_EVERY));
    while (this.#at < n) this.#again();
  }

  /** Who can go on after so many steps, by id. */
  readyAfter(n: number): readonly number[] {
    this.show(n);
    return Array.from(this.#ids.subarray(0, this.machine.ready(this.#ids)));
  }

  /** Of the first so many steps. */
  preemptions(n: number): number {
    return this.#steps.slice(0, n).filter(({ isPreemption }) => isPreemption).length;
  }

  /** Forgets all steps after the n-th. */
  cut(n: number): void {
    if (n >= this.length) return;
    this.show(n);
    this.#steps.length = n;
    this.#kept.length = Math.floor(n / KEEP_EVERY) + 1;
    for (const [print, step] of this.#seen) if (step > n) this.#seen.delete(print);
    if (this.#broken !== null && this.#broken.step > n) this.#broken = null;
    if (this.#opened !== null && this.#opened > n) this.#opened = null;
    if (this.#closed !== null && this.#closed > n) this.#closed = null;
  }

  /** Somebody who is ready takes the next step, behind the last. */
  take(id: number): void {
    this.show(this.length);
    const last = this.#steps.at(-1)?.id ?? id;
    const isPreemption = last !== id && this.readyAfter(this.length).includes(last);
    const { machine } = this;
    const coroutine = machine.coroutines.byId(id);
    const step = coroutine.pending;
    machine.step(id);
    this.#at++;
    const violation = this.properties.after(coroutine, step);
    this.#steps.push({ id, who: machine.coroutineName(coroutine), step, what: machine.stepName(step), saw: observe(machine, coroutine, step), isPreemption });
    this.#judge(violation ?? this.#roundAndRound());
    this.#watchPromise();
    this.#judgeEnd();
    if (this.#at % KEEP_EVERY === 0) this.#keep();
  }

  #judge(violation: Violation | null): void {
    if (violation !== null) this.#broken ??= { step: this.length, violation };
  }

  /** Where nobody can go on, the properties are asked once more. */
  #judgeEnd(): void {
    if (this.#broken === null && this.machine.ready(this.#ids) === 0) this.#judge(this.properties.end());
  }

  #roundAndRound(): Violation | null {
    const { hashLow, hashHigh } = this.machine.world;
    const print = `${hashLow},${hashHigh}`;
    if (this.#seen.has(print)) return ROUND_AND_ROUND;
    this.#seen.set(print, this.length);
    return null;
  }

  #watchPromise(): void {
    const { isOpen } = this.properties.snapshotKept;
    if (isOpen) this.#opened ??= this.length;
    else if (this.#opened !== null || this.machine.job.status.stateSeen !== JobState.created) this.#closed ??= this.#opened === null ? null : this.length;
  }

  #keep(): void {
    if (this.#kept.length === 0) this.#roundAndRound();
    this.#kept.push(this.machine.world.cells.slice());
  }

  #load(nth: number): void {
    this.machine.world.load(this.#kept[nth]!);
    this.machine.coroutines.forgetReady();
    this.#at = nth * KEEP_EVERY;
  }

  /** Runs a step again. The properties have their say, because what they remember lies in cells too. */
  #again(): void {
    const { id } = this.#steps[this.#at++]!;
    const coroutine = this.machine.coroutines.byId(id);
    const step = coroutine.pending;
    this.machine.step(id);
    this.properties.after(coroutine, step);
  }
}
