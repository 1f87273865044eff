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

/** What listens to the model's accesses while a step is being learned. */
export interface Recorder {
  read(cell: number): number;
  write(cell: number, value: number): void;
  move(to: number, from: number, plus: number): void;
  isZero(cell: number): boolean;
  same(a: number, b: number): boolean;
  isBelow(cell: number, bound: number): boolean;
}

/** Thrown out of a step that goes on without ever yielding; the engine reports it as a failure. */
export class SpinError extends Error {
  constructor(accesses: number) {
    super(`a step made ${accesses} accesses without yielding`);
  }
}

/** What a step must never do. It is written to the world's `misuse` cell, where properties see it. */
export const Misuse = {
  none: 0,
  spins: 1,
  freedBitmap: 2,
  closedTarget: 3,
  outOfRange: 4,
  waitsForItself: 5,
} as const;
export type Misuse = (typeof Misuse)[keyof typeof Misuse];

/**
 * What cells survive: `nothing`, as memory; `restart`, that of the process, as a disk with a cache in the host's memory;
 * `powerLoss`, as what is stable on a disk, which survives a restart, too.
 */
export type Survives = 'nothing' | 'restart' | 'powerLoss';

interface CellRange {
  readonly name: string;
  readonly first: number;
  readonly length: number;
  readonly survives: Survives;
}

/** Values up to this one are small, as most are. */
const SMALL = 63;
/** By cell, and by small value: what it adds to the fingerprint of any world. */
let smallLow = new Int32Array(0);
let smallHigh = new Int32Array(0);

function mixSmall(cells: number): void {
  const size = cells * (SMALL + 1);
  if (smallLow.length >= size) return;
  smallLow = Int32Array.from({ length: size }, (_, i) => mixLow(Math.floor(i / (SMALL + 1)), i & SMALL));
  smallHigh = Int32Array.from({ length: size }, (_, i) => mixHigh(Math.floor(i / (SMALL + 1)), i & SMALL));
}

/** Above every content. */
const UNFOLDED = 2 ** 31;

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

  #ranges: CellRange[] = [];
  #privateRanges: [first: number, end: number][] = [];
  #private = new Uint8Array(0);
  #contentRanges: [first: number, end: number][] = [];
  #holdsContents = new Uint8Array(0);
  #size = 0;
  #accesses = 0;
  #accessesMax: number;

  /** Cells below this one are watched. */
  watchEnd = 0;
  /** Whether there is an undo log and a fingerprint to keep. */
  isTracking = false;
  /** The two halves of the fingerprint: 64 bits that stand for all the cells. Only while tracking. */
  hashLow = 0;
  hashHigh = 0;
  /** Contents from this one on are all the same to the fingerprint. */
  #foldFrom = UNFOLDED;
  /** Cell, old value; cell, old value; ... */
  #undo = new Int32Array(0);
  #undoTop = 0;

  /** @param accessesMax accesses that one step may make before it counts as spinning */
  constructor(accessesMax: number) {
    this.#accessesMax = accessesMax;
    this.misuseCell = this.alloc('misuse', 1);
    this.zeroCell = this.alloc('zero', 1);
  }

  /** Reserves `length` cells, all zero at first. @returns the first of them */
  alloc(name: string, length: number, survives: Survives = 'nothing'): number {
    if (this.cells.length > 0) throw new Error(`the world is sealed; ${name} comes too late`);
    const first = this.#size;
    this.#ranges.push({ name, first, length, survives });
    this.#size += length;
    return first;
  }

  /** Cells that no other coroutine looks at or changes, ever: what a step does to them alone is nobody's concern. */
  markPrivate(first: number, length: number): void {
    this.#privateRanges.push([first, first + length]);
  }
  isPrivate(cell: number): boolean {
    return this.#private[cell] === 1 || cell === this.zeroCell;
  }

  /** Cells that hold contents, which are moved and compared and otherwise never looked at. */
  markContents(first: number, length: number): void {
    this.#contentRanges.push([first, first + length]);
  }

  /** Changes to the cells allocated so far are listed in `changed`. */
  watchUntilHere(): void {
    this.watchEnd = this.#size;
  }

  /** Ends the layout: from here on there are cells to work with. */
  seal(): void {
    this.cells = new Int32Array(this.#size);
    this.changed = new Int32Array(2 * this.watchEnd);
    this.#private = new Uint8Array(this.#size);
    for (const [first, end] of this.#privateRanges) this.#private.fill(1, first, end);
    this.#holdsContents = new Uint8Array(this.#size);
    for (const [first, end] of this.#contentRanges) this.#holdsContents.fill(1, first, end);
  }

  /** Begins a run from these cells. */
  load(initial: Int32Array): void {
    this.cells.set(initial);
    this.changedCount = 0;
    this.#undoTop = 0;
    if (this.isTracking) this.#rehash();
  }

  /** Which named range a cell belongs to, for messages: `source.data[3]`. */
  describe(cell: number): string {
    const range = this.#rangeOf(cell);
    return range === undefined ? `cell ${cell}` : `${range.name}[${cell - range.first}]`;
  }

  /** What was said when the cell was allocated. */
  survives(cell: number): Survives {
    const range = this.#rangeOf(cell);
    if (range === undefined) throw new Error(`there is no cell ${cell}`);
    return range.survives;
  }

  #rangeOf(cell: number): CellRange | undefined {
    return this.#ranges.find(({ first, length }) => cell >= first && cell < first + length);
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
    if (this.isTracking) this.#track(cell, old, value);
  }

  /**
   * Keeps an undo log and a fingerprint from here on. Off by default: random search needs neither.
   * @param foldFrom contents from this one on are all the same to the fingerprint
   */
  track(foldFrom = UNFOLDED): void {
    this.isTracking = true;
    this.#foldFrom = foldFrom;
    mixSmall(this.cells.length);
    this.#rehash();
  }

  /** Ends what `track` began. */
  untrack(): void {
    this.isTracking = false;
    this.#undoTop = 0;
  }

  /** A place to come back to with `undoTo`. Only while tracking. */
  undoMark(): number {
    return this.#undoTop;
  }

  /** What changed since the mark, oldest first: a cell and what it held, a cell and what it held, ... */
  changesSince(mark: number): Int32Array {
    return this.#undo.slice(mark, this.#undoTop);
  }

  /** Takes back every change since the mark, newest first. */
  undoTo(mark: number): void {
    while (this.#undoTop > mark) {
      const old = this.#undo[--this.#undoTop]!;
      const cell = this.#undo[--this.#undoTop]!;
      this.#rehashCell(cell, this.cells[cell]!, old);
      this.cells[cell] = old;
    }
    this.changedCount = 0;
  }

  /** The same where the fingerprint of that place is known, which saves counting it back. */
  undoToKnown(mark: number, low: number, high: number): void {
    const { cells } = this;
    const undo = this.#undo;
    let top = this.#undoTop;
    while (top > mark) {
      const old = undo[--top]!;
      cells[undo[--top]!] = old;
    }
    this.#undoTop = top;
    this.hashLow = low;
    this.hashHigh = high;
    this.changedCount = 0;
  }

  /** 64 bits that stand for all the cells, as two 32-bit halves. Only while tracking. */
  fingerprint(): { low: number; high: number } {
    return { low: this.hashLow, high: this.hashHigh };
  }

  /** The same, counted anew from every cell: what `fingerprint` must equal at any time. */
  recountFingerprint(): { low: number; high: number } {
    let low = 0;
    let high = 0;
    for (let cell = 0; cell < this.cells.length; cell++) {
      const value = this.#folded(cell, this.cells[cell]!);
      low ^= mixLow(cell, value);
      high ^= mixHigh(cell, value);
    }
    return { low, high };
  }

  #count(): void {
    if (++this.#accesses > this.#accessesMax) throw new SpinError(this.#accesses);
  }

  #track(cell: number, old: number, value: number): void {
    if (this.#undoTop + 2 > this.#undo.length) {
      const longer = new Int32Array(Math.max(1024, this.#undo.length * 2));
      longer.set(this.#undo);
      this.#undo = longer;
    }
    this.#undo[this.#undoTop++] = cell;
    this.#undo[this.#undoTop++] = old;
    this.#rehashCell(cell, old, value);
  }

  #folded(cell: number, value: number): number {
    return value > this.#foldFrom && this.#holdsContents[cell] === 1 ? this.#foldFrom : value;
  }

  #rehashCell(cell: number, before: number, after: number): void {
    const old = this.#folded(cell, before);
    const value = this.#folded(cell, after);
    if (old === value) return;
    if (((old | value) & ~SMALL) === 0) {
      const row = cell * (SMALL + 1);
      this.hashLow ^= smallLow[row + old]! ^ smallLow[row + value]!;
      this.hashHigh ^= smallHigh[row + old]! ^ smallHigh[row + value]!;
      return;
    }
    this.hashLow ^= mixLow(cell, old) ^ mixLow(cell, value);
    this.hashHigh ^= mixHigh(cell, old) ^ mixHigh(cell, value);
  }

  #rehash(): void {
    const { low, high } = this.recountFingerprint();
    this.hashLow = low;
    this.hashHigh = high;
  }
}

/** The finaliser of MurmurHash3 (Austin Appleby, public domain) over a cell and its value. */
function mixLow(cell: number, value: number): number {
  let h = Math.imul(cell + 1, 0x9e3779b1) ^ Math.imul(value, 0x85ebca77);
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}

/** The same with other constants (Chris Wellons, lowbias32), so that both halves are independent. */
function mixHigh(cell: number, value: number): number {
  let h = Math.imul(cell + 1, 0xc2b2ae3d) ^ Math.imul(value, 0x27d4eb2f);
  h = Math.imul(h ^ (h >>> 16), 0x21f0aaad);
  h = Math.imul(h ^ (h >>> 15), 0xd35a2d97);
  return h ^ (h >>> 15);
}
