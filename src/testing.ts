/** For specs only: settings, and runs that break a property, found the way a campaign finds them. */
import type { SyncMode } from '../model/backup/drive-backup.ts';
import { RULES, RULE_NAMES, type Rule, type RuleName } from '../model/backup/rules.ts';
import type { WakeOrder } from '../model/kernel/coroutine.ts';
import type { Setting } from '../model/machine.ts';
import { Benches, type CampaignOptions, type Found, runUnit } from './explore/campaign.ts';
import { namedSchedule } from './explore/experiment.ts';
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
  copyBeforeWrite: { full: 17, top: 1, none: 1 },
  copyBeforeWriteZeroes: { full: 33, top: 161, none: 82 },
  copyBeforeDiscard: { full: 65, top: 114, none: 70 },
  copyWholeClusters: { full: 1, top: 3, none: 26 },
  wholeRangeRegistered: { full: 34, top: 2, none: 58 },
  waitForOverlappingCopies: { full: 4, top: 2, none: 1 },
  checkBitAfterWaiting: { full: 4, top: 1, none: 1 },
  lookAgainAfterWaking: { full: 17, top: 144, none: 221 },
  wakeWaiters: { full: 4, top: 1, none: 1 },
  markAfterTargetHasData: { full: 105, top: 65, none: 257 },
  hookBeforeFirstYield: { full: 9, top: 3, none: 1 },
  drainCopiesBeforeEnd: { full: 4, top: 19, none: 1 },
  lockBeforeWaiting: { full: 4, top: 21, none: 1 },
  drainBeforeUnhook: { top: 818 },
  topAsksWholeCluster: { top: 29 },
  topDecidesOnce: { top: 2 },
  topStopsAtEndOfDisk: { top: 66 },
  clampLastCluster: { full: 1, top: 9, none: 82 },
  cancelWakesParkedJob: { none: 1 },
  cancelCheckedAfterSleep: { none: 1 },
  failedCopyIsNotMarked: { full: 105, top: 65, none: 257 },
  failedCopyFailsGuestWrite: { full: 9, top: 65, none: 19 },
  retrySameClusterAfterError: { full: 1, top: 19 },
  staleErrorIsForgotten: { top: 99 },
  allocationErrorIsHandled: { top: 18 },
  sideOfErrorIsTold: { full: 1, top: 22 },
  completedTellsError: { full: 10, top: 225 },
  drainGuestAtStart: { full: 2, top: 90, none: 24 },
  hookGoesOnWhilePaused: { full: 55, top: 273, none: 82 },
  resumeWakesPausedJob: { full: 152, top: 161 },
  readerSerialisedWithCopies: { none: 838 },
  copyReadIgnoresOwnRequest: { full: 137, top: 49, none: 146 },
  jobReadIgnoresGuests: { full: 1132, top: 699 },
  zeroesAreWrittenOverBacking: { full: 25, top: 65, none: 10 },
  topTargetGetsSourcesBacking: { top: 9 },
  noneTargetGetsLiveSource: { none: 1 },
  fullTargetGetsNoBacking: { full: 65 },
  topWithoutBackingIsFull: { top: 62 },
  targetLengthIsSourceLength: { full: 1057, top: 225, none: 33 },
  existingTargetIsEmpty: { top: 199, none: 481 },
  targetClusterNotLarger: { top: 2257, none: 178 },
  topSkipsUnallocated: { top: 5 },
  skippedAreCounted: { top: 8 },
  hookCopiesAreCounted: { full: 17, top: 1, none: 1 },
  unhookAtEnd: { full: 1, top: 8, none: 9 },
  eventComesLast: { full: 44, top: 19, none: 1 },
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
  const tight = { ...setting, requestsMin: 0 };
  return { scenario: found.scenario, setting: tight, steps: namedSchedule(found.scenario, tight, found.schedule), found };
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
