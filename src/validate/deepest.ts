/** The dead ends of a search that lie deepest in the log: how far the model came, and what it could have shown there instead. */

import type { Move } from './moves.ts';

export interface DeadEnd {
  /** The way there. */
  readonly schedule: readonly Move[];
  /** The moment that the model did not get through, and which of its events it had shown, as bits. */
  readonly moment: number;
  readonly shown: number;
  /** Who could have run next, and what that would have shown. */
  readonly instead: readonly { readonly id: number; readonly text: string }[];
}

/** A place that the search comes to. */
export type PlaceInLog = Pick<DeadEnd, 'moment' | 'shown'>;

interface End extends DeadEnd {
  readonly instead: { id: number; text: string }[];
}

/** More would only be more of the same. */
const ENDS_MAX = 3;
/** To find such as differ, so many are kept at most. */
const KEPT_MAX = 1_000;

export class Deepest {
  #moment = -1;
  #bits = 0;
  #ends = new Map<PlaceInLog, End>();

  /** The model has come to a place. @param isStuck it can't go on from there at all */
  cameTo(place: PlaceInLog, schedule: readonly Move[], isStuck: boolean): void {
    const [ahead, bits] = [place.moment - this.#moment, bitsOf(place.shown)];
    if (ahead < 0 || (ahead === 0 && bits < this.#bits)) return;
    if (ahead > 0 || bits > this.#bits) this.#ends.clear();
    [this.#moment, this.#bits] = [place.moment, bits];
    if (isStuck) this.#endAt(place, schedule);
  }

  /** From a place that it has come to, somebody could go on, but not with what the log has next. @param schedule as far as that place */
  couldShow(place: PlaceInLog, schedule: readonly Move[], id: number, text: string): void {
    if (place.moment !== this.#moment || bitsOf(place.shown) !== this.#bits) return;
    this.#endAt(place, schedule)?.instead.push({ id, text });
  }

  /** Some of which no two could have shown the same instead; those that could show something come first. */
  get ends(): DeadEnd[] {
    const told = new Map<string, End>();
    for (const end of this.#ends.values()) {
      const key = end.instead
        .map(({ id, text }) => `${id} ${text}`)
        .toSorted()
        .join();
      if (!told.has(key)) told.set(key, end);
    }
    return [...told.values()].toSorted((a, b) => b.instead.length - a.instead.length).slice(0, ENDS_MAX);
  }

  #endAt(place: PlaceInLog, schedule: readonly Move[]): End | null {
    const known = this.#ends.get(place);
    if (known !== undefined || this.#ends.size >= KEPT_MAX) return known ?? null;
    const end: End = { schedule, moment: place.moment, shown: place.shown, instead: [] };
    this.#ends.set(place, end);
    return end;
  }
}

function bitsOf(mask: number): number {
  let count = 0;
  for (let left = mask; left !== 0; left &= left - 1) count++;
  return count;
}
