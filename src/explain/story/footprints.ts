/**
 * The exact footprint of every step of a run: which cells it read, and what it wrote to which. Asked
 * backwards it says where a value came from: which step wrote it, and which read took it.
 */
import type { World } from '../../../model/kernel/world.ts';
import type { Recorder } from '../../../model/kernel/recorder.ts';

/** Of one access four numbers: the step, from 1; the cell; the value read or written; where a moved value came from. */
const FIELDS = 4;
const STEP = 0;
const CELL = 1;
const VALUE = 2;
const FROM = 3;
// Instead of a cell to come from:
const READ = -1;
const WRITTEN = -2;

export interface Write {
  readonly step: number;
  readonly value: number;
  /** The cell whose content was moved; null: the step wrote a value of its own. */
  readonly from: number | null;
}

export interface Read {
  readonly step: number;
  readonly value: number;
}

/** A world's accesses while a run goes on: set it as the world's recorder, and tell it of each step's end. */
export class Footprints implements Recorder {
  readonly #world: World;
  #log = new Int32Array(1024 * FIELDS);
  #end = 0;
  #step = 1;

  constructor(world: World) {
    this.#world = world;
  }

  stepEnded(): void {
    this.#step++;
  }

  // As the world does it when nobody listens.

  read(cell: number): number {
    return this.#noteRead(cell);
  }
  write(cell: number, value: number): void {
    this.#note(cell, value, WRITTEN);
    this.#world.store(cell, value);
  }
  move(to: number, from: number, plus: number): void {
    const value = this.#world.cells[from]! + plus;
    this.#note(to, value, from);
    this.#world.store(to, value);
  }
  isZero(cell: number): boolean {
    return this.#noteRead(cell) === 0;
  }
  same(a: number, b: number): boolean {
    return this.#noteRead(a) === this.#noteRead(b);
  }
  isBelow(cell: number, bound: number): boolean {
    return this.#noteRead(cell) < bound;
  }

  // What is asked of it. All go from the latest access to the first.

  /** The latest write to a cell up to and with a step. @param fits only such writes count */
  lastWrite(cell: number, step: number, fits: (write: Write) => boolean = () => true): Write | null {
    for (let i = this.#end - FIELDS; i >= 0; i -= FIELDS) {
      if (this.#log[i + CELL] !== cell || this.#log[i + STEP]! > step || this.#log[i + FROM] === READ) continue;
      const write = this.#writeAt(i);
      if (fits(write)) return write;
    }
    return null;
  }

  /** The latest read of a cell up to and with a step. */
  lastRead(cell: number, step: number, fits: (read: Read) => boolean = () => true): Read | null {
    for (let i = this.#end - FIELDS; i >= 0; i -= FIELDS) {
      if (this.#log[i + CELL] !== cell || this.#log[i + STEP]! > step || this.#log[i + FROM] !== READ) continue;
      const read = { step: this.#log[i + STEP]!, value: this.#log[i + VALUE]! };
      if (fits(read)) return read;
    }
    return null;
  }

  /** All writes to a range of cells, in order. */
  *writes(first: number, length: number): Generator<Write & { readonly cell: number }> {
    for (let i = 0; i < this.#end; i += FIELDS) {
      const cell = this.#log[i + CELL]!;
      if (cell >= first && cell < first + length && this.#log[i + FROM] !== READ) yield { cell, ...this.#writeAt(i) };
    }
  }

  /** The cells of a range that a step has read, with what it found. */
  readsOf(step: number, first: number, length: number): { cell: number; value: number }[] {
    const found: { cell: number; value: number }[] = [];
    for (let i = 0; i < this.#end; i += FIELDS) {
      const cell = this.#log[i + CELL]!;
      if (this.#log[i + STEP] === step && this.#log[i + FROM] === READ && cell >= first && cell < first + length)
        found.push({ cell, value: this.#log[i + VALUE]! });
    }
    return found;
  }

  #writeAt(i: number): Write {
    const from = this.#log[i + FROM]!;
    return { step: this.#log[i + STEP]!, value: this.#log[i + VALUE]!, from: from === WRITTEN ? null : from };
  }

  #noteRead(cell: number): number {
    const value = this.#world.cells[cell]!;
    this.#note(cell, value, READ);
    return value;
  }

  #note(cell: number, value: number, from: number): void {
    if (this.#end === this.#log.length) {
      const longer = new Int32Array(this.#log.length * 2);
      longer.set(this.#log);
      this.#log = longer;
    }
    this.#log[this.#end + STEP] = this.#step;
    this.#log[this.#end + CELL] = cell;
    this.#log[this.#end + VALUE] = value;
    this.#log[this.#end + FROM] = from;
    this.#end += FIELDS;
  }
}
