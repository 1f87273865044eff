import { describe, expect, it } from 'vitest';
import { oneIn, sized } from '../nightly/testing.ts';
import { compare } from './compare.ts';

describe('the second model of block-copy', () => {
  it('comes to the same outcomes as the first', () => {
    const { different, outcomes } = compare('spec', sized(30, 3_000));
    expect(different).toBeNull();
    expect(outcomes).toBeGreaterThan(sized(60, 6_000));
  });

  const CHANGES = [
    ['its tasks take one cluster at a time', { chunk: 1 }],
    ['it copies all, whatever is asked for', { copies: 'all' }],
    ['nobody cancels', { cancel: false }],
    ['no I/O fails', { faults: [] }],
  ] as const;
  it.each(oneIn(4, CHANGES))('comes to others if %s', (_, change) => {
    expect(compare('spec', 60, (setup) => ({ ...setup, ...change })).different).not.toBeNull();
  });
});
