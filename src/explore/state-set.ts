/**
 * The states that a search has seen, as 64-bit fingerprints with the depth at which each was first
 * seen: open addressing in typed arrays, 12 bytes a place. Two of n states share a fingerprint with a
 * probability of about n² / 2^65.
 */
const PLACES_AT_FIRST = 1 << 12;
const LOAD_MAX = 0.7;
const BYTES_A_PLACE = 12;

/** The state is new. */
export const NEW = -1;

export class StateSet {
  size = 0;
  readonly #placesMax: number;
  #low = new Int32Array(PLACES_AT_FIRST);
  #high = new Int32Array(PLACES_AT_FIRST);
  #depth = new Int32Array(PLACES_AT_FIRST);
  #mask = PLACES_AT_FIRST - 1;
  #growAt = Math.floor(PLACES_AT_FIRST * LOAD_MAX);

  /** @param bytesMax the set never takes more; while it grows it holds the old and the new one */
  constructor(bytesMax: number) {
    this.#placesMax = Math.floor(bytesMax / BYTES_A_PLACE / 1.5);
  }

  /** Whether another state would need more memory than there is. */
  get isFull(): boolean {
    return this.size >= this.#growAt && (this.#mask + 1) * 2 > this.#placesMax;
  }

  /** @returns NEW, or the depth at which the state was first seen */
  add(low: number, high: number, depth: number): number {
    if (low === 0 && high === 0) high = 1; // (0, 0) marks an empty place
    if (this.size >= this.#growAt) this.#grow();
    const [lows, highs, mask] = [this.#low, this.#high, this.#mask];
    for (let place = low & mask; ; place = (place + 1) & mask) {
      const seen = lows[place]!;
      if (seen === low && highs[place] === high) return this.#depth[place]!;
      if (seen !== 0 || highs[place] !== 0) continue;
      lows[place] = low;
      highs[place] = high;
      this.#depth[place] = depth;
      this.size++;
      return NEW;
    }
  }

  #grow(): void {
    const [lows, highs, depths] = [this.#low, this.#high, this.#depth];
    const places = lows.length * 2;
    this.#low = new Int32Array(places);
    this.#high = new Int32Array(places);
    this.#depth = new Int32Array(places);
    this.#mask = places - 1;
    this.#growAt = Math.floor(places * LOAD_MAX);
    for (let i = 0; i < lows.length; i++) {
      if (lows[i] === 0 && highs[i] === 0) continue;
      let place = lows[i]! & this.#mask;
      while (this.#low[place] !== 0 || this.#high[place] !== 0) place = (place + 1) & this.#mask;
      this.#low[place] = lows[i]!;
      this.#high[place] = highs[i]!;
      this.#depth[place] = depths[i]!;
    }
  }
}
