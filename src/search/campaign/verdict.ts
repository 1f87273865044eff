/** When a search may say that a job holds. A search that was too short says so: it must never look like a success. */
import type { SyncMode } from '../../../model/sync.ts';
import { sharesOf } from './units.ts';

/** `unfinished`: neither a failure nor enough runs to speak of success. */
export type Verdict = 'holds' | 'broken' | 'unfinished';

/** Completed runs of each mode after which a search by time holds. Runs of recorded guests and of a real QEMU are long and few. */
export const RUNS_ENOUGH = { generated: 1_000, recorded: 20, realQemu: 20 } as const;

/** `--seconds` bounds search and shrinking together: of it, what a search takes that keeps going and has found something. */
export const SHARE_WITH_FAILURES = 0.6;

/** What has become of the runs of a mode. */
export interface ModeRuns {
  readonly schedules: number;
  /** Of these, the runs that were cut off at their limit of steps: they have not ended. */
  readonly cutOff: number;
  readonly broken: boolean;
}

/**
 * How many runs of each mode have to end before it holds: all that were asked for, or `enough` where only time was given.
 * @param runs all modes together; null: the search goes by time
 */
export function runsNeeded(modes: readonly SyncMode[], runs: number | null, enough: number): ReadonlyMap<SyncMode, number> {
  const shares = sharesOf(modes, runs ?? 0);
  return new Map(modes.map((mode, m) => [mode, runs === null ? enough : Math.max(1, shares[m]!)]));
}

export function verdictOfMode({ schedules, cutOff, broken }: ModeRuns, needed: number): Verdict {
  if (broken) return 'broken';
  return cutOff === 0 && schedules >= needed ? 'holds' : 'unfinished';
}

/** One that is broken breaks the whole, and the whole holds only if all do. */
export function together(verdicts: readonly Verdict[]): Verdict {
  if (verdicts.includes('broken')) return 'broken';
  return verdicts.includes('unfinished') || verdicts.length === 0 ? 'unfinished' : 'holds';
}
