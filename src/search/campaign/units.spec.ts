import { describe, expect, it } from 'vitest';
import type { SyncMode } from '../../../model/sync.ts';
import { ruleNames } from '../../../model/machine/jobs.ts';
import { rulesOffAsText, rulesOffOfText } from './rules-off.ts';
import { countUnits, unitAt, unitsOf } from './units.ts';

describe('the units of a campaign', () => {
  const MODES: SyncMode[] = ['full', 'top', 'none'];
  const source = { schedulesPerScenario: 2, scenariosPerUnit: 3 };

  it('are told by their number as they come in turn, for any number of runs and modes', () => {
    for (let modes = 1; modes <= MODES.length; modes++)
      for (let runs = 1; runs <= 50; runs++) {
        const some = MODES.slice(0, modes);
        const inTurn = [...unitsOf(some, runs, source)];
        expect(countUnits(some, runs, source)).toBe(inTurn.length);
        expect(inTurn.map((_, nth) => unitAt(some, runs, source, nth))).toEqual(inTurn);
      }
  });
});

describe('the rules that are off in a unit', () => {
  const all = ruleNames().slice(0, 9);

  it('are a short text, and come back from it', () => {
    for (const off of [all, all.slice(3), [all[0]!], [all[8]!], all.filter((_, i) => i % 2 === 0)])
      expect(rulesOffOfText(all, rulesOffAsText(all, off))).toEqual(off);
    expect(rulesOffAsText(all, all)).toBe('');
    expect(rulesOffAsText(all, all.slice(8))).toBe('100');
  });

  it.each(['0', '200', 'x', '-1', ' 1', '1'.repeat(65)])('are in no other text: %s', (text) => {
    expect(rulesOffOfText(all, text)).toBeNull();
  });
});
