import { describe, expect, it } from 'vitest';
import type { SyncMode } from '../../../model/sync.ts';
import { MARKS, MARK_IDS, type MarkId } from '../../../properties/situations.ts';
import { MODES } from '../../testing.ts';
import type { Found, UnitResult } from './campaign.ts';
import { Tally } from './tally.ts';

const FOUND: Found = {
  scenario: {
    mode: 'full',
    disk: { sectors: 0, clusterSectors: 1, zero: [], discardReads: 'zero' },
    targetClusterSectors: 0,
    guest: [],
    cancel: false,
  },
  schedule: [],
  violation: { property: 'some', detail: '' },
  without: ['copyBeforeWrite'],
  cause: ['copyBeforeWrite'],
  run: 0,
  unit: 0,
};

/** What a unit came to: so many runs met each of these marks. */
const result = (mode: SyncMode, met: Partial<Record<MarkId, number>> = {}, more: Partial<UnitResult> = {}): UnitResult => ({
  mode,
  schedules: 10,
  steps: 100,
  scenarios: 2,
  cutOff: 1,
  marks: MARK_IDS.map((id) => met[id] ?? 0),
  found: [],
  bounds: [],
  ...more,
});

const names = (tally: Tally): string[] => tally.marks().map(({ name }) => name);

describe('a tally', () => {
  it('adds up units as they come, in all and by mode', () => {
    const tally = new Tally(['full', 'none']);
    tally.add(result('full', { hookCopied: 3 }));
    tally.add(result('none', { hookCopied: 4 }, { found: [FOUND] }));
    tally.add(result('full', {}, { schedules: 5, steps: 7, scenarios: 1, cutOff: 0 }));
    expect(tally).toMatchObject({ schedules: 25, steps: 207, scenarios: 5, cutOff: 2, found: [FOUND] });
    expect([...tally.byMode]).toEqual([
      ['full', { schedules: 15, cutOff: 1, broken: false }],
      ['none', { schedules: 10, cutOff: 1, broken: true }],
    ]);
    expect(tally.marks()).toContainEqual({ name: MARKS.hookCopied.name, runs: 7 });
  });

  it('keeps the first failure of each cause', () => {
    const tally = new Tally(['full']);
    const [again, other] = [
      { ...FOUND, unit: 1 },
      { ...FOUND, cause: [] },
    ];
    tally.add(result('full', {}, { found: [FOUND, again] }));
    tally.add(result('full', {}, { found: [again, other] }));
    expect(tally.found).toEqual([FOUND, other]);
  });

  it('adds up what runs promise, depth by depth', () => {
    const tally = new Tally(['full']);
    const bound = { coroutines: 3, steps: 20, runs: 5, overshoots: 1, logMiss: -0.5 };
    tally.add(
      result(
        'full',
        {},
        {
          bounds: [
            { depth: 2, ...bound },
            { depth: 3, ...bound },
          ],
        },
      ),
    );
    tally.add(result('full'));
    tally.add(result('full', {}, { bounds: [{ depth: 2, coroutines: 2, steps: 30, runs: 7, overshoots: 0, logMiss: -0.25 }] }));
    expect([...tally.bounds.values()]).toEqual([
      { depth: 2, coroutines: 3, steps: 30, runs: 12, overshoots: 1, logMiss: -0.75 },
      { depth: 3, ...bound },
    ]);
  });

  it('counts a mode as broken for good', () => {
    const tally = new Tally(['full']);
    tally.add(result('full', {}, { found: [FOUND] }));
    tally.add(result('full'));
    expect(tally.byMode.get('full')).toEqual({ schedules: 20, cutOff: 2, broken: true });
  });

  it('names the marks that its modes can meet, those never met with 0 runs', () => {
    const full = names(new Tally(['full']));
    expect(full).toContain(MARKS.hookCopied.name);
    expect(full).toContain(MARKS.jobWaited.name);
    expect(full).not.toContain(MARKS.cancelInAsk.name); // TOP
    expect(full).not.toContain(MARKS.readFromTarget.name); // NONE
    expect(new Tally(['full']).marks().every(({ runs }) => runs === 0)).toBe(true);
    expect(names(new Tally(MODES))).toEqual(MARK_IDS.filter((id) => !('faults' in MARKS[id])).map((id) => MARKS[id].name));
  });

  it('names none that only a job of another family can meet', () => {
    const [notifier, blockCopy] = [names(new Tally(['full'])), names(new Tally(['full'], false, 'block-copy'))];
    expect(notifier).toContain(MARKS.cancelInSleep.name);
    expect(blockCopy).toEqual(notifier.filter((name) => !Object.values(MARKS).some((mark) => 'family' in mark && mark.name === name)));
  });

  it('names those that take errors only where errors are injected', () => {
    const without = names(new Tally(['top']));
    const withFaults = names(new Tally(['top'], true));
    expect(withFaults.filter((name) => !without.includes(name))).toEqual(
      MARK_IDS.filter((id) => 'faults' in MARKS[id] && MARKS[id].modes.includes('top')).map((id) => MARKS[id].name),
    );
    expect(without.filter((name) => !withFaults.includes(name))).toEqual([]);
    expect(names(new Tally(['none'], true))).toContain(MARKS.hookStoreFailed.name);
    expect(names(new Tally(['none'], true))).not.toContain(MARKS.errorStopped.name); // a NONE job meets no errors
  });
});
