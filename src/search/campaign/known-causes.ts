/**
 * The causes that a campaign has found so far. A rule that breaks a property in one run of three hides what
 * a rarer one does, so in half of the units all rules that are known to break their mode are on.
 *
 * A unit knows what the first half of the units before it found, no more and no less: so the outcome does
 * not depend on how many run at a time, and yet there is always one that need not wait.
 */
import type { SyncMode } from '../../../model/sync.ts';
import type { RuleName } from '../../../model/machine/job-names.ts';
import type { Unit } from './campaign.ts';

export class KnownCauses {
  readonly #without: readonly RuleName[];
  /** By mode and rule: which unit, in their order, was the first to find that it alone is a cause. */
  readonly #foundBy = new Map<string, number>();

  /** @param without the rules that are off */
  constructor(without: readonly RuleName[]) {
    this.#without = without;
  }

  /** How many units must have been added before the one after `before` others can begin. */
  needed(before: number): number {
    return this.#without.length < 2 ? 0 : Math.floor(before / 2);
  }

  /** @param nth from 0, in the order of units */
  add(nth: number, mode: SyncMode, causes: readonly (readonly RuleName[])[]): void {
    for (const rule of causes.filter(({ length }) => length === 1).flat()) {
      const key = `${mode} ${rule}`;
      if (!this.#foundBy.has(key)) this.#foundBy.set(key, nth);
    }
  }

  /** The rules that are off in a unit that comes after `before` others. Never none, if any is off at all. */
  withoutIn({ mode, number }: Unit, before: number): readonly RuleName[] {
    if (number % 2 === 0) return this.#without;
    const stillOff = this.#without.filter((rule) => (this.#foundBy.get(`${mode} ${rule}`) ?? Infinity) >= this.needed(before));
    return stillOff.length > 0 ? stillOff : this.#without;
  }
}
