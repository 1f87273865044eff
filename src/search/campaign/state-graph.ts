/**
 * The part of one scenario's states that runs have come through: of each state who can run in it, and of
 * each of them the state that comes next, once somebody has gone there. States are told apart by 64 bits.
 *
 * All of it lies in one array, a state's record in one piece, for a run does little else than read it: how
 * many can run, and of each the fields below. A state is named by the place of its record.
 */
export const UNKNOWN = -1;

/** Of somebody who can run in a state; from the place of the edge. */
export const Edge = { id: 0, step: 1, next: 2, marksLow: 3, marksHigh: 4 } as const;
const EDGE_CELLS = 5;

const PLACES_AT_FIRST = 1 << 12;
const LOAD_MAX = 0.5;

export class StateGraph {
  size = 0;
  cells = new Int32Array(1 << 14);
  #end = 0;
  // Open addressing: the two halves of a state's fingerprint, and one more than the place of its record; 0: nobody.
  #low = new Int32Array(PLACES_AT_FIRST);
  #high = new Int32Array(PLACES_AT_FIRST);
  #records = new Int32Array(PLACES_AT_FIRST);

  /** How many can run in a state. */
  count(state: number): number {
    return this.cells[state]!;
  }
  /** The place of the first edge of a state. Others follow it, EDGE_CELLS apart. */
  edge(state: number, i: number): number {
    return state + 1 + i * EDGE_CELLS;
  }

  clear(): void {
    this.size = this.#end = 0;
    this.#records.fill(0);
  }

  /** @returns the state with this fingerprint, or UNKNOWN */
  find(low: number, high: number): number {
    return this.#records[this.#placeOf(low, high)]! - 1;
  }

  /** A state in which so many can run. The caller says who and which step; where they lead is not known yet. */
  add(low: number, high: number, count: number): number {
    if (++this.size > LOAD_MAX * this.#records.length) this.#lengthenPlaces();
    const state = this.#end;
    const place = this.#placeOf(low, high);
    this.#low[place] = low;
    this.#high[place] = high;
    this.#records[place] = state + 1;
    this.#end = this.edge(state, count);
    if (this.#end > this.cells.length) this.cells = copied(this.cells, 2 * this.cells.length);
    this.cells.fill(0, state, this.#end);
    this.cells[state] = count;
    for (let i = 0; i < count; i++) this.cells[this.edge(state, i) + Edge.next] = UNKNOWN;
    return state;
  }

  #placeOf(low: number, high: number): number {
    const mask = this.#records.length - 1;
    for (let place = low & mask; ; place = (place + 1) & mask) {
      if (this.#records[place] === 0 || (this.#low[place] === low && this.#high[place] === high)) return place;
    }
  }

  #lengthenPlaces(): void {
    const [low, high, records] = [this.#low, this.#high, this.#records];
    this.#low = new Int32Array(2 * low.length);
    this.#high = new Int32Array(2 * low.length);
    this.#records = new Int32Array(2 * low.length);
    for (let i = 0; i < records.length; i++) {
      if (records[i] === 0) continue;
      const place = this.#placeOf(low[i]!, high[i]!);
      this.#low[place] = low[i]!;
      this.#high[place] = high[i]!;
      this.#records[place] = records[i]!;
    }
  }
}

function copied(array: Int32Array, length: number): Int32Array<ArrayBuffer> {
  const result = new Int32Array(length);
  result.set(array);
  return result;
}
