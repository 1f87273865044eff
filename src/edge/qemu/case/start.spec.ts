import { describe, expect, it } from 'vitest';
import { SYNC_MODES } from '../../../../model/sync.ts';
import { randomNumbers } from '../../../search/strategies/random-numbers.ts';
import { CAPABILITIES, type Capabilities } from '../daemon/capabilities.ts';
import { Draw } from '../draw/draw.ts';
import { FEATURE_NAMES, isWanted, modesFor } from '../draw/features.ts';
import { PLAIN, parseStart, printStart } from '../../../validate/start.ts';
import { LIKE_1_6 } from './start.ts';

const ALL: Capabilities = new Set(CAPABILITIES);
const NOTHING: Capabilities = new Set();
/** What every release has that can be held. */
const OLD_OPTIONS = { backing: 'open', transaction: null, second: [], finalize: 'auto', sync: 'mode', bitmapMode: null, granularity: null };

function drawn(has: Capabilities, only: (typeof FEATURE_NAMES)[number][] = [], runs = 200): ReturnType<Draw['draw']>[] {
  const draw = new Draw({ clusters: 2, writes: 2, faults: false, only });
  const modes = modesFor(SYNC_MODES, only, has);
  return Array.from({ length: runs }, (_, i) => draw.draw(modes[i % modes.length]!, randomNumbers(`start/${i}`), has));
}

describe('how a backup is started', () => {
  it('is written into a trace and read back', () => {
    const starts = drawn(ALL).map(({ start }) => start);
    for (const start of [PLAIN, LIKE_1_6, ...starts]) expect(parseStart(printStart(start))).toEqual(start);
    expect(new Set(starts.map(printStart)).size).toBeGreaterThan(20);
  });

  it('is written as it always was where nothing is new', () => {
    expect(printStart(LIKE_1_6)).toBe('start workers 1 chunk 65536');
    expect(printStart({ ...PLAIN, by: 'filter' })).toBe('start filter');
    expect(printStart({ ...PLAIN, by: 'filter', reads: 'snapshot-access' })).toBe('start filter reads snapshot-access');
  });

  it.each([
    'start workers',
    'start workers x',
    'start worker 1',
    'start reads target',
    'start filter filter',
    'go',
    'start workers 1 chunk',
    'start second g1',
    'start transaction grouped second g1+',
    'start transaction both',
  ])('is not written as %s', (text) => expect(parseStart(text)).toBeNull());

  it('has only what the QEMU has', () => {
    for (const { start } of drawn(NOTHING)) expect({ ...start, ...OLD_OPTIONS }).toEqual(PLAIN);
    const withoutAccess = new Set(CAPABILITIES.filter((name) => name !== 'snapshot-access'));
    for (const { start } of drawn(withoutAccess)) expect(start.reads).toBe('target');
  });
});

describe('--only', () => {
  it.each(FEATURE_NAMES)('%s is drawn, and nothing else', (name) => {
    for (const one of drawn(ALL, [name], 20)) expect(isWanted(one, [name])).toBe(true);
    const others = drawn(ALL).filter((one) => !isWanted(one, [name]));
    expect(others.length).toBeGreaterThan(0);
    // A chain is several runs in one, and is drawn where it is asked for alone.
    if (name === 'chain') expect(others.length).toBe(200);
    else expect(others.length).toBeLessThan(200);
  });

  it('leaves out the modes that have none of them, and says if this QEMU has none at all', () => {
    expect(modesFor(SYNC_MODES, ['snapshot-access'], ALL)).toEqual(['none']);
    expect(modesFor(SYNC_MODES, ['snapshot-access', 'full'], NOTHING)).toEqual(['full']);
    expect(modesFor(SYNC_MODES, ['snapshot-access'], NOTHING)).toEqual([]);
    expect(modesFor(SYNC_MODES, ['break-snapshot'], new Set(['filter', 'filter-on-cbw-error']))).toEqual(['none']); // as in 7.2
  });
});
