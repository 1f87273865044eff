/**
 * Makes the trace of a real QEMU smaller: requests and what else a scenario has are left out, one at a time, as
 * long as what is left of the schedule still breaks the same property. Best effort: nobody proves it.
 */
import type { Scenario } from '../../model/scenario.ts';
import type { CaseResult } from './case.ts';
import type { Host } from './host.ts';
import { FollowLoosely } from './picker.ts';
import { startOf } from './real-trace.ts';

export interface ShrunkCase {
  readonly result: CaseResult;
  readonly tries: number;
}

export async function shrinkOnQemu(host: Host, failing: CaseResult, signal: AbortSignal): Promise<ShrunkCase> {
  let [result, tries] = [failing, 0];
  for (let went = true; went && !signal.aborted; ) {
    went = false;
    for (const scenario of smaller(result.scenario)) {
      if (signal.aborted) break;
      tries++;
      const tried = await host.run(scenario, startOf(result.steps), new FollowLoosely(result.steps));
      if (tried.violation?.property !== failing.violation!.property) continue;
      result = tried;
      went = true;
      break;
    }
  }
  return { result, tries };
}

function* smaller(scenario: Scenario): Generator<Scenario> {
  for (const { id } of scenario.guest) yield without(scenario, id);
  const { pause: _pause, ...unpaused } = scenario;
  if (scenario.pause === true) yield unpaused;
  for (const fault of scenario.faults ?? []) yield { ...scenario, faults: scenario.faults!.filter((other) => other !== fault) };
  if (scenario.cancel && scenario.mode !== 'none') yield { ...scenario, cancel: false, cancelAfter: [] };
  for (const operation of scenario.guest) if (operation.after.length > 0) yield { ...scenario, guest: scenario.guest.map((other) => (other === operation ? { ...other, after: [] } : other)) };
}

function without(scenario: Scenario, gone: string): Scenario {
  const drop = (ids: readonly string[]): string[] => ids.filter((id) => id !== gone);
  return { ...scenario, guest: scenario.guest.filter(({ id }) => id !== gone).map((operation) => ({ ...operation, after: drop(operation.after) })), ...(scenario.cancelAfter === undefined ? {} : { cancelAfter: drop(scenario.cancelAfter) }) };
}
