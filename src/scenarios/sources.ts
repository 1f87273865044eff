/** Where a campaign's scenarios come from. Plain options in, so that every worker can make its own. */
import { ALL_SYNC_MODES, type SyncMode, ofEachMode, syncOf } from '../../model/sync.ts';
import type { DiscardReads } from '../../model/block/image.ts';
import type { Scenario } from '../../model/scenario/scenario.ts';
import type { ScenarioSource } from './source.ts';
import { type Scope, drawScenario, scenarios } from './draw.ts';
import { burstsOf } from './bursts.ts';
import type { Recording } from './recording.ts';
import { lastUsefulT0, workloadScenario } from './workload.ts';

/** What a campaign is about: one scenario, or else a recorded workload, or else whatever there is within a scope. */
export interface Subject {
  readonly scope: Scope;
  readonly recording: Recording | null;
  readonly scenario: Scenario | null;
}

export function sourceOf({ scope, recording, scenario }: Subject): ScenarioSource {
  if (scenario !== null) return only(scenario);
  return recording === null ? generated(scope) : recorded(recording);
}

/** One scenario, again and again. */
function only(scenario: Scenario): ScenarioSource {
  return { draw: () => scenario, schedulesPerScenario: 4096, scenariosPerUnit: 1 };
}

/** Scenarios drawn from arbitraries within a scope. */
export function generated(scope: Scope): ScenarioSource {
  const arbitraries = ofEachMode(ALL_SYNC_MODES, (mode) => scenarios(mode, scope));
  return { draw: (mode, random) => drawScenario(arbitraries[mode], random), schedulesPerScenario: 8, scenariosPerUnit: 64 };
}

/**
 * Scenarios cut out of a recorded workload. T0 lies at a random request, in three of four just before
 * a burst, for only then can copies by the guest meet. Discards throw data away in one of two ways.
 */
export function recorded(recording: Recording): ScenarioSource {
  const bursts = burstsOf(recording.requests, recording.clusterSectors);
  const draw: ScenarioSource['draw'] = (mode: SyncMode, random) => {
    const anywhere = bursts.length === 0 || random.below(4) === 0;
    const t0 = anywhere ? random.below(lastUsefulT0(recording) + 1) : bursts[random.below(bursts.length)]!;
    const { selects, endsByItself } = syncOf(mode);
    const reads: DiscardReads = selects === 'allocated' && random.below(2) === 1 ? 'backing' : 'zero';
    const scenario = workloadScenario(recording, mode, t0, reads);
    if (endsByItself) return scenario;
    const { guest } = scenario; // the job lives until it is cancelled: let it live through much of the log
    const half = Math.floor(guest.length / 2);
    return { ...scenario, cancelAfter: [guest[half + random.below(guest.length - half)]!.id] };
  };
  return { draw, schedulesPerScenario: 2, scenariosPerUnit: 1 };
}
