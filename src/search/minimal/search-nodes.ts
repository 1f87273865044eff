/** The places that a search has come to, each with a copy of the cells and the way to it. */
export interface Place {
  /** The place before, and who ran from there to here. The first place has neither. */
  readonly from: number;
  readonly id: number;
  /** Who may go on from here for nothing. */
  readonly owner: number;
  /** The fingerprint, and who is ready, as bits. */
  readonly low: number;
  readonly high: number;
  readonly mask: number;
}

const PLACES_IN_CHUNK = 1 << 6;

export class SearchNodes {
  readonly #cells: number;
  readonly #places: Place[] = [];
  readonly #chunks: Int32Array[] = [];

  /** @param cells how many cells a state has */
  constructor(cells: number) {
    this.#cells = cells;
  }

  /** About how much memory they take. */
  get bytes(): number {
    return this.#chunks.length * PLACES_IN_CHUNK * (this.#cells * 4 + 100);
  }

  /** @returns the new place; the first is 0 */
  add(cells: Int32Array, place: Place): number {
    const at = this.#places.push(place) - 1;
    if (at % PLACES_IN_CHUNK === 0) this.#chunks.push(new Int32Array(PLACES_IN_CHUNK * this.#cells));
    this.#chunks.at(-1)!.set(cells, (at % PLACES_IN_CHUNK) * this.#cells);
    return at;
  }

  at(place: number): Place {
    return this.#places[place]!;
  }

  /** Copies the cells of a place. */
  read(place: number, into: Int32Array): void {
    const first = (place % PLACES_IN_CHUNK) * this.#cells;
    into.set(this.#chunks[Math.floor(place / PLACES_IN_CHUNK)]!.subarray(first, first + this.#cells));
  }

  /** Who ran on the way to a place. */
  pathTo(place: number): number[] {
    const ids: number[] = [];
    for (let at = place; at > 0; at = this.#places[at]!.from) ids.push(this.#places[at]!.id);
    return ids.toReversed();
  }
}
