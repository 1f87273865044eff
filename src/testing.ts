/** For specs only: settings, and runs that break a property, found the way a campaign finds them. */
import { ALL_SYNC_MODES, SYNC_MODES, type SyncMode } from '../model/sync.ts';
import { RULE_NAMES, type RuleName as NotifierRule } from '../model/families/notifier/rules.ts';
import type { RuleName } from '../model/machine/job-names.ts';
import { ruleNamed } from '../model/machine/jobs.ts';
import type { WakeOrder } from '../model/kernel/wake/orders.ts';
import type { Setting } from '../model/machine/shape.ts';
import { Benches, type CampaignOptions, type Found, runUnit } from './search/campaign/campaign.ts';
import { namedSchedule } from './search/experiment.ts';
import type { Scope } from './scenarios/draw.ts';
import { generated } from './scenarios/sources.ts';
import { type FailingTrace, isFailing } from './trace/format.ts';
import type { FailingRun } from './search/diagnose/cause.ts';
import { readTrace } from './trace/read.ts';
import { recordTrace } from './replay/record.ts';

export const MODES = SYNC_MODES;
export const WAKES: readonly WakeOrder[] = ['any', 'qemu'];
export const GRAINS = ['cluster', 'sector'] as const;

/** What `cowcheck check` draws from when it is told nothing. */
export const SCOPE: Scope = { clusters: 4, clusterSectors: 2, writes: 3 };

export const neverStop = (): boolean => false;

/** Whether it takes injected errors to miss one of these rules. */
export const needFaults = (rules: readonly RuleName[]): boolean => rules.some((rule) => ruleNamed(rule).needsFaults === true);

/** Where a rule can be missed: with injected errors, if it takes them. */
export const scopeFor = (without: readonly RuleName[]): Scope => ({ ...SCOPE, faults: needFaults(without) });

/**
 * By rule, in how many schedules of a mode a property breaks without it; where a mode is missing, the rule means nothing to
 * it. Measured by campaign.spec.ts, with its seed: a record, and not what it asserts, since a change to what is drawn makes
 * other numbers.
 */
export const NEEDED: Record<NotifierRule, Partial<Record<SyncMode, number>>> = {
  copyBeforeWrite: { full: 2, top: 10, none: 9 },
  copyBeforeWriteZeroes: { full: 10, top: 171, none: 129 },
  copyBeforeDiscard: { full: 73, top: 313, none: 181 },
  copyWholeClusters: { full: 33, top: 25, none: 17 },
  wholeRangeRegistered: { full: 51, top: 12, none: 19 },
  waitForOverlappingCopies: { full: 2, top: 2, none: 17 },
  checkBitAfterWaiting: { full: 2, top: 2, none: 17 },
  everyBitIsLookedUp: { full: 7, top: 82, none: 55 },
  lookAgainAfterWaking: { full: 32, top: 52, none: 19 },
  wakeWaiters: { full: 2, top: 2, none: 17 },
  markAfterTargetHasData: { full: 3, top: 217, none: 25 },
  hookBeforeFirstYield: { full: 3, top: 7, none: 19 },
  drainCopiesBeforeEnd: { full: 6, top: 2, none: 17 },
  savevmPassesHookBy: { full: 113, top: 49, none: 33 },
  lockBeforeWaiting: { full: 6, top: 26, none: 35 },
  drainBeforeUnhook: { top: 518 },
  topAsksWholeCluster: { top: 33 },
  topDecidesOnce: { top: 19 },
  topStopsAtEndOfDisk: { top: 26 },
  clampLastCluster: { full: 33, top: 25, none: 50 },
  cancelWakesParkedJob: { none: 1 },
  cancelCheckedAfterSleep: { none: 1 },
  failedCopyIsNotMarked: { full: 3, top: 217, none: 25 },
  failedCopyFailsGuestWrite: { full: 3, top: 20, none: 25 },
  retrySameClusterAfterError: { full: 81, top: 93 },
  staleErrorIsForgotten: { full: 65, top: 33 },
  allocationErrorIsHandled: { top: 9 },
  sideOfErrorIsTold: { full: 50, top: 33 },
  completedTellsError: { full: 1, top: 9 },
  drainGuestAtStart: { full: 92, top: 4, none: 35 },
  hookGoesOnWhilePaused: { full: 11, top: 51, none: 156 },
  resumeWakesPausedJob: { full: 82, top: 364 },
  readerSerialisedWithCopies: { none: 1709 },
  copyReadIgnoresOwnRequest: { full: 298, top: 84, none: 409 },
  jobReadIgnoresGuests: { full: 297, top: 100 },
  zeroesAreWrittenOverBacking: { full: 1, top: 9, none: 17 },
  topTargetGetsSourcesBacking: { top: 1 },
  noneTargetGetsLiveSource: { none: 1 },
  fullTargetGetsNoBacking: { full: 65 },
  topWithoutBackingIsFull: { top: 218 },
  targetLengthIsSourceLength: { full: 74, top: 209, none: 521 },
  existingTargetIsEmpty: { top: 18, none: 41 },
  targetIsNotSource: { full: 1002 },
  targetTellsHoles: { top: 618, none: 161 },
  targetClusterNotLarger: { top: 1585, none: 729 },
  topSkipsUnallocated: { top: 1 },
  skippedAreCounted: { top: 1 },
  hookCopiesAreCounted: { full: 2, top: 3, none: 9 },
  unhookAtEnd: { full: 1, top: 1, none: 20 },
  eventComesLast: { full: 26, top: 2, none: 17 },
};

/** Several times the largest of these numbers, so that a rule that hides itself shows. */
export const SURELY = 60_000;

/** The modes to which a rule means something. */
export const modesOf = (rule: NotifierRule): SyncMode[] => MODES.filter((mode) => NEEDED[rule][mode] !== undefined);

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
export function findFailure(
  setting: Setting,
  mode: SyncMode,
  schedulesMax: number,
  { seed = 'spec', scope = scopeFor(setting.without) } = {},
): FailureFound | null {
  const unit = { mode, number: 0, schedules: schedulesMax };
  const [found] = runUnit(optionsFor(setting, { seed }), generated(scope), unit, new Benches(), neverStop).found;
  return found === undefined ? null : failingRun(found, setting);
}

/** What was found, with its steps by name, and on a machine without room to spare: as it is reported. */
export function failingRun(found: Found, setting: Setting): FailureFound {
  const tight = { ...setting, requestsMin: 0 };
  return {
    scenario: found.scenario,
    setting: tight,
    steps: namedSchedule(found.scenario, { ...tight, requestsMin: setting.requestsMin }, found.schedule),
    found,
  };
}

/**
 * Failing runs of every rule in each mode to which it means something, both wake orders and both grains: as the search
 * found them, not shrunk. Of a rule that is missed rarely, one.
 */
export function failingRuns(schedulesMax = 600): FailureFound[] {
  return RULE_NAMES.flatMap((rule) => {
    const quick = modesOf(rule).flatMap((mode) => missing(rule, mode, schedulesMax) ?? []);
    return quick.length > 0 ? quick : [missing(rule, modesOf(rule)[0]!, SURELY)!];
  });
}

let ofEachRule: readonly FailureFound[] | undefined;

/** One failing run for each rule; the same ones each time. */
export function failingRunOfEachRule(): readonly FailureFound[] {
  return (ofEachRule ??= RULE_NAMES.map((rule, i) => {
    const modes = modesOf(rule);
    return missing(rule, modes[i % modes.length]!, SURELY)!;
  }));
}

function missing(rule: NotifierRule, mode: SyncMode, schedulesMax: number): FailureFound | null {
  const i = RULE_NAMES.indexOf(rule);
  return findFailure(
    settingWithout([rule], { wake: WAKES[(i + ALL_SYNC_MODES.indexOf(mode)) % 2]!, effects: GRAINS[i % 2]! }),
    mode,
    schedulesMax,
  );
}

export function traceOf(run: FailingRun): FailingTrace {
  return recordTrace(run, { minimal: 'not tried', found: { strategy: 'portfolio', seed: 'spec', run: 0 } });
}

/** A trace in which a property breaks, from its text. */
export function readFailing(text: string): FailingTrace {
  const trace = readTrace(text);
  if (!isFailing(trace)) throw new Error('nothing breaks in this trace');
  return trace;
}
