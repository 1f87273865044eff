/**
 * What a step looks at and changes, other than private cells of its own coroutine. A leaf of a decision tree has it as it was
 * learned, relative to a slot; it is placed, and numbered, once for each coroutine that asks.
 */
import type { Coroutine } from '../coroutine.ts';
import { placeOf } from './relative.ts';

export interface Footprint {
  readonly reads: readonly number[];
  readonly writes: readonly number[];
  /** Cells to which it only adds a constant. */
  readonly adds: readonly number[];
  /** Whether its coroutine ends with it. */
  readonly isLast: boolean;
  /** Whether it may have changed whether another coroutine is ready. */
  readonly concernsReady: boolean;
  /**
   * Whether it ends another coroutine. No footprint has the pending step of its own coroutine, which every step changes,
   * so a step that kills depends on each step of its victim, whatever cells both touch.
   */
  readonly kills: boolean;
}

/** The step touches nothing but private cells of its own. */
export const NO_FOOTPRINT = 0;

const NOTHING: Footprint = { reads: [], writes: [], adds: [], isLast: false, concernsReady: false, kills: false };

/** Footprints by number; one that is added again has the number that it got at first. */
class Numbered {
  readonly all: Footprint[] = [NOTHING];
  readonly #numbers = new Map<string, number>();

  add(footprint: Footprint): number {
    const key = JSON.stringify(footprint);
    const known = this.#numbers.get(key);
    if (known !== undefined) return known;
    this.#numbers.set(key, this.all.length);
    return this.all.push(footprint) - 1;
  }
}

export class Footprints {
  readonly #placed = new Numbered();
  readonly #relative = new Numbered();
  /** By number of the relative one, then by id of the coroutine: its number once it is placed; 0: not yet. */
  #numbers = new Int32Array(0);
  readonly #ids: number;

  /** @param ids one more than the largest id of a coroutine */
  constructor(ids: number) {
    this.#ids = ids;
  }

  /** Those that are placed, by number; the first is `NO_FOOTPRINT`. */
  get placed(): readonly Footprint[] {
    return this.#placed.all;
  }

  /** @param footprint as it was learned @returns the number that `placedFor` takes */
  learned(footprint: Footprint): number {
    const { reads, writes, adds } = footprint;
    if (reads.length + writes.length + adds.length === 0) return NO_FOOTPRINT;
    const relative = this.#relative.add(footprint);
    const room = (relative + 1) * this.#ids;
    if (room > this.#numbers.length) {
      const longer = new Int32Array(2 * room);
      longer.set(this.#numbers);
      this.#numbers = longer;
    }
    return relative;
  }

  placedFor(relative: number, coroutine: Coroutine): number {
    if (relative === NO_FOOTPRINT) return NO_FOOTPRINT;
    const number = this.#numbers[relative * this.#ids + coroutine.id]!;
    return number !== NO_FOOTPRINT ? number : this.#place(relative, coroutine);
  }

  #place(relative: number, { id, slot }: Coroutine): number {
    const { reads, writes, adds, ...others } = this.#relative.all[relative]!;
    const place = (cells: readonly number[]): number[] => ascending(cells.map((cell) => placeOf(cell, slot)));
    const placed = this.#placed.add({ reads: place(reads), writes: place(writes), adds: place(adds), ...others });
    return (this.#numbers[relative * this.#ids + id] = placed);
  }
}

export const ascending = (cells: Iterable<number>): number[] => [...cells].toSorted((a, b) => a - b);
