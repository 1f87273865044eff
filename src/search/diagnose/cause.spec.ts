import { describe, expect, it } from 'vitest';
import { rulesBrokenIn } from '../../../model/families/notifier/eras.ts';
import type { RuleName } from '../../../model/machine/job-names.ts';
import type { Scenario } from '../../../model/scenario/scenario.ts';
import { request, smallScenario } from '../../../model/testing.ts';
import { Experiment } from '../experiment.ts';
import { failingRunOfEachRule, settingWithout } from '../../testing.ts';
import { type FailingRun, causeOf, isCausedBy, isSameWithout } from './cause.ts';

/** A run without these rules, in this order. */
function run(scenario: Scenario, without: readonly RuleName[], ...lines: string[]): FailingRun {
  const setting = settingWithout(without, { effects: 'cluster', requestsMin: 0 });
  const { machine } = new Experiment(scenario, setting);
  return { scenario, setting, steps: lines.map((line) => ({ who: line.split(': ')[0]!, step: machine.parseStep(line.split(': ')[1]!)! })) };
}

const WRITE = request('g1', 'write', [0, 2]);
const WRITES_AT_ONCE = ['job: start', 'g1: write.start', 'g1: write.send c0', 'g1: write.land c0'];
const OVERWRITTEN = smallScenario('full', [WRITE], { sectors: 4, zero: [3] });

describe('the cause of a failure', () => {
  it('is the one rule that is off', () => {
    for (const { scenario, setting, steps } of failingRunOfEachRule())
      expect(causeOf({ scenario, setting, steps })).toEqual(setting.without);
  });

  it('is the one of several that matters', () => {
    const others: RuleName[] = ['wakeWaiters', 'completedTellsError', 'topAsksWholeCluster'];
    expect(causeOf(run(OVERWRITTEN, ['copyBeforeWrite', ...others], ...WRITES_AT_ONCE))).toEqual(['copyBeforeWrite']);
    expect(causeOf(run(OVERWRITTEN, [...others, 'copyBeforeWrite'], ...WRITES_AT_ONCE))).toEqual(['copyBeforeWrite']);
  });

  it('is the one behind what breaks first, though the next breaks once it is on', () => {
    const scenario = smallScenario('full', [WRITE, request('g2', 'discard', [2, 2])], { sectors: 4, zero: [3] });
    const both = run(
      scenario,
      ['copyBeforeDiscard', 'clampLastCluster', 'copyBeforeWrite'],
      ...WRITES_AT_ONCE,
      'g2: discard.start',
      'g2: discard.send c1',
      'g2: discard.land c1',
    );
    expect(causeOf(both)).toEqual(['copyBeforeWrite']);
    expect(isCausedBy(both, ['copyBeforeWrite'])).toBe(true);
    expect(isCausedBy(both, ['copyBeforeDiscard'])).toBe(false);
  });

  it('is two rules where each alone breaks the same', () => {
    const early = run(OVERWRITTEN, ['clampLastCluster', 'hookBeforeFirstYield', 'copyBeforeWrite'], ...WRITES_AT_ONCE);
    expect(causeOf(early)).toEqual(['copyBeforeWrite', 'hookBeforeFirstYield']); // in the order of the table
    expect(isCausedBy(early, ['copyBeforeWrite', 'hookBeforeFirstYield'])).toBe(true);
    expect(isCausedBy(early, ['copyBeforeWrite'])).toBe(false);
  });

  it('is the rule closest to the failure where it takes two', () => {
    // A target with old data is accepted, and then the search for allocated sectors goes past the end.
    const overlay = { clusterSectors: 2, allocated: [], zeroClusters: [], baseSectors: 1 };
    const top = smallScenario('top', [], { sectors: 1, zero: [] });
    const scenario: Scenario = { ...top, disk: { ...top.disk, overlay }, existingTarget: { sectors: 1, backed: true, data: [0] } };
    const spins = run(scenario, ['topStopsAtEndOfDisk', 'existingTargetIsEmpty'], 'job: start', 'job: sleep c0', 'job: ask c0');
    expect(causeOf(spins)).toEqual(['topStopsAtEndOfDisk']);
    // A request in flight at the start makes a write on a disk that copies on read wait for itself.
    const early = [request('g1', 'write', [2, 2], { early: true }), request('g2', 'write', [0, 1], { early: true })];
    const full = smallScenario('full', early, { sectors: 4, zero: [] });
    const copying: Scenario = { ...full, disk: { ...full.disk, overlay: { ...overlay, baseSectors: 4 }, copyOnRead: true } };
    const waits = run(
      copying,
      ['drainGuestAtStart', 'copyReadIgnoresOwnRequest'],
      'g1: write.start',
      'job: start',
      'g2: write.start',
      'g2: copy.read c0',
    );
    expect(causeOf(waits)).toEqual(['copyReadIgnoresOwnRequest']);
  });

  it('is found among all the rules of an era', () => {
    const discards = smallScenario('full', [request('g1', 'discard', [0, 2])], { sectors: 4, zero: [3] });
    expect(
      causeOf(run(discards, rulesBrokenIn('1.6'), 'job: start', 'g1: discard.start', 'g1: discard.send c0', 'g1: discard.land c0')),
    ).toEqual(['copyBeforeDiscard']);
  });

  it('is a rule about errors where an error is what the schedule takes', () => {
    const scenario: Scenario = { ...OVERWRITTEN, faults: [{ side: 'target', op: 'write', cluster: 0, errno: 'ENOSPC', times: 1 }] };
    const lines = [
      'job: start',
      'g1: write.start',
      'g1: copy.read c0',
      'g1: copy.took c0',
      'g1: copy.data c0',
      'g1: copy.store c0',
      'g1: write.send c0',
      'g1: write.land c0',
    ];
    expect(causeOf(run(scenario, ['failedCopyFailsGuestWrite', 'completedTellsError'], ...lines))).toEqual(['failedCopyFailsGuestWrite']);
  });
});

describe('a run without more rules', () => {
  it('is the same if these do not matter to it', () => {
    const one = run(OVERWRITTEN, ['copyBeforeWrite'], ...WRITES_AT_ONCE);
    expect(isSameWithout(one, ['copyBeforeWrite', 'wakeWaiters'])).toBe(true);
    expect(isSameWithout(one, ['wakeWaiters'])).toBe(false);
    expect(isSameWithout(one, ['copyBeforeWrite', 'hookBeforeFirstYield'])).toBe(true);
    const late = run(OVERWRITTEN, ['copyBeforeWrite'], 'job: start', 'job: sleep c0', ...WRITES_AT_ONCE.slice(1));
    expect(isSameWithout(late, ['copyBeforeWrite', 'hookBeforeFirstYield'])).toBe(false); // there is a step more
  });
});
