/**
 * 64 bits that stand for all the cells of a world, as two halves of 32 bits: what each cell adds to them, by exclusive or, so
 * that one that changes is counted out with what it held and in with what it holds.
 */

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

export class Fingerprint {
  low = 0;
  high = 0;
  readonly #holdsContents: Uint8Array;
  /** Contents from this one on are all the same. */
  #foldFrom = UNFOLDED;

  /** @param holdsContents 1 for a cell that holds contents */
  constructor(holdsContents: Uint8Array) {
    this.#holdsContents = holdsContents;
  }

  /** @param foldFrom contents from this one on are all the same from here on */
  begin(cells: Int32Array, foldFrom = UNFOLDED): void {
    this.#foldFrom = foldFrom;
    mixSmall(cells.length);
    this.restart(cells);
  }

  /** All cells may have changed. */
  restart(cells: Int32Array): void {
    const { low, high } = this.of(cells);
    this.low = low;
    this.high = high;
  }

  /** A cell has changed. */
  change(cell: number, before: number, after: number): void {
    const old = this.#folded(cell, before);
    const value = this.#folded(cell, after);
    if (old === value) return;
    if (((old | value) & ~SMALL) === 0) {
      const row = cell * (SMALL + 1);
      this.low ^= smallLow[row + old]! ^ smallLow[row + value]!;
      this.high ^= smallHigh[row + old]! ^ smallHigh[row + value]!;
      return;
    }
    this.low ^= mixLow(cell, old) ^ mixLow(cell, value);
    this.high ^= mixHigh(cell, old) ^ mixHigh(cell, value);
  }

  /** Counted anew from every cell: what `low` and `high` must equal at any time. */
  of(cells: Int32Array): { low: number; high: number } {
    let low = 0;
    let high = 0;
    for (let cell = 0; cell < cells.length; cell++) {
      const value = this.#folded(cell, cells[cell]!);
      low ^= mixLow(cell, value);
      high ^= mixHigh(cell, value);
    }
    return { low, high };
  }

  #folded(cell: number, value: number): number {
    return value > this.#foldFrom && this.#holdsContents[cell] === 1 ? this.#foldFrom : value;
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
