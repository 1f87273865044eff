/**
 * One run of a scenario that can be looked at after any of its steps, and gone on with differently from there.
 * Machine and properties are those of the checker, and all their state is cells: to look at another step is to do, or
 * to take back, what the steps on the way changed in them. No step is run again for that.
 */
import { JobState } from '../../model/job/job-status.ts';
import type { Step } from '../../model/kernel/step.ts';
import { Machine } from '../../model/machine/machine.ts';
import { type Setting, shapeOf } from '../../model/machine/shape.ts';
import type { Scenario } from '../../model/scenario/scenario.ts';
import { Properties } from '../../properties/all.ts';
import type { Violation } from '../../properties/property.ts';
import { ENDLESS_CYCLE } from '../search/cycle-detector.ts';
import { canGoOn, principalOf } from '../search/preemption.ts';
import { observe } from '../replay/observe.ts';

export interface RunStep {
  readonly id: number;
  /** The id of the coroutine for which it works. */
  readonly principal: number;
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

/** What one step changed: a cell, what it held and what it holds now; and so on. And the fingerprint after it. */
interface Change {
  readonly cells: Int32Array;
  readonly low: number;
  readonly high: number;
}

const CELL_WORDS = 3;

/**
 * A table goes on from any cells, but learns each cluster anew: of a large disk that takes for ever. Generators go on only
 * from where they are.
 */
const TABLE_SECTORS_MAX = 64;

export class Run {
  readonly scenario: Scenario;
  readonly setting: Setting;
  readonly machine: Machine;
  readonly properties: Properties;
  readonly #steps: RunStep[] = [];
  /** By number of the step; the first is what nobody has changed. */
  readonly #changes: Change[] = [];
  /** By id: those that were there at the beginning, then those that were spawned and ran, as they came. */
  readonly #cast = new Set<number>();
  /** After which step a state was there first, by its fingerprint. */
  readonly #seen = new Map<string, number>();
  readonly #ids: Int32Array;
  /** The step whose outcome the cells hold. */
  #at = 0;
  readonly #hasTable: boolean;
  /** Whether the generators are elsewhere than at the end of the run. */
  #isAstray = false;
  #broken: Broken | null = null;
  #opened: number | null = null;
  #closed: number | null = null;

  constructor(scenario: Scenario, setting: Setting) {
    this.scenario = scenario;
    this.setting = setting;
    this.machine = new Machine(shapeOf(scenario, setting));
    this.properties = new Properties(this.machine);
    this.machine.load(scenario);
    this.#hasTable = this.machine.shape.sectors <= TABLE_SECTORS_MAX;
    this.machine.useTable(this.#hasTable);
    this.machine.world.track(this.machine.contents.byGuest(0, 0));
    this.machine.begin();
    this.properties.begin();
    for (const { id } of this.machine.coroutines.alive()) this.#cast.add(id);
    this.#ids = new Int32Array(this.machine.coroutines.all.length + 1);
    this.#closesCycle();
    this.#judgeEnd();
    this.#note(this.machine.world.undoMark());
  }

  get steps(): readonly RunStep[] {
    return this.#steps;
  }
  get length(): number {
    return this.#steps.length;
  }
  /** The ids of all coroutines that have had a part in the run so far, in an order that only ever grows at its end. */
  get cast(): ReadonlySet<number> {
    return this.#cast;
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
    const { machine } = this;
    while (this.#at < n) this.#do(this.#changes[++this.#at]!);
    while (this.#at > n) this.#undo(this.#changes[this.#at--]!);
    machine.world.hashLow = this.#changes[n]!.low;
    machine.world.hashHigh = this.#changes[n]!.high;
    machine.coroutines.forgetReady();
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
    this.#changes.length = n + 1;
    this.#isAstray = true;
    for (const [print, step] of this.#seen) if (step > n) this.#seen.delete(print);
    if (this.#broken !== null && this.#broken.step > n) this.#broken = null;
    if (this.#opened !== null && this.#opened > n) this.#opened = null;
    if (this.#closed !== null && this.#closed > n) this.#closed = null;
  }

  /** Somebody who is ready takes the next step, behind the last. */
  take(id: number): void {
    this.show(this.length);
    if (this.#isAstray && !this.#hasTable) this.#runAgain();
    const { machine } = this;
    const principal = principalOf(machine.coroutines, id);
    const last = this.#steps.at(-1)?.principal ?? principal;
    const isPreemption = last !== principal && canGoOn(machine.coroutines, last, this.#ids, machine.ready(this.#ids));
    const coroutine = machine.coroutines.byId(id);
    const step = coroutine.pending;
    const mark = machine.world.undoMark();
    machine.step(id);
    this.#at++;
    this.#cast.add(id);
    const violation = this.properties.after(coroutine, step);
    this.#steps.push({
      id,
      principal,
      who: machine.coroutineName(coroutine),
      step,
      what: machine.stepName(step),
      saw: observe(machine, coroutine, step),
      isPreemption,
    });
    this.#judge(violation ?? this.#closesCycle());
    this.#watchPromise();
    this.#judgeEnd();
    this.#note(mark);
  }

  #judge(violation: Violation | null): void {
    if (violation !== null) this.#broken ??= { step: this.length, violation };
  }

  /** Where nobody can go on, the properties are asked once more. */
  #judgeEnd(): void {
    if (this.#broken === null && this.machine.ready(this.#ids) === 0) this.#judge(this.properties.end());
  }

  #closesCycle(): Violation | null {
    const { hashLow, hashHigh } = this.machine.world;
    const print = `${hashLow},${hashHigh}`;
    if (this.#seen.has(print)) return ENDLESS_CYCLE;
    this.#seen.set(print, this.length);
    return null;
  }

  #watchPromise(): void {
    const { isOpen } = this.properties.snapshotKept;
    if (isOpen) this.#opened ??= this.length;
    else if (this.#opened !== null || this.machine.job.status.stateSeen !== JobState.created)
      this.#closed ??= this.#opened === null ? null : this.length;
  }

  /** Keeps what has changed since the mark. */
  #note(mark: number): void {
    const { cells, hashLow: low, hashHigh: high } = this.machine.world;
    const before = this.machine.world.changesSince(mark);
    const changed = new Int32Array((before.length / 2) * CELL_WORDS);
    for (let from = 0, to = 0; from < before.length; from += 2, to += CELL_WORDS) {
      const cell = before[from]!;
      changed.set([cell, before[from + 1]!, cells[cell]!], to);
    }
    this.#changes.push({ cells: changed, low, high });
  }

  #do({ cells: changed }: Change): void {
    const { cells } = this.machine.world;
    for (let i = 0; i < changed.length; i += CELL_WORDS) cells[changed[i]!] = changed[i + 2]!;
  }

  /** Newest first: what a step has changed twice it had found as it was before the first time. */
  #undo({ cells: changed }: Change): void {
    const { cells } = this.machine.world;
    for (let i = changed.length - CELL_WORDS; i >= 0; i -= CELL_WORDS) cells[changed[i]!] = changed[i + 1]!;
  }

  /** Brings the generators, which can't go back, to the end of the run. */
  #runAgain(): void {
    const { machine, properties } = this;
    machine.begin();
    properties.begin();
    for (const { id, step } of this.#steps) {
      machine.step(id);
      properties.after(machine.coroutines.byId(id), step);
    }
    this.#isAstray = false;
  }
}
