/** What a sweep has done so far, added up unit by unit in their order. */
import type { SyncMode } from '../../../model/sync.ts';
import { type Caught, type SweepCounts, type SweepResult, noCounts } from './sweep.ts';

export class SweepTally {
  readonly byMode = new Map<SyncMode, SweepCounts & { broken: boolean }>();
  readonly #found = new Map<string, Caught>();
  collisionBound = 0;
  unitsDone = 0;
  cut: SweepResult['cut'] = null;

  constructor(modes: readonly SyncMode[]) {
    for (const mode of modes) this.byMode.set(mode, { ...noCounts(), broken: false });
  }

  add(result: SweepResult): void {
    for (const [mode, counts] of result.byMode) {
      const sums = this.byMode.get(mode)!;
      for (const name of Object.keys(counts) as (keyof SweepCounts)[]) sums[name] += counts[name];
    }
    for (const caught of result.found) {
      this.byMode.get(caught.scenario.mode)!.broken = true;
      if (!this.#found.has(caught.bucket)) this.#found.set(caught.bucket, caught);
    }
    this.collisionBound += result.collisionBound;
    this.cut ??= result.cut;
    if (result.cut === null) this.unitsDone++;
  }

  /** Of failures with the same cause, the first. */
  get found(): Caught[] {
    return [...this.#found.values()];
  }

  /** All modes together. */
  get all(): SweepCounts {
    const sums = noCounts();
    for (const counts of this.byMode.values()) for (const name of Object.keys(sums) as (keyof SweepCounts)[]) sums[name] += counts[name];
    return sums;
  }
}
