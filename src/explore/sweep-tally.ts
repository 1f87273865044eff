/** What a sweep has done so far, added up unit by unit in their order. */
import type { SyncMode } from '../../model/backup/drive-backup.ts';
import type { Found } from './campaign.ts';
import { type SweepCounts, type SweepResult, noCounts } from './sweep.ts';

export class SweepTally {
  readonly byMode = new Map<SyncMode, SweepCounts & { broken: boolean }>();
  readonly found: Found[] = [];
  collisionBound = 0;
  unitsDone = 0;
  cut: SweepResult['cut'] = null;

  constructor(modes: readonly SyncMode[]) {
    for (const mode of modes) this.byMode.set(mode, { ...noCounts(), broken: false });
  }

  add(result: SweepResult): void {
    for (const [mode, counts] of Object.entries(result.byMode) as [SyncMode, SweepCounts][]) {
      const sums = this.byMode.get(mode)!;
      for (const name of Object.keys(counts) as (keyof SweepCounts)[]) sums[name] += counts[name];
    }
    for (const { scenario } of result.found) this.byMode.get(scenario.mode)!.broken = true;
    this.found.push(...result.found);
    this.collisionBound += result.collisionBound;
    this.cut ??= result.cut;
    if (result.cut === null) this.unitsDone++;
  }

  /** All modes together. */
  get all(): SweepCounts {
    const sums = noCounts();
    for (const counts of this.byMode.values()) for (const name of Object.keys(sums) as (keyof SweepCounts)[]) sums[name] += counts[name];
    return sums;
  }
}
