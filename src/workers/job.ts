/** What the main thread asks of a worker, as plain data. */
import type { CampaignOptions, Found, Unit } from '../explore/campaign.ts';
import type { Sweep } from '../explore/sweep.ts';
import type { Subject } from '../generate/sources.ts';
import type { Cost } from '../shrink/cost.ts';
import type { Failure, Search } from '../shrink/failure.ts';
import type { Trace } from '../trace/format.ts';
import type { RuleChanges } from '../trace/replay.ts';

export interface UnitJob {
  /** With the rules that are off in this unit. */
  readonly options: CampaignOptions;
  readonly unit: Unit;
  readonly subject: Subject;
  /** In milliseconds since 1970; null: no limit. */
  readonly deadline: number | null;
  /** Shared: not 0 once the campaign is over, for whatever reason. */
  readonly stop: Int32Array;
}

export interface SweepJob {
  readonly sweep: Sweep;
  readonly unit: number;
  /** For the states of a scenario. */
  readonly bytesMax: number;
  /** In milliseconds since 1970; null: no limit. */
  readonly deadline: number | null;
  /** Shared: not 0 once the sweep is over, for whatever reason. */
  readonly stop: Int32Array;
}
/** What a worker that makes failures smaller is told while it does. */
export const Stop = { nothing: 0, proofs: 1, all: 2 } as const;

/** Shared: one of `Stop`. */
export type StopCell = Int32Array;

export interface FailureJob {
  readonly found: Found;
  readonly search: Search;
  readonly stop: StopCell;
}

export interface TraceJob {
  readonly trace: Trace;
  readonly stop: StopCell;
}

export interface ShrunkTrace {
  readonly before: Cost;
  readonly after: Failure;
}

export interface ProofJob {
  readonly failure: Failure;
  /** In milliseconds since 1970. */
  readonly deadline: number;
  readonly stop: StopCell;
}

export interface ReplayJob {
  readonly trace: Trace;
  readonly changes: RuleChanges;
}
