import { describe, expect, it } from 'vitest';
import { SYNC_MODES, modesInWords, modesWhere, ofEachMode, syncOf } from './sync.ts';

describe('a sync mode', () => {
  it('is found by its name', () => {
    expect(SYNC_MODES.map((mode) => syncOf(mode).name)).toEqual(SYNC_MODES);
  });

  it.each(SYNC_MODES)('has what its job leaves out beneath its target: %s', (mode) => {
    const { selects, beneath, readableWhileRunning, endsByItself, withoutBacking } = syncOf(mode);
    expect(beneath === 'nothing' && selects !== 'all').toBe(false);
    // While the job runs, only the live source has what is still to be copied; once the hook is gone, it has it no more.
    expect(readableWhileRunning && beneath !== 'source').toBe(false);
    expect(endsByItself && beneath === 'source').toBe(false);
    if (withoutBacking !== null) expect(syncOf(withoutBacking).beneath).toBe('nothing');
  });
});

describe('several modes', () => {
  it('are named in their order', () => {
    expect(modesWhere(({ selects }) => selects !== 'allocated')).toEqual(SYNC_MODES.filter((mode) => mode !== 'top'));
    expect(modesInWords(['full', 'none'])).toBe('FULL, NONE');
  });

  it('have something each', () => {
    const lengths = ofEachMode((mode) => mode.length);
    expect(Object.keys(lengths)).toEqual(SYNC_MODES);
    expect(lengths).toMatchObject({ full: 4, top: 3, none: 4 });
  });
});
