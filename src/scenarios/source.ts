/** What a campaign asks for its scenarios. */
import type { Scenario } from '../../model/scenario/scenario.ts';
import type { SyncMode } from '../../model/sync.ts';
import type { RandomNumbers } from '../search/strategies/random-numbers.ts';

/** Where scenarios come from: drawn from arbitraries, or cut out of a recorded workload. */
export interface ScenarioSource {
  readonly draw: (mode: SyncMode, random: RandomNumbers) => Scenario;
  /** How many schedules each scenario gets. */
  readonly schedulesPerScenario: number;
  readonly scenariosPerUnit: number;
}
