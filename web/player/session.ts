/** One run on the page: where one looks at it, and what has been tried besides. Components ask nothing else. */
import { type ReadonlySignal, type Signal, computed, signal } from '@preact/signals';
import type { Trace } from '../../src/trace/format.ts';
import { type Explanation, explain } from '../../src/explain/explanation.ts';
import { type Choice, choicesAfter } from '../run/choices.ts';
import { type Grid, gridOf } from '../run/grid.ts';
import { traceOfRun } from '../run/of-trace.ts';
import type { Broken, Run } from '../run/run.ts';

/** Another way that the run has taken before somebody went back and chose otherwise. */
export interface Branch {
  readonly ids: readonly number[];
  readonly broken: Broken | null;
}

export class Session {
  readonly run: Run;
  /** The trace that it came from; null: it is played freely. */
  readonly trace: Trace | null;
  /** After how many steps one looks at it. */
  readonly at: Signal<number> = signal(0);
  /** Whether it goes on by itself. */
  readonly isPlaying: Signal<boolean> = signal(false);
  readonly branches: Signal<readonly Branch[]> = signal([]);
  /** Grows whenever the run has become another one. */
  readonly #revision = signal(0);
  readonly length: ReadonlySignal<number>;
  readonly broken: ReadonlySignal<Broken | null>;
  readonly grid: ReadonlySignal<Grid>;
  /** The step before, and the one to come. */
  readonly gridBefore: ReadonlySignal<Grid | null>;
  readonly gridNext: ReadonlySignal<Grid | null>;
  readonly choices: ReadonlySignal<readonly Choice[]>;
  readonly explanation: ReadonlySignal<Explanation | null>;

  constructor(run: Run, trace: Trace | null) {
    this.run = run;
    this.trace = trace;
    const ofRun = <T>(what: () => T): ReadonlySignal<T> => computed(() => (this.#revision.value, what()));
    this.length = ofRun(() => run.length);
    this.broken = ofRun(() => run.broken);
    this.grid = ofRun(() => gridOf(run, this.at.value));
    this.gridBefore = ofRun(() => (this.at.value === 0 ? null : gridOf(run, this.at.value - 1)));
    this.gridNext = ofRun(() => (this.at.value === run.length ? null : gridOf(run, this.at.value + 1)));
    this.choices = ofRun(() => choicesAfter(run, this.at.value));
    this.explanation = ofRun(() => (run.broken === null ? null : explain(this.#isAsInTrace() ? trace! : traceOfRun(run))));
  }

  /** Whether what one looks at has broken. */
  get isBroken(): boolean {
    const { value } = this.broken;
    return value !== null && this.at.value >= value.step;
  }

  go(n: number): void {
    this.at.value = Math.max(0, Math.min(n, this.length.value));
  }

  /** Somebody goes on from where one looks. What came after it stays as a branch. */
  take(id: number): void {
    const { run, at } = this;
    if (run.steps[at.value]?.id === id) {
      this.go(at.value + 1);
      return;
    }
    if (at.value < run.length) this.branches.value = [...this.branches.value, this.#asBranch()];
    run.cut(at.value);
    run.take(id);
    this.#changed(run.length);
  }

  /** Takes the way of a branch again, and keeps this one instead. */
  switchTo(branch: Branch): void {
    const others = this.branches.value.filter((other) => other !== branch);
    this.branches.value = [...others, this.#asBranch()];
    this.run.cut(0);
    for (const id of branch.ids) this.run.take(id);
    this.#changed(Math.min(this.at.value, this.run.length));
  }

  /** The next step, or the previous one, that changed what a disk holds or what the backup shows; the end if there is none. */
  changing(from: number, by: 1 | -1): number {
    for (let n = from + by; n > 0 && n <= this.run.length; n += by) if (isDiskChanged(gridOf(this.run, n), gridOf(this.run, n - 1))) return n;
    return by > 0 ? this.run.length : 0;
  }

  /** The last step before this one that had a part in what broke. */
  guiltyBefore(n: number): number {
    const guilty = this.explanation.value?.guilty ?? [];
    return guilty.findLast(({ step }) => step < n)?.step ?? guilty.at(-1)?.step ?? n;
  }

  #asBranch(): Branch {
    return { ids: this.run.steps.map(({ id }) => id), broken: this.run.broken };
  }

  #changed(at: number): void {
    this.at.value = at;
    this.#revision.value++;
  }

  #isAsInTrace(): boolean {
    const { run, trace } = this;
    return trace !== null && run.broken?.step === trace.schedule.length && trace.schedule.every(({ who, what }, i) => run.steps[i]!.who === who && run.steps[i]!.what === what);
  }
}

/** The cells of a row that differ from those of another time. */
export function differs(row: Grid['rows'][number], other: Grid | null, i: number): boolean {
  const before = other?.rows.find(({ name }) => name === row.name)?.cells[i];
  return before !== undefined && (before.text !== row.cells[i]!.text || before.kind !== row.cells[i]!.kind);
}

const isDiskChanged = (grid: Grid, before: Grid): boolean => grid.rows.some((row) => row.cells.some((_, i) => differs(row, before, i)));
