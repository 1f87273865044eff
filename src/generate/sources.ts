/** Where a campaign's scenarios come from. Plain options in, so that every worker can make its own. */
import type { SyncMode } from '../../model/backup/job.ts';
import type { DiscardReads } from '../../model/block/image.ts';
import type { ScenarioSource } from '../explore/campaign.ts';
import type { GuestLog } from './guest-log.ts';
import { type Scope, drawScenario, scenarios } from './scenarios.ts';
import { lastUsefulT0, workloadScenario } from './workload.ts';

/** Scenarios drawn from arbitraries within a scope. */
export function generated(scope: Scope): ScenarioSource {
  const arbitraries = { full: scenarios('full', scope), top: scenarios('top', scope), none: scenarios('none', scope) };
  return { draw: (mode, random) => drawScenario(arbitraries[mode], random), schedulesPerScenario: 8, scenariosPerUnit: 64 };
}

/** Scenarios cut out of a recorded workload: T0 at a random request of the first half, discards that throw data away in one of two ways. */
export function recorded(log: GuestLog): ScenarioSource {
  const draw: ScenarioSource['draw'] = (mode: SyncMode, random) => {
    const t0 = random.below(Math.min(Math.ceil((lastUsefulT0(log) + 1) / 2), 65_536)); // half of the log or more is left to run
    const reads: DiscardReads = mode === 'top' && random.below(2) === 1 ? 'backing' : 'zero';
    const scenario = workloadScenario(log, mode, t0, reads);
    if (mode !== 'none') return scenario;
    const { guest } = scenario; // a NONE job lives until it is cancelled: let it live through much of the log
    const half = Math.floor(guest.length / 2);
    return { ...scenario, cancelAfter: [guest[half + random.below(guest.length - half)]!.id] };
  };
  return { draw, schedulesPerScenario: 2, scenariosPerUnit: 1 };
}
