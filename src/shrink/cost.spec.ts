import { describe, expect, it } from 'vitest';
import type { GuestOperation } from '../../model/scenario/scenario.ts';
import { readFileSync } from 'node:fs';
import { readTrace } from '../trace/read.ts';
import { scenarioCost } from './cost.ts';

const { scenario } = readTrace(readFileSync(new URL('../../traces/gallery/copyBeforeWrite.trace.yaml', import.meta.url), 'utf8'));
const frillsWith = (change: Partial<GuestOperation>): number =>
  scenarioCost({ ...scenario, guest: scenario.guest.map((g) => ({ ...g, ...change })) }).frills;

describe('the distance from the plainest scenario', () => {
  it('grows with each thing that a request has beyond a write of the first sector', () => {
    const plain = frillsWith({ kind: 'write', first: 0, count: 1, after: [], early: false });
    const others: Partial<GuestOperation>[] = [{ kind: 'discard' }, { first: 1 }, { count: 2 }, { early: true }, { after: ['g9'] }];
    for (const change of others)
      expect(frillsWith({ kind: 'write', first: 0, count: 1, after: [], early: false, ...change }), JSON.stringify(change)).toBe(plain + 1);
  });
});
