/** What the main thread asks of a worker, as plain data. */
import type { CampaignOptions, Found, Unit } from '../explore/campaign.ts';
import type { GuestLog } from '../generate/guest-log.ts';
import type { Sweep } from '../explore/sweep.ts';
import type { Scope } from '../generate/scenarios.ts';
import type { Search } from '../shrink/failure.ts';
import type { Trace } from '../trace/format.ts';
import type { RuleChanges } from '../trace/replay.ts';

export interface UnitJob {
  /** With the rules that are off in this unit. */
  readonly options: CampaignOptions;
  readonly unit: Unit;
  readonly scope: Scope;
  readonly log: GuestLog | null;
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

export interface FailureJob {
  readonly found: Found;
  readonly search: Search;
  /** Shared: not 0 once nobody wants to wait for it to become smaller. */
  readonly stop: Int32Array;
}

export interface ReplayJob {
  readonly trace: Trace;
  readonly changes: RuleChanges;
}
