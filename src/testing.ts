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

/** Where a rule can be missed: with injected errors, if it takes them. */
export const scopeFor = (without: readonly RuleName[]): Scope => ({ ...SCOPE, faults: needFaults(without) });

/**
 * By rule, in how many schedules of a mode a property breaks without it; where a mode is missing, the rule means nothing to
 * it. Measured by campaign.spec.ts, with its seed: a record, and not what it asserts, since a change to what is drawn makes
 * other numbers.
 */
export const NEEDED: Record<RuleName, Partial<Record<SyncMode, number>>> = {
  copyBeforeWrite: { full: 4, top: 1, none: 1 },
  copyBeforeWriteZeroes: { full: 90, top: 33, none: 9 },
  copyBeforeDiscard: { full: 4, top: 33, none: 89 },
  copyWholeClusters: { full: 5, top: 1, none: 9 },
  wholeRangeRegistered: { full: 26, top: 1, none: 16 },
  waitForOverlappingCopies: { full: 4, top: 1, none: 2 },
  checkBitAfterWaiting: { full: 4, top: 1, none: 2 },
  lookAgainAfterWaking: { full: 25, top: 33, none: 67 },
  wakeWaiters: { full: 4, top: 1, none: 2 },
  markAfterTargetHasData: { full: 225, top: 25, none: 59 },
  hookBeforeFirstYield: { full: 6, top: 9, none: 5 },
  drainCopiesBeforeEnd: { full: 4, top: 17, none: 2 },
  lockBeforeWaiting: { full: 4, top: 17, none: 4 },
  drainBeforeUnhook: { top: 35 },
  topAsksWholeCluster: { top: 11 },
  topDecidesOnce: { top: 1 },
  topStopsAtEndOfDisk: { top: 49 },
  clampLastCluster: { full: 5, top: 49, none: 9 },
  cancelWakesParkedJob: { none: 1 },
  cancelCheckedAfterSleep: { none: 1 },
  failedCopyIsNotMarked: { full: 225, top: 25, none: 59 },
  failedCopyFailsGuestWrite: { full: 28, top: 122, none: 59 },
  retrySameClusterAfterError: { full: 5, top: 25 },
  staleErrorIsForgotten: { top: 60 },
  allocationErrorIsHandled: { top: 17 },
  sideOfErrorIsTold: { full: 5, top: 38 },
  completedTellsError: { full: 25, top: 17 },
  drainGuestAtStart: { full: 1, top: 19, none: 48 },
  hookGoesOnWhilePaused: { full: 19, top: 166, none: 15 },
  resumeWakesPausedJob: { full: 1576, top: 88 },
  readerSerialisedWithCopies: { none: 2755 },
  copyReadIgnoresOwnRequest: { full: 257, top: 49, none: 393 },
  jobReadIgnoresGuests: { full: 260, top: 512 },
  zeroesAreWrittenOverBacking: { full: 49, top: 9, none: 9 },
  topTargetGetsSourcesBacking: { top: 9 },
  noneTargetGetsLiveSource: { none: 1 },
  fullTargetGetsNoBacking: { full: 33 },
  topWithoutBackingIsFull: { top: 25 },
  targetLengthIsSourceLength: { full: 2265, top: 273, none: 1137 },
  existingTargetIsEmpty: { top: 454, none: 945 },
  targetClusterNotLarger: { top: 5938, none: 249 },
  topSkipsUnallocated: { top: 5 },
  skippedAreCounted: { top: 5 },
  hookCopiesAreCounted: { full: 10, top: 1, none: 1 },
  unhookAtEnd: { full: 5, top: 5, none: 4 },
  eventComesLast: { full: 4, top: 17, none: 2 },
};

/** Several times the largest of these numbers, so that a rule that hides itself shows. */
export const SURELY = 60_000;

/** The modes to which a rule means something. */
export const modesOf = (rule: RuleName): SyncMode[] => MODES.filter((mode) => NEEDED[rule][mode] !== undefined);

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
export function findFailure(setting: Setting, mode: SyncMode, schedulesMax: number, { seed = 'spec', scope = scopeFor(setting.without) } = {}): FailureFound | null {
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

/** Failing runs of every rule in each mode to which it means something, both wake orders and both grains: as the search found them, not shrunk. Of a rule that is missed rarely, one. */
export function failingRuns(schedulesMax = 600): FailureFound[] {
  return RULE_NAMES.flatMap((rule) => {
    const quick = modesOf(rule).flatMap((mode) => missing(rule, mode, schedulesMax) ?? []);
    return quick.length > 0 ? quick : [missing(rule, modesOf(rule)[0]!, SURELY)!];
  });
}

/** One failing run for each rule. */
export function failingRunOfEachRule(): FailureFound[] {
  return RULE_NAMES.map((rule, i) => {
    const modes = modesOf(rule);
    return missing(rule, modes[i % modes.length]!, SURELY)!;
  });
}

function missing(rule: RuleName, mode: SyncMode, schedulesMax: number): FailureFound | null {
  const i = RULE_NAMES.indexOf(rule);
  return findFailure(settingWithout([rule], { wake: WAKES[(i + MODES.indexOf(mode)) % 2]!, effects: GRAINS[i % 2]! }), mode, schedulesMax);
}

export function traceOf(run: FailingRun): Trace {
  return recordTrace(run, { minimal: 'not tried', found: { strategy: 'portfolio', seed: 'spec', run: 0 } });
}
