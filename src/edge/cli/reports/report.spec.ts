import { describe, expect, it } from 'vitest';
import { MARKS } from '../../../../properties/situations.ts';
import { Tally } from '../../../search/campaign/tally.ts';
import { type Report, reportJson } from './report.ts';

// The command can't be made to run into its limit of steps, so the report of one that did is made by hand.
describe('the report of a search that was cut off', () => {
  function report(change: { cutOff?: number; schedules?: number; interrupted?: boolean }): Record<string, unknown> {
    const tally = new Tally(['full']);
    tally.add({
      mode: 'full',
      schedules: change.schedules ?? 100,
      steps: 1_000,
      scenarios: 10,
      cutOff: change.cutOff ?? 0,
      marks: Object.keys(MARKS).map(() => 0),
      found: [],
      bounds: [],
    });
    const options: Report['options'] = {
      mode: 'full',
      job: 'correct',
      without: [],
      wake: 'any',
      effects: 'sector',
      strategy: 'random',
      runs: 100,
      seconds: null,
      seed: 'a',
      clusters: 1,
      clusterSectors: 1,
      writes: 1,
      workload: null,
      scenario: null,
      faults: false,
      keepGoing: false,
    };
    return reportJson({
      options,
      recorded: null,
      needed: new Map([['full', 100]]),
      result: { tally, found: [], seconds: 1, error: null, interrupted: change.interrupted ?? false },
      failures: [],
    }) as unknown as Record<string, unknown>;
  }

  it('is neither that it holds nor that it is broken', () => {
    expect(report({})).toMatchObject({ verdict: 'holds', byMode: { full: { verdict: 'holds' } }, bound: { confidence: 0.95 } });
    for (const change of [{ cutOff: 1 }, { interrupted: true }, { schedules: 0 }, { schedules: 99 }]) {
      const unfinished = report(change);
      expect(unfinished).toMatchObject({ verdict: 'unfinished', byMode: { full: { verdict: 'unfinished' } } });
      expect(unfinished['bound']).toBeUndefined();
    }
    expect(report({ cutOff: 3 })['cutOff']).toBe(3);
  });
});
