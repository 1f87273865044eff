/**
 * The states that a search has seen, as 64-bit fingerprints, with the depth at which each was first seen
 * and whom the search has let sleep there: open addressing in typed arrays, 16 bytes a place. Two of n states share a
 * fingerprint with a probability of
 * about n² / 2^65.
 */
const PLACES_AT_FIRST = 1 << 12;
const LOAD_MAX = 0.7;
const BYTES_A_PLACE = 16;
/** Places are numbers of 32 bits with a sign. So many states no longer tell a proof from luck: two share a fingerprint with 6 %. */
const PLACES_MAX = 2 ** 31;

/** The state is new. */
export const NEW = -1;

export class StateSet {
  size = 0;
  readonly #placesMax: number;
  #low = new Int32Array(PLACES_AT_FIRST);
  #high = new Int32Array(PLACES_AT_FIRST);
  #depth = new Int32Array(PLACES_AT_FIRST);
  #asleep = new Int32Array(PLACES_AT_FIRST);
  #mask = PLACES_AT_FIRST - 1;
  #growAt = Math.floor(PLACES_AT_FIRST * LOAD_MAX);

  /** @param bytesMax the set never takes more; while it grows it holds the old and the new one */
  constructor(bytesMax: number) {
    this.#placesMax = Math.min(PLACES_MAX, Math.floor(bytesMax / BYTES_A_PLACE / 1.5));
  }

  /** Whether another state would need more memory than there is. */
  get isFull(): boolean {
    return this.size >= this.#growAt && (this.#mask + 1) * 2 > this.#placesMax;
  }

  /** @returns NEW, or the place of a state that was there already; good until the next call */
  add(low: number, high: number, depth: number, asleep: number): number {
    if (low === 0 && high === 0) high = 1; // (0, 0) marks an empty place
    if (this.size >= this.#growAt) this.#grow();
    const lows = this.#low;
    const highs = this.#high;
    const mask = this.#mask;
    for (let place = low & mask; ; place = (place + 1) & mask) {
      const seen = lows[place]!;
      if (seen === low && highs[place] === high) return place;
      if (seen !== 0 || highs[place] !== 0) continue;
      lows[place] = low;
      highs[place] = high;
      this.#depth[place] = depth;
      this.#asleep[place] = asleep;
      this.size++;
      return NEW;
    }
  }

  depthAt(place: number): number {
    return this.#depth[place]!;
  }
  asleepAt(place: number): number {
    return this.#asleep[place]!;
  }
  setAsleep(place: number, asleep: number): void {
    this.#asleep[place] = asleep;
  }

  #grow(): void {
    const [lows, highs, depths, asleep] = [this.#low, this.#high, this.#depth, this.#asleep];
    const places = lows.length * 2;
    this.#low = new Int32Array(places);
    this.#high = new Int32Array(places);
    this.#depth = new Int32Array(places);
    this.#asleep = new Int32Array(places);
    this.#mask = places - 1;
    this.#growAt = Math.floor(places * LOAD_MAX);
    for (let i = 0; i < lows.length; i++) {
      if (lows[i] === 0 && highs[i] === 0) continue;
      let place = lows[i]! & this.#mask;
      while (this.#low[place] !== 0 || this.#high[place] !== 0) place = (place + 1) & this.#mask;
      this.#low[place] = lows[i]!;
      this.#high[place] = highs[i]!;
      this.#depth[place] = depths[i]!;
      this.#asleep[place] = asleep[i]!;
    }
  }
}
