/** What the main thread asks of a worker, as plain data. */
import type { SyncMode } from '../../../model/sync.ts';
import type { RuleName } from '../../../model/families/notifier/rules.ts';
import type { CampaignOptions, Found, Unit } from '../../search/campaign/campaign.ts';
import type { Sweep } from '../../search/exhaustive/sweep.ts';
import type { Subject } from '../../scenarios/sources.ts';
import type { Cell } from '../../matrix/cell.ts';
import type { Pair } from '../../matrix/pairs.ts';
import type { Cost } from '../../shrink/cost.ts';
import type { Failure, Search } from '../../shrink/failure.ts';
import type { FailingTrace, Trace } from '../../trace/format.ts';
import type { RuleChanges } from '../../replay/replay.ts';

/** What the workers of a campaign are started with. A recorded guest is long, and told once. */
export interface CampaignData {
  readonly subject: Subject;
}

export interface UnitJob {
  /** With the rules that are off in this unit. */
  readonly options: CampaignOptions;
  readonly unit: Unit;
  /** Shared: not 0 once the campaign is over, for whatever reason. */
  readonly stop: Int32Array;
}

export interface SweepJob {
  readonly sweep: Sweep;
  readonly unit: number;
  /** For the states of a scenario. */
  readonly bytesMax: number;
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
  /** In milliseconds since 1970: by then it should be as small as it becomes; null: no limit. */
  readonly deadline: number | null;
  readonly stop: StopCell;
}

export interface ExplainJob {
  readonly trace: FailingTrace;
}

export interface TraceJob {
  readonly trace: FailingTrace;
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

/** One piece of the matrix of rules. */
export type MatrixTask =
  | { readonly what: 'asked'; readonly mode: SyncMode }
  | { readonly what: 'cell'; readonly mode: SyncMode; readonly rule: RuleName }
  | { readonly what: 'pairs'; readonly mode: SyncMode; readonly rule: RuleName; readonly others: readonly RuleName[] };

/** What it has come to; the part of the task is there. */
export interface MatrixResult {
  readonly asked?: readonly RuleName[];
  readonly cell?: Cell;
  readonly pairs?: readonly Pair[];
}

export interface MatrixJob {
  readonly task: MatrixTask;
  readonly seed: string;
  /** Shared: not 0 once all is over, for whatever reason. */
  readonly stop: Int32Array;
}
