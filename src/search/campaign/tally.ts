/** What a campaign has done so far, added up unit by unit in their order. */
import type { FamilyName } from '../../../model/machine/job-names.ts';
import type { SyncMode } from '../../../model/sync.ts';
import { MARKS, MARK_IDS } from '../../../properties/situations.ts';
import { bucketOf } from '../diagnose/bucket.ts';
import type { Found, UnitResult } from './campaign.ts';
import type { DepthBound } from '../strategies/strategy.ts';

export class Tally {
  schedules = 0;
  steps = 0;
  scenarios = 0;
  cutOff = 0;
  /** Failures of different buckets; of each bucket the first. */
  readonly found: Found[] = [];
  readonly #buckets = new Set<string>();
  readonly byMode = new Map<SyncMode, { schedules: number; cutOff: number; broken: boolean }>();
  /** What the strategy promises, by depth. */
  readonly bounds = new Map<number, DepthBound>();
  readonly #marks = MARK_IDS.map(() => 0);
  /** Situations of a custom job's own properties: in how many runs each was met. */
  readonly ownMarks = new Map<string, number>();

  readonly #withFaults: boolean;
  readonly #family: FamilyName;

  /**
   * @param withFaults whether the marks that take injected errors count among those to be met
   * @param family of the job: those that only another one can meet do not count
   */
  constructor(modes: readonly SyncMode[], withFaults = false, family: FamilyName = 'notifier') {
    this.#withFaults = withFaults;
    this.#family = family;
    for (const mode of modes) this.byMode.set(mode, { schedules: 0, cutOff: 0, broken: false });
  }

  add(result: UnitResult): void {
    this.schedules += result.schedules;
    this.steps += result.steps;
    this.scenarios += result.scenarios;
    this.cutOff += result.cutOff;
    for (const found of result.found) this.#keep(found);
    for (const bound of result.bounds) this.bounds.set(bound.depth, together(bound, this.bounds.get(bound.depth)));
    result.marks.forEach((runs, m) => (this.#marks[m]! += runs));
    for (const [name, runs] of Object.entries(result.ownMarks ?? {})) this.ownMarks.set(name, (this.ownMarks.get(name) ?? 0) + runs);
    const mode = this.byMode.get(result.mode)!;
    mode.schedules += result.schedules;
    mode.cutOff += result.cutOff;
    mode.broken ||= result.found.length > 0;
  }

  #keep(found: Found): void {
    const bucket = bucketOf(found.scenario.mode, found.violation.property, found.cause);
    if (this.#buckets.has(bucket)) return;
    this.#buckets.add(bucket);
    this.found.push(found);
  }

  /** The marks that can be met in these modes, and those of the job's own properties, with the number of runs that met them. */
  marks(): { name: string; runs: number }[] {
    const modes = [...this.byMode.keys()];
    const own = [...this.ownMarks].map(([name, runs]) => ({ name, runs }));
    const all = MARK_IDS.map((id, m) => ({ faults: false, family: this.#family, ...MARKS[id], runs: this.#marks[m]! }))
      .filter(({ faults, family }) => (this.#withFaults || !faults) && family === this.#family)
      .filter((mark) => mark.modes.some((mode) => modes.includes(mode)))
      .map(({ name, runs }) => ({ name, runs }));
    return [...all, ...own];
  }
}

function together(one: DepthBound, other: DepthBound | undefined): DepthBound {
  if (other === undefined) return one;
  return {
    depth: one.depth,
    coroutines: Math.max(one.coroutines, other.coroutines),
    steps: Math.max(one.steps, other.steps),
    runs: one.runs + other.runs,
    overshoots: one.overshoots + other.overshoots,
    logMiss: one.logMiss + other.logMiss,
  };
}
