import { describe, expect, it } from 'vitest';
import { JOB_NAMES, jobRules, rulesBrokenIn, rulesOff } from './eras.ts';
import { type Broken, defectsOf, historyOf, wasBrokenIn } from '../history.ts';
import { RELEASES, isBefore } from '../releases.ts';
import type { Rule } from '../rule.ts';
import { RULES, RULE_NAMES } from './rules.ts';

describe('the rules that a release broke', () => {
  it('are, for 1.6, those of its defects that the model can express', () => {
    const ids = rulesBrokenIn('1.6').map((name) => (RULES[name] as Rule).broken!.id);
    expect(new Set(ids)).toEqual(
      new Set(['S-01', 'S-02', 'S-03', 'S-04', 'S-05', 'S-06', 'S-08', 'S-09', 'S-10', 'S-11', 'S-12', 'S-19', 'S-24', 'S-25', 'B-03']),
    );
  });

  it('are fewer from release to release, as they were fixed', () => {
    expect(rulesBrokenIn('2.0')).toContain('topStopsAtEndOfDisk');
    expect(rulesBrokenIn('2.1')).not.toContain('topStopsAtEndOfDisk');
    expect(rulesBrokenIn('4.0')).toEqual([
      'everyBitIsLookedUp',
      'drainBeforeUnhook',
      'drainGuestAtStart',
      'targetLengthIsSourceLength',
      'existingTargetIsEmpty',
      'targetTellsHoles',
      'skippedAreCounted',
    ]);
    expect(rulesBrokenIn('10.0')).toEqual(['existingTargetIsEmpty', 'targetTellsHoles']);
  });
});

describe('a job by name', () => {
  it('is the correct one, or that of a release whose backup is a job with a hook', () => {
    expect(JOB_NAMES).toEqual(['correct', ...RELEASES.slice(0, RELEASES.indexOf('4.2')).map((release) => `qemu-${release}`)]);
  });

  it('lacks what its name says, and what is said besides, in the order of the table', () => {
    expect(rulesOff({ job: 'correct', without: ['wakeWaiters', 'copyBeforeWrite'] })).toEqual(['copyBeforeWrite', 'wakeWaiters']);
    expect(rulesOff({ job: 'qemu-1.6', without: [] })).toEqual(rulesBrokenIn('1.6'));
    expect(rulesOff({ job: 'qemu-4.1', with: ['drainGuestAtStart'], without: ['copyBeforeWrite', 'skippedAreCounted'] })).toEqual([
      'copyBeforeWrite',
      ...rulesBrokenIn('4.1').filter((name) => name !== 'drainGuestAtStart'),
    ]);
  });

  it('is told from the rules that are off', () => {
    for (const job of JOB_NAMES) {
      expect(jobRules(job, rulesOff({ job, without: [] }))).toEqual({ job, without: [] });
      const off = rulesOff({ job, with: rulesBrokenIn('1.6').slice(0, 3), without: ['wakeWaiters'] });
      expect(rulesOff(jobRules(job, off))).toEqual(off);
    }
  });
});

describe('the history of a rule', () => {
  const broken: Broken = { id: 'S-99', since: '2.0', fixed: '2.3', commit: 'abc1234567' };

  it('is a sentence made of what is known', () => {
    expect(historyOf({ broken })).toBe('QEMU 2.0 to 2.2 (S-99); fixed by abc1234567 (2.3)');
    expect(historyOf({ broken: { ...broken, also: ['B-98'], how: 'nobody looked', end: 'by chance' } })).toBe(
      'QEMU 2.0 to 2.2 (S-99, B-98): nobody looked; fixed by abc1234567 (2.3); by chance',
    );
    expect(historyOf({ broken: { ...broken, fixed: '2.1', commit: null } })).toBe('QEMU 2.0 (S-99)');
    expect(historyOf({ broken: { ...broken, fixed: 'untraced', commit: null } })).toBe('QEMU 2.0 (S-99)');
    expect(historyOf({ broken: { ...broken, fixed: null, commit: null } })).toBe('QEMU since 2.0 (S-99)');
    expect(historyOf({})).toBe('classic mistake, not in QEMU');
    expect(historyOf({ note: 'but nearly' })).toBe('classic mistake, not in QEMU; but nearly');
  });

  it('says in which releases it was broken, and nothing of what nobody has looked at', () => {
    const releases = (fixed: Broken['fixed']): string[] => RELEASES.filter((release) => wasBrokenIn({ ...broken, fixed }, release));
    expect(releases('2.3')).toEqual(['2.0', '2.1', '2.2']);
    expect(releases('untraced')).toEqual(['2.0']);
    expect(releases(null)).toEqual(RELEASES.slice(RELEASES.indexOf('2.0')));
  });

  it('is whole for each rule: fixed after it came, a commit only where it was fixed, each section in one form', () => {
    for (const name of RULE_NAMES) {
      const { broken: real, note }: Rule = RULES[name];
      expect(real === undefined || note === undefined, name).toBe(true);
      for (const id of defectsOf(RULES[name] as Rule)) expect(id).toMatch(/^[SB]-\d\d$/);
      if (real === undefined) continue;
      const { since, fixed, commit } = real;
      if (fixed === null || fixed === 'untraced') expect(commit, name).toBeNull();
      else expect(isBefore(since, fixed), name).toBe(true);
    }
  });
});
