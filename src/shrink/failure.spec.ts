import { describe, expect, it } from 'vitest';
import type { RuleName } from '../../model/machine/job-names.ts';
import { replay } from '../replay/replay.ts';
import { findFailure, settingWithout } from '../testing.ts';
import { explain } from '../explain/explanation.ts';
import { bucketOfFound } from '../search/diagnose/bucket.ts';
import { type Failure, failureAsFound, failureOf } from './failure.ts';
import { shrink } from './shrink.ts';

const setting = settingWithout(['copyBeforeWrite']);
const SEARCH = { setting, strategy: 'portfolio', seed: 'spec' };
const { found, ...run } = findFailure(setting, 'full', 100)!;

/** Holds from the nth time on that somebody asks. */
function afterAsking(n: number): () => boolean {
  let asked = 0;
  return () => ++asked >= n;
}

describe('a failure', () => {
  it('is told small, with its cause in words', () => {
    const { trace, cost } = failureOf(found, SEARCH, () => false);
    expect(trace).toMatchObject({ cause: ['copyBeforeWrite'], found: { strategy: 'portfolio', seed: 'spec', run: found.run } });
    expect(trace.minimal).toMatch(/^best effort \(\d+ tries\)$/);
    expect(trace.schedule).toHaveLength(cost.steps);
    expect(explain(trace)!.sentence).toMatch(
      new RegExp(
        String.raw`^g\d wrote sector \d at step \d+, before cluster \d was copied, because it did not call the hook\. .*\. ` +
          String.raw`The old data should have been copied to the target first\.$`,
      ),
    );
    expect(bucketOfFound(found)).toBe('full copyBeforeWrite');
  });

  it('can be kept and replayed as it was found, before its cause is known', () => {
    const { trace, cost } = failureAsFound({ ...found, cause: [] }, SEARCH);
    expect(trace).toMatchObject({ scenario: found.scenario, cause: [], minimal: 'not tried', found: { seed: 'spec', run: found.run } });
    expect([trace.schedule.length, cost.steps]).toEqual([found.schedule.length, found.schedule.length]);
    expect(replay(trace).outcome).toBe('reproduced');
  });

  it('goes by the rules that were off when it was found, and by all that the search has off where that makes no difference', () => {
    const asFound = failureOf(found, SEARCH, () => false);
    const asAsked = (...off: RuleName[]): Failure =>
      failureOf(found, { ...SEARCH, setting: settingWithout(['copyBeforeWrite', ...off]) }, () => false);
    expect(asAsked('wakeWaiters')).toEqual({ ...asFound, trace: { ...asFound.trace, without: ['copyBeforeWrite', 'wakeWaiters'] } });
    expect(asAsked('hookBeforeFirstYield')).toEqual(asFound); // either breaks the same
  });

  it('is told as it is if the caller does not wait, and can be replayed', () => {
    const { trace, cost } = failureOf(found, SEARCH, () => true);
    expect(trace.minimal).toBe('interrupted (2 tries)'); // a failure is confirmed twice
    expect(trace.scenario).toEqual(run.scenario);
    expect(cost.steps).toBe(found.schedule.length);
    expect(replay(trace).outcome).toBe('reproduced');
  });

  it('is the smaller the longer the caller waits, and the same for each that waits to the end', () => {
    const whole = shrink(run);
    const tries = [1, 20, 60].map((asked) => shrink(run, afterAsking(asked)));
    for (const [i, { tries: n }] of tries.entries()) expect(n).toBeLessThanOrEqual(2 + 2 * [1, 20, 60][i]!);
    const requests = [...tries, whole].map(({ cost }) => cost.requests * 1_000 + cost.sectors);
    expect(requests).toEqual(requests.toSorted((a, b) => b - a));
    expect(requests[0]).toBeGreaterThan(requests.at(-1)!);
    expect(shrink(run, () => false)).toEqual(whole);
  });
});

describe('requests that are dropped', () => {
  it('do not take time without end where they come after one another in many ways', () => {
    const layers = 40;
    const guest = Array.from({ length: 3 * layers }, (_, i) => {
      const layer = Math.floor(i / 3);
      return {
        id: `q${i + 1}`,
        kind: 'read' as const,
        first: 0,
        count: 1,
        early: false,
        after: layer === 0 ? [] : [1, 2, 3].map((n) => `q${3 * (layer - 1) + n}`),
      };
    });
    const shrunk = shrink({ ...run, scenario: { ...run.scenario, guest: [...guest, ...run.scenario.guest] } });
    expect(shrunk.cost.requests).toBeLessThanOrEqual(2);
  });
});
