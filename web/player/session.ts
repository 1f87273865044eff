/** One run on the page: where one looks at it, and what has been tried besides. Components ask nothing else. */
import { type ReadonlySignal, type Signal, batch, computed, effect, signal } from '@preact/signals';
import { type Role, roleOf } from '../../model/meaning.ts';
import type { Trace } from '../../src/trace/format.ts';
import { type Explanation, explain } from '../../src/explain/explanation.ts';
import { askWhy } from '../checker/checker.ts';
import { type Choice, rowsAfter } from '../../src/run/choices.ts';
import { type Grid, type RowName, gridOf } from '../../src/run/grid.ts';
import { traceOfRun } from '../../src/run/of-trace.ts';
import type { Broken, Run, RunStep } from '../../src/run/run.ts';
import type { Place } from '../share/place.ts';
import { everyDetail } from './detail.ts';

/** Another way that the run has taken before somebody went back and chose otherwise. */
export interface Branch {
  /** `try 2`: it keeps its number. */
  readonly number: number;
  readonly ids: readonly number[];
  readonly broken: Broken | null;
}

/** Where somebody was. A way only ever grows, so its number and a step say it all. */
interface Moment {
  readonly number: number;
  readonly at: number;
}

/** To explain a longer run takes too long to wait for, so that is done elsewhere. */
const STEPS_AT_ONCE = 2_000;

/** So many steps at most are joined: of a large disk most steps are in clusters that are not shown. */
const JOINED_MAX = 24;

/** What somebody orders, and the end: to be seen for itself, though it may change no disk. */
const ORDERS: ReadonlySet<Role | null> = new Set<Role>(['cancels', 'pauses', 'resumes', 'resumesStopped', 'quits', 'restarts', 'closes']);

/** A broken job need not come to an end. */
const GO_ON_MAX = 1_000;

/** What follows a session sees it only when it is whole again: each change of the run is one batch. */
export class Session {
  readonly run: Run;
  /** The trace that it came from; null: it is played freely. */
  readonly trace: Trace | null;
  /** After how many steps one looks at it. */
  readonly at: Signal<number> = signal(0);
  /** Where the picture is on its way to (travel.ts); null: it is there. */
  readonly goal: Signal<number | null> = signal(null);
  /** Whether it goes on by itself. */
  readonly isPlaying: Signal<boolean> = signal(false);
  readonly branches: Signal<readonly Branch[]> = signal([]);
  /** Of the way at hand, as a branch. */
  readonly number: Signal<number> = signal(1);
  /** Where choices were made that can be taken back, and those that were. */
  readonly #past: Signal<readonly Moment[]> = signal([]);
  readonly #future: Signal<readonly Moment[]> = signal([]);
  /** From where to where the latest press ran a coroutine. */
  readonly #press: Signal<{ readonly from: number; readonly to: number } | null> = signal(null);
  /** Whether what is shown came from an address, and nothing was chosen since. */
  isRestored = false;
  #ways = 1;
  /** What the run was when the screen began. */
  readonly #beginning: readonly number[];
  /** Of a long run, and of what broke in it. */
  readonly #late = signal<{ readonly broken: Broken; readonly explanation: Explanation | null } | null>(null);
  /** Grows whenever the run has become another one. */
  readonly #revision = signal(0);
  readonly length: ReadonlySignal<number>;
  readonly broken: ReadonlySignal<Broken | null>;
  /** What broke, where that may be told: of a run that keeps its end to itself, once one has come to it. */
  readonly toldBroken: ReadonlySignal<Broken | null>;
  /** How far one has come. */
  readonly #reached: Signal<number> = signal(0);
  /** So many steps may be told: of a run that keeps its end to itself, those that one has seen. */
  readonly told: ReadonlySignal<number>;
  /** Rows of the disks that are not shown: what changes there alone is no change. */
  without: readonly RowName[] = [];
  readonly grid: ReadonlySignal<Grid>;
  /** The step before; where one press ran several, the step at which it was pressed. */
  readonly gridBefore: ReadonlySignal<Grid | null>;
  /** A row for each coroutine, always in the same order; as it will be once the picture is where it is going. */
  readonly choices: ReadonlySignal<readonly Choice[]>;
  /** Null: nothing broke; or it is explained elsewhere, and not yet. */
  readonly explanation: ReadonlySignal<Explanation | null>;
  readonly isExplaining: ReadonlySignal<boolean>;

  /** @param keepsEnd nothing tells that it breaks before one comes to that step */
  constructor(run: Run, trace: Trace | null, keepsEnd = false) {
    this.run = run;
    this.trace = trace;
    this.#beginning = run.steps.map(({ id }) => id);
    const ofRun = <T>(what: () => T): ReadonlySignal<T> => computed(() => (this.#revision.value, what()));
    this.length = ofRun(() => run.length);
    this.broken = ofRun(() => run.broken);
    this.toldBroken = computed(() => {
      const { value } = this.broken;
      return keepsEnd && value !== null && this.#reached.value < value.step ? null : value;
    });
    this.told = computed(() => (keepsEnd ? this.#reached.value : this.length.value));
    this.grid = ofRun(() => gridOf(run, this.at.value));
    this.gridBefore = ofRun(() => {
      const { at, goal } = this;
      const press = this.#press.value;
      const isHere = press !== null && press.to === at.value && press.from < press.to && goal.value === null;
      return at.value === 0 ? null : gridOf(run, isHere ? press.from : at.value - 1);
    });
    this.choices = ofRun(() => rowsAfter(run, this.goal.value ?? this.at.value));
    const late = (): boolean => run.broken !== null && run.broken.step > STEPS_AT_ONCE;
    this.explanation = ofRun(() => {
      if (late()) return this.#late.value?.broken === run.broken ? this.#late.value.explanation : null;
      return run.broken === null ? null : explain(this.#isAsInTrace() ? trace! : traceOfRun(run));
    });
    this.isExplaining = ofRun(() => late() && this.#late.value?.broken !== run.broken);
    effect(() => {
      this.#reached.value = Math.max(this.#reached.peek(), this.at.value);
    });
    effect(() => (this.broken.value !== null && late() ? this.#explainLater(this.broken.value) : undefined));
  }

  get canUndo(): boolean {
    return this.#past.value.length > 0;
  }
  get canRedo(): boolean {
    return this.#future.value.length > 0;
  }

  /** Whether what one looks at has broken. */
  get isBroken(): boolean {
    const { value } = this.broken;
    return value !== null && this.at.value >= value.step;
  }

  go(n: number): void {
    this.goal.value = null;
    this.at.value = Math.max(0, Math.min(n, this.length.value));
  }

  /** Where one press of "step" leads: steps that change nothing in the picture are joined to the next that does. */
  after(n: number): number {
    const end = Math.min(this.run.length, n + (everyDetail.value ? 1 : JOINED_MAX));
    for (let next = n + 1; next < end; next++) if (this.isSeen(next)) return next;
    return end;
  }

  before(n: number): number {
    const end = Math.max(0, n - (everyDetail.value ? 1 : JOINED_MAX));
    for (let next = n - 1; next > end; next--) if (this.isSeen(next)) return next;
    return end;
  }

  /** Whether a step changes the picture: a disk, the hook, what is in flight, or the promise; or it breaks, orders or ends something. */
  isSeen(n: number): boolean {
    const { run } = this;
    const { step, saw } = run.steps[n - 1]!;
    // Capitals are events and errors: COMPLETED, EIO.
    if (run.broken?.step === n || ORDERS.has(roleOf(step)) || /\b[A-Z]{3,}\b/.test(saw)) return true;
    const [grid, before] = [gridOf(run, n), gridOf(run, n - 1)];
    return grid.isPromised !== before.isPromised || isDiskChanged(grid, before, this.without);
  }

  /**
   * A coroutine runs until it has ended, is blocked, or has broken something.
   * @param isLast the step after which it stops, though it could go on
   * @returns the step from which on it ran
   */
  runOn(id: number, isLast: (step: RunStep) => boolean = () => false): number {
    const from = this.at.value;
    for (let left = GO_ON_MAX; left > 0 && this.run.readyAfter(this.at.value).includes(id) && !this.isBroken; left--) {
      this.take(id);
      if (isLast(this.run.steps[this.at.value - 1]!)) break;
    }
    this.#press.value = { from, to: this.at.value };
    return from;
  }

  /** A coroutine runs from the step that is shown. What came after that step stays as a branch. */
  take(id: number): void {
    batch(() => {
      const { run, at } = this;
      this.#press.value = null;
      this.#remember();
      if (run.steps[at.value]?.id === id) {
        this.go(at.value + 1);
        return;
      }
      if (at.value < run.length) this.#leave();
      run.cut(at.value);
      run.take(id);
      this.#changed(run.length);
    });
  }

  /** Behind the end of a trace: the coroutine that ran last goes on, else the first that can. What broke stays broken. */
  goOn(): void {
    batch(() => {
      const first = this.run.length + 1;
      runToEnd(this.run, true);
      this.#changed(first);
    });
  }

  /** Takes the way of a branch again, and keeps this one as another. */
  goToWay(number: number): void {
    batch(() => {
      this.#remember();
      this.#goTo({ number, at: this.at.value });
    });
  }

  /** Takes a way from elsewhere, to be looked at from its start, and keeps this one. */
  follow(ids: readonly number[]): void {
    batch(() => {
      this.#remember();
      if (this.run.length > 0) this.#leave();
      this.#run(ids);
      this.#changed(0);
    });
  }

  /** Whether this is the run that the screen began with, and the only one. */
  get isAsItBegan(): boolean {
    const { run } = this;
    return (
      this.branches.value.length === 0 && run.length === this.#beginning.length && this.#beginning.every((id, i) => run.steps[i]!.id === id)
    );
  }

  /** Takes up what an address says: the way, the step, and the other ways. A way that can't be gone is gone as far as it can. */
  restore({ at, way, others }: Place): void {
    batch(() => {
      if (way !== null) {
        this.branches.value = others.map(({ number, ids }) => {
          this.#follow(ids);
          return this.#asBranch(number);
        });
        this.#follow(way.ids);
        this.number.value = way.number;
        this.#ways = Math.max(this.#ways, way.number, ...others.map(({ number }) => number));
        [this.#past.value, this.#future.value] = [[], []];
      } else if (!this.isAsItBegan) {
        this.branches.value = [];
        this.number.value = 1;
        this.#follow(this.#beginning);
        [this.#past.value, this.#future.value] = [[], []];
      }
      this.isRestored = true;
      this.#changed(Math.min(at, this.run.length));
    });
  }

  /** Takes the latest choice back, without forgetting it. */
  undo(): void {
    this.#retrace(this.#past, this.#future);
  }
  redo(): void {
    this.#retrace(this.#future, this.#past);
  }

  /** The next step, or the previous one, that changed what a disk holds or what the backup shows; the end if there is none. */
  changing(from: number, by: 1 | -1): number {
    for (let n = from + by; n > 0 && n <= this.run.length; n += by)
      if (isDiskChanged(gridOf(this.run, n), gridOf(this.run, n - 1))) return n;
    return by > 0 ? this.run.length : 0;
  }

  /** The last step before this one that had a part in what broke. */
  guiltyBefore(n: number): number {
    const guilty = this.explanation.value?.guilty ?? [];
    return guilty.findLast(({ step }) => step < n)?.step ?? guilty.at(-1)?.step ?? n;
  }

  #remember(): void {
    this.isRestored = false;
    this.#past.value = [...this.#past.value, this.#here()];
    this.#future.value = [];
  }

  #retrace(from: Signal<readonly Moment[]>, to: Signal<readonly Moment[]>): void {
    batch(() => {
      const moment = from.value.at(-1);
      if (moment === undefined) return;
      from.value = from.value.slice(0, -1);
      to.value = [...to.value, this.#here()];
      this.#goTo(moment);
    });
  }

  #here(): Moment {
    return { number: this.number.value, at: this.at.value };
  }

  #goTo({ number, at }: Moment): void {
    const branch = this.branches.value.find((other) => other.number === number);
    if (branch !== undefined) {
      this.branches.value = [...this.branches.value.filter((other) => other !== branch), this.#asBranch()].toSorted(
        (a, b) => a.number - b.number,
      );
      this.number.value = number;
      this.#run(branch.ids);
    }
    this.#changed(Math.min(at, this.run.length));
  }

  /** Keeps this way: another one begins. */
  #leave(): void {
    this.branches.value = [...this.branches.value, this.#asBranch()].toSorted((a, b) => a.number - b.number);
    this.number.value = ++this.#ways;
  }

  #run(ids: readonly number[]): void {
    this.run.cut(0);
    for (const id of ids) this.run.take(id);
  }

  /** As far as it can be gone: an address may say anything. */
  #follow(ids: readonly number[]): void {
    this.run.cut(0);
    for (const id of ids) {
      if (!this.run.readyAfter(this.run.length).includes(id)) return;
      this.run.take(id);
    }
  }

  #asBranch(number = this.number.value): Branch {
    return { number, ids: this.run.steps.map(({ id }) => id), broken: this.run.broken };
  }

  /** @returns what ends it */
  #explainLater(broken: Broken): () => void {
    const { run, trace } = this;
    const { scenario, setting } = run;
    const ids = run.steps.slice(0, broken.step).map(({ id }) => id);
    return askWhy(
      { kind: 'why', trace: this.#isAsInTrace() ? trace : null, scenario, setting, ids },
      (explanation) => (this.#late.value = { broken, explanation }),
    );
  }

  #changed(at: number): void {
    this.goal.value = null;
    this.at.value = at;
    this.#revision.value++;
  }

  #isAsInTrace(): boolean {
    const { run, trace } = this;
    return (
      trace !== null &&
      run.broken?.step === trace.schedule.length &&
      trace.schedule.every(({ who, what }, i) => run.steps[i]!.who === who && run.steps[i]!.what === what)
    );
  }
}

/**
 * Until none can run.
 * @param isLastFirst the coroutine that ran last goes on as long as it can; else it is always the first that can, the job before others
 */
export function runToEnd(run: Run, isLastFirst: boolean): void {
  for (let left = GO_ON_MAX; left > 0; left--) {
    const ready = run.readyAfter(run.length);
    if (ready.length === 0) return;
    const last = isLastFirst ? run.steps.at(-1)?.id : undefined;
    run.take(ready.find((id) => id === last) ?? ready[0]!);
  }
}

/** Whether nothing can run any more where one looks. */
export const isAtItsEnd = ({ at, length, choices }: Session): boolean =>
  at.value === length.value && choices.value.every(({ hasEnded }) => hasEnded);

/** The cells of a row that differ from those of another time. */
export function differs(row: Grid['rows'][number], other: Grid | null, i: number): boolean {
  const before = other?.rows.find(({ name }) => name === row.name)?.cells[i];
  return before !== undefined && (before.text !== row.cells[i]!.text || before.kind !== row.cells[i]!.kind);
}

const isDiskChanged = (grid: Grid, before: Grid, without: readonly RowName[] = []): boolean =>
  grid.rows.some((row) => !without.includes(row.name) && row.cells.some((_, i) => differs(row, before, i)));
