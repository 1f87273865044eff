/**
 * The world: one block of cells that holds all that can change.
 *
 * Every part of the model (images, bitmap, queues, requests, the job) is a named view over a range
 * of these cells and keeps nothing that changes beside them. So a snapshot is a copy of the cells,
 * a fingerprint is a hash of them, and undo is a list of (cell, old value).
 *
 * Model code reads and writes through `read`, `write`, `move`, `isZero`, `same` and `isBelow`; these are what
 * the learned table (learned-table.ts) records. Observers look at `cells` directly.
 */
import { Fingerprint } from './fingerprint.ts';
import { Layout, type Survives } from './layout.ts';
import { Misuse, SpinError } from './misuse.ts';
import type { Recorder } from './recorder.ts';
import { UndoLog } from './undo-log.ts';

export class World {
  /** All that can change. Read it freely; write it through `store` (or, before a run, through `load`). */
  cells: Int32Array = new Int32Array(0);
  /** Watched cells that this step has changed, in order. Only a step that spins could fill it. */
  changed: Int32Array = new Int32Array(0);
  changedCount = 0;
  /** Set while a step is being learned. */
  recorder: Recorder | null = null;
  /** The cell that holds the first `Misuse` of the run. */
  readonly misuseCell: number;
  /** A cell that is always zero. */
  readonly zeroCell: number;

  /** Cells below this one are watched. */
  watchEnd = 0;
  /** Whether there is an undo log and a fingerprint to keep. */
  isTracking = false;

  readonly #layout = new Layout();
  /** Cells from this one on are observers'. */
  #modelEnd = Infinity;
  readonly #undo = new UndoLog();
  #fingerprint = new Fingerprint(new Uint8Array(0));
  #accesses = 0;
  #accessesMax: number;

  /** @param accessesMax accesses that one step may make before it counts as spinning */
  constructor(accessesMax: number) {
    this.#accessesMax = accessesMax;
    this.misuseCell = this.alloc('misuse', 1, 'powerLoss');
    this.zeroCell = this.alloc('zero', 1, 'powerLoss');
  }

  // The layout.

  /** Reserves `length` cells, all zero at first. @returns the first of them */
  alloc(name: string, length: number, survives: Survives = 'nothing'): number {
    return this.#layout.alloc(name, length, survives);
  }

  /** Cells that no other coroutine looks at or changes, ever: what a step does to them alone is nobody's concern. */
  markPrivate(first: number, length: number): void {
    this.#layout.markPrivate(first, length);
  }
  isPrivate(cell: number): boolean {
    return this.#layout.isPrivate[cell] === 1 || cell === this.zeroCell;
  }

  /** Cells that hold contents, which are moved and compared and otherwise never looked at. */
  markContents(first: number, length: number): void {
    this.#layout.markContents(first, length);
  }

  /** Changes to the cells allocated so far are listed in `changed`. */
  watchUntilHere(): void {
    this.watchEnd = this.#layout.size;
  }

  /** Cells allocated from here on are observers', which no restart clears. */
  modelUntilHere(): void {
    this.#modelEnd = this.#layout.size;
  }

  /** Ends the layout: from here on there are cells to work with. */
  seal(): void {
    this.#layout.seal();
    this.cells = new Int32Array(this.#layout.size);
    this.changed = new Int32Array(2 * this.watchEnd);
    this.#fingerprint = new Fingerprint(this.#layout.holdsContents);
  }

  /** Begins a run from these cells. */
  load(initial: Int32Array): void {
    this.cells.set(initial);
    this.changedCount = 0;
    this.#undo.clear();
    if (this.isTracking) this.#fingerprint.restart(this.cells);
  }

  /** Which named range a cell belongs to, for messages: `source.data[3]`. */
  describe(cell: number): string {
    return this.#layout.describe(cell);
  }

  /** What was said when the cell was allocated. */
  survives(cell: number): Survives {
    return this.#layout.survives(cell);
  }

  /** The cells of the model that do not survive a restart. */
  lostInRestart(): number[] {
    return this.#layout.lostInRestart(this.#modelEnd);
  }

  // What model code does.

  read(cell: number): number {
    this.#count();
    return this.recorder === null ? this.cells[cell]! : this.recorder.read(cell);
  }

  write(cell: number, value: number): void {
    this.#count();
    if (this.recorder === null) this.store(cell, value);
    else this.recorder.write(cell, value);
  }

  /** `to` becomes what `from` holds, plus a constant. Nothing is decided by it: data moves, code does not look. */
  move(to: number, from: number, plus = 0): void {
    this.#count();
    if (this.recorder === null) this.store(to, this.cells[from]! + plus);
    else this.recorder.move(to, from, plus);
  }

  isZero(cell: number): boolean {
    this.#count();
    return this.recorder === null ? this.cells[cell] === 0 : this.recorder.isZero(cell);
  }

  /** Whether two cells hold the same value. */
  same(a: number, b: number): boolean {
    this.#count();
    return this.recorder === null ? this.cells[a] === this.cells[b] : this.recorder.same(a, b);
  }

  /** Whether a cell holds less than this: for what is only compared, so that each value need not be learned. */
  isBelow(cell: number, bound: number): boolean {
    this.#count();
    return this.recorder === null ? this.cells[cell]! < bound : this.recorder.isBelow(cell, bound);
  }

  /** The step did what no step may do. The first one counts. */
  misuse(what: Misuse): void {
    if (this.isZero(this.misuseCell)) this.write(this.misuseCell, what);
  }

  // What the engine and observers do.

  /** A step begins: count its accesses and its changes from here. */
  beginStep(): void {
    this.#accesses = 0;
    this.changedCount = 0;
  }

  /** Part of this step is run again in order to learn it: its accesses count anew. */
  forgetAccesses(): void {
    this.#accesses = 0;
  }

  /** Changes a cell without being recorded. Undo, fingerprint and the list of changes follow. */
  store(cell: number, value: number): void {
    const old = this.cells[cell]!;
    if (old === value) return;
    this.cells[cell] = value;
    if (cell < this.watchEnd && this.changedCount < this.changed.length) this.changed[this.changedCount++] = cell;
    if (!this.isTracking) return;
    this.#undo.add(cell, old);
    this.#fingerprint.change(cell, old, value);
  }

  /**
   * Keeps an undo log and a fingerprint from here on. Off by default: random search needs neither.
   * @param foldFrom contents from this one on are all the same to the fingerprint
   */
  track(foldFrom?: number): void {
    this.isTracking = true;
    this.#fingerprint.begin(this.cells, foldFrom);
  }

  /** Ends what `track` began. */
  untrack(): void {
    this.isTracking = false;
    this.#undo.clear();
  }

  /** A place to come back to with `undoTo`. Only while tracking. */
  undoMark(): number {
    return this.#undo.mark;
  }

  /** What changed since the mark, oldest first: a cell and what it held, a cell and what it held, ... */
  changesSince(mark: number): Int32Array {
    return this.#undo.since(mark);
  }

  /** Takes back every change since the mark, newest first. */
  undoTo(mark: number): void {
    this.#undo.undoWith(this.#fingerprint, mark, this.cells);
    this.changedCount = 0;
  }

  /** The same where the fingerprint of that place is known, which saves counting it back. */
  undoToKnown(mark: number, low: number, high: number): void {
    this.#undo.undoTo(mark, this.cells);
    this.hashLow = low;
    this.hashHigh = high;
    this.changedCount = 0;
  }

  /** The two halves of the fingerprint: 64 bits that stand for all the cells. Only while tracking. */
  get hashLow(): number {
    return this.#fingerprint.low;
  }
  set hashLow(low: number) {
    this.#fingerprint.low = low;
  }
  get hashHigh(): number {
    return this.#fingerprint.high;
  }
  set hashHigh(high: number) {
    this.#fingerprint.high = high;
  }

  /** Both. */
  fingerprint(): { low: number; high: number } {
    const { low, high } = this.#fingerprint;
    return { low, high };
  }

  /** The same, counted anew from every cell: what `fingerprint` must equal at any time. */
  recountFingerprint(): { low: number; high: number } {
    return this.#fingerprint.of(this.cells);
  }

  #count(): void {
    if (++this.#accesses > this.#accessesMax) throw new SpinError(this.#accesses);
  }
}
