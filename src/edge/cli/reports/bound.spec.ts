import { describe, expect, it } from 'vitest';
import { MARK_IDS } from '../../../../properties/situations.ts';
import { Tally } from '../../../search/campaign/tally.ts';
import type { DepthBound } from '../../../search/strategies/strategy.ts';
import { boundInWords, boundJson, roundedUp } from './bound.ts';

function tally(...bounds: DepthBound[]): Tally {
  const all = new Tally(['full']);
  all.add({ mode: 'full', schedules: 100, steps: 1_000, scenarios: 10, cutOff: 0, marks: MARK_IDS.map(() => 0), found: [], bounds });
  return all;
}

// 40 runs, 4 of them too long, each of the others misses with 1 - 1/(3 x 20^(2 - 1)) at most: (59/60)^36 = 0.546.
const PCT: DepthBound = { depth: 2, coroutines: 3, steps: 20, runs: 40, overshoots: 4, logMiss: 36 * Math.log(59 / 60) };

describe('the bound', () => {
  // With no failure in n runs the rate is below p if (1 - p)^n = 0.05: 1 - 0.05^(1/100) = 2.95 %.
  it('is exact for runs of any strategy', () => {
    expect(boundJson(tally())).toEqual({
      failureRateBelow: expect.closeTo(0.0295, 4),
      confidence: 0.95,
      holdsFor: 'this strategy and scenario distribution',
    });
    expect(boundInWords(tally())).toEqual([
      'No property was broken. With 95 % confidence, fewer than 1 in 33 schedules of this strategy and these ' +
        'scenarios break one. This is evidence, not a proof.',
    ]);
  });

  it('has that of PCT by depth, for runs that were no longer than they were taken to be', () => {
    expect(boundJson(tally(PCT))).toMatchObject({
      pct: [{ depth: 2, coroutines: 3, steps: 20, runs: 40, overshoots: 4, missBelow: expect.closeTo(0.546, 3) }],
    });
    const third = { ...PCT, depth: 3, logMiss: -0.3 };
    expect(boundInWords(tally(PCT, third))[1]).toBe(
      'If every scenario has a bug, the probability that all 72 PCT runs miss it is below 0.55 for a bug of depth 2, ' +
        '0.75 for a bug of depth 3.',
    );
  });

  it('says nothing of a depth at which PCT may miss any bug', () => {
    expect(boundInWords(tally(PCT, { ...PCT, depth: 3, logMiss: -0.0001 }))[1]).toMatch(/ is below 0\.55 for a bug of depth 2\.$/);
    expect(boundInWords(tally({ ...PCT, logMiss: -0.0001 }))).toHaveLength(1);
  });

  it('says nothing of a PCT all of whose runs were too long', () => {
    expect(boundInWords(tally({ ...PCT, runs: 4, logMiss: 0 }))).toHaveLength(1);
  });

  it('rounds a probability up, never down', () => {
    expect([0.5451, 0.5, 0.0003, 0.00031001, 0.999, 1, 3e-300].map(roundedUp)).toEqual([
      '0.55',
      '0.5',
      '0.0003',
      '0.00032',
      '1',
      '1',
      '1e-12',
    ]);
  });
});
