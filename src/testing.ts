/** For specs only: settings, and runs that break a property, found the way a campaign finds them. */
import type { SyncMode } from '../model/backup/drive-backup.ts';
import { RULES, RULE_NAMES, type Rule, type RuleName } from '../model/backup/rules.ts';
import type { WakeOrder } from '../model/kernel/coroutine.ts';
import { Machine, type Setting, shapeOf } from '../model/machine.ts';
import { Benches, type CampaignOptions, type Found, runUnit } from './explore/campaign.ts';
import type { NamedStep } from './explore/experiment.ts';
import type { Scope } from './generate/scenarios.ts';
import { generated } from './generate/sources.ts';
import type { Trace } from './trace/format.ts';
import { type FailingRun, recordTrace } from './trace/record.ts';

export const MODES: readonly SyncMode[] = ['full', 'top', 'none'];
export const WAKES: readonly WakeOrder[] = ['any', 'qemu'];
export const GRAINS = ['cluster', 'sector'] as const;

/** What `cowcheck check` draws from when it is told nothing. */
export const SCOPE: Scope = { clusters: 4, clusterSectors: 2, writes: 3 };

export const neverStop = (): boolean => false;

/** Whether it takes injected errors to miss one of these rules. */
export const needFaults = (rules: readonly RuleName[]): boolean => rules.some((rule) => (RULES[rule] as Rule).needsFaults === true);

export function settingWithout(without: readonly RuleName[], more: Partial<Setting> = {}): Setting {
  return { effects: 'sector', wake: 'any', requestsMin: SCOPE.writes, ...more, without };
}

export function optionsFor(setting: Setting, more: Partial<CampaignOptions> = {}): CampaignOptions {
  return { seed: 'spec', strategy: 'portfolio', keepGoing: false, ...more, setting };
}

export interface FailureFound extends FailingRun {
  readonly found: Found;
}

/** Searches up to so many schedules of a mode. @returns the first run that breaks a property, or null */
export function findFailure(setting: Setting, mode: SyncMode, schedulesMax: number, { seed = 'spec', scope = { ...SCOPE, faults: needFaults(setting.without) } } = {}): FailureFound | null {
  const unit = { mode, number: 0, schedules: schedulesMax };
  const [found] = runUnit(optionsFor(setting, { seed }), generated(scope), unit, new Benches(), neverStop).found;
  return found === undefined ? null : failingRun(found, setting);
}

/** What was found, with its steps by name, and on a machine without room to spare: as it is reported. */
export function failingRun(found: Found, setting: Setting): FailureFound {
  const { scenario, schedule } = found;
  const tight = { ...setting, requestsMin: 0 };
  const machine = new Machine(shapeOf(scenario, tight));
  machine.load(scenario);
  machine.begin();
  const steps = schedule.map((id): NamedStep => {
    const coroutine = machine.coroutines.byId(id);
    const step = { who: machine.coroutineName(coroutine), step: coroutine.pending };
    machine.step(id);
    return step;
  });
  return { scenario, setting: tight, steps, found };
}

/** Failing runs of many rules, modes, wake orders and grains: at most one of each, as the search found them, not shrunk. */
export function failingRuns(schedulesMax = 600): FailureFound[] {
  return RULE_NAMES.flatMap((rule, i) =>
    MODES.flatMap((mode, m) => findFailure(settingWithout([rule], { wake: WAKES[(i + m) % 2]!, effects: GRAINS[i % 2]! }), mode, schedulesMax) ?? []),
  );
}

export function traceOf(run: FailingRun): Trace {
  return recordTrace(run, { minimal: 'not tried', found: { strategy: 'portfolio', seed: 'spec', run: 0 } });
}
