import { describe, expect, it } from 'vitest';
import { ALL_SYNC_MODES, modesInWords, modesWhere, ofEachMode, syncOf } from './sync.ts';

describe('a sync mode', () => {
  it('is found by its name', () => {
    expect(ALL_SYNC_MODES.map((mode) => syncOf(mode).name)).toEqual(ALL_SYNC_MODES);
  });

  it.each(ALL_SYNC_MODES)('has what its job leaves out beneath its target: %s', (mode) => {
    const { selects, beneath, readableWhileRunning, endsByItself, withoutBacking } = syncOf(mode);
    expect(beneath === 'nothing' && selects !== 'all').toBe(false);
    // While the job runs, only the live source has what is still to be copied; once the hook is gone, it has it no more.
    expect(readableWhileRunning && beneath !== 'source').toBe(false);
    expect(endsByItself && beneath === 'source').toBe(false);
    expect(beneath === 'previous').toBe(selects === 'dirty');
    if (withoutBacking !== null) expect(syncOf(withoutBacking).beneath).toBe('nothing');
  });
});

it.each([
  ['full', ['on-success', 'always']],
  ['top', ['on-success', 'always']],
  ['none', []],
  ['bitmap', ['on-success', 'always', 'never']],
] as const)('a job of mode %s may be given a bitmap with %j (backup_job_create)', (mode, bitmapModes) => {
  expect(syncOf(mode).bitmapModes).toEqual(bitmapModes);
});

describe('several modes', () => {
  it('are named in their order', () => {
    expect(modesWhere(({ selects }) => selects !== 'allocated')).toEqual(['full', 'none']);
    expect(modesWhere(({ selects }) => selects !== 'allocated', ALL_SYNC_MODES)).toEqual(['full', 'none', 'bitmap']);
    expect(modesInWords(['full', 'none'])).toBe('FULL, NONE');
  });

  it('have something each', () => {
    const lengths = ofEachMode(ALL_SYNC_MODES, (mode) => mode.length);
    expect(Object.keys(lengths)).toEqual(ALL_SYNC_MODES);
    expect(lengths).toMatchObject({ full: 4, top: 3, none: 4, bitmap: 6 });
  });
});
