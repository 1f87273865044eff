import { describe, expect, it } from 'vitest';
import type { RuleName } from '../../../model/machine/job-names.ts';
import { generated } from '../../scenarios/sources.ts';
import { SCOPE, neverStop, optionsFor, settingWithout } from '../../testing.ts';
import { Benches, type Unit, runUnit } from './campaign.ts';
import { KnownCauses } from './known-causes.ts';
import { Tally } from './tally.ts';

const unit = (number: number, mode: Unit['mode'] = 'full'): Unit => ({ mode, number, schedules: 512 });

describe('known causes', () => {
  it('are on in every other unit of their mode, once the first half of the units before has found them', () => {
    const causes = new KnownCauses(['wakeWaiters', 'copyBeforeWrite']);
    expect(causes.withoutIn(unit(1), 1)).toEqual(['wakeWaiters', 'copyBeforeWrite']);
    causes.add(0, 'full', []);
    causes.add(1, 'full', [['copyBeforeWrite']]);
    expect(causes.withoutIn(unit(3), 3)).toEqual(['wakeWaiters', 'copyBeforeWrite']); // knows of one unit
    expect(causes.withoutIn(unit(4), 4)).toEqual(['wakeWaiters', 'copyBeforeWrite']); // knows of it, and is even
    expect(causes.withoutIn(unit(5), 5)).toEqual(['wakeWaiters']);
    expect(causes.withoutIn(unit(5, 'top'), 5)).toEqual(['wakeWaiters', 'copyBeforeWrite']);
  });

  it('that are all that is off are not on: then nothing would be left to find', () => {
    const causes = new KnownCauses(['wakeWaiters', 'copyBeforeWrite']);
    causes.add(0, 'full', [['wakeWaiters'], ['copyBeforeWrite']]);
    expect(causes.withoutIn(unit(3), 3)).toEqual(['wakeWaiters', 'copyBeforeWrite']);
    const one = new KnownCauses(['wakeWaiters']);
    one.add(0, 'full', [['wakeWaiters']]);
    expect(one.withoutIn(unit(3), 3)).toEqual(['wakeWaiters']);
  });

  it('are those that break a property alone: two that do so together may each be missed in another way', () => {
    const causes = new KnownCauses(['wakeWaiters', 'copyBeforeWrite', 'copyBeforeDiscard']);
    causes.add(0, 'full', [['wakeWaiters', 'copyBeforeWrite'], ['copyBeforeDiscard']]);
    expect(causes.withoutIn(unit(3), 3)).toEqual(['wakeWaiters', 'copyBeforeWrite']);
  });

  it('are waited for only where rules can be told apart, and never by the unit that comes next', () => {
    for (const before of [0, 1, 2, 3, 100]) {
      expect(new KnownCauses(['wakeWaiters', 'copyBeforeWrite']).needed(before)).toBe(Math.floor(before / 2));
      expect(new KnownCauses(['wakeWaiters']).needed(before)).toBe(0);
    }
  });
});

// A job that is cancelled while it is parked breaks in nearly every run, so that ten failures end a unit after about
// 20 schedules: 10,000 of them take 500 units. A reader that is raced needs about 1,000 schedules without that.
describe('a shallow and a deep rule off', () => {
  const WITHOUT: readonly RuleName[] = ['cancelWakesParkedJob', 'readerSerialisedWithCopies'];

  /** The causes that so many units find. */
  function found(units: number, isOn: boolean): string[] {
    const source = generated(SCOPE);
    const [tally, causes, benches] = [new Tally(['none']), new KnownCauses(WITHOUT), new Benches()];
    for (let n = 0; n < units; n++) {
      const without = isOn ? causes.withoutIn(unit(n, 'none'), n) : WITHOUT;
      const result = runUnit(optionsFor(settingWithout(without), { keepGoing: true }), source, unit(n, 'none'), benches, neverStop);
      tally.add(result);
      causes.add(
        n,
        'none',
        result.found.map(({ cause }) => cause),
      );
    }
    return tally.found.map(({ cause }) => cause.join());
  }

  it('are both found, because the shallow one is on in half of the units', () => {
    expect(found(24, true)).toEqual(expect.arrayContaining([...WITHOUT]));
  });

  it('are not where it stays off', () => {
    expect(found(24, false)).not.toContain('readerSerialisedWithCopies');
  });
});
