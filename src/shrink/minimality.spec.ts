import { describe, expect, it } from 'vitest';
import type { SyncMode } from '../../model/sync.ts';
import type { RuleName } from '../../model/machine/job-names.ts';
import { oneIn, sized } from '../../tools/nightly/testing.ts';
import { searchExhaustively } from '../search/exhaustive/exhaustive.ts';
import { Experiment } from '../search/experiment.ts';
import { scenariosOf } from '../scenarios/scope/scope.ts';
import { replay } from '../replay/replay.ts';
import { writeTrace } from '../trace/write.ts';
import { findFailure, settingWithout } from '../testing.ts';
import { type Failure, failureOf, minimalityOf, provenFailure } from './failure.ts';

const never = (): boolean => false;

/** Its smallest trace, from whatever the search with this seed finds first. */
function smallest(rule: RuleName, mode: SyncMode, seed: string, shouldStop = never): { before: Failure; after: Failure } {
  const setting = settingWithout([rule]);
  const { found } = findFailure(setting, mode, 20_000, { seed })!;
  const before = failureOf(found, { setting, strategy: 'portfolio', seed }, never);
  return { before, after: provenFailure(before, shouldStop) };
}

/** All but where it was found, and how far it was searched there. */
const aboveFound = ({ trace }: Failure): string => writeTrace(trace).replace(/\nfound:[\s\S]*/, '');

describe('provenFailure', () => {
  it('says of what a trace is the smallest', () => {
    const { before, after } = smallest('copyBeforeWrite', 'full', 'a');
    expect(minimalityOf(before.trace)).toEqual({ minimal: 'best effort' });
    expect(minimalityOf(after.trace)).toEqual({
      minimal: 'proven',
      minimalScope:
        'FULL, up to 2 clusters of 2 sectors, raw source, any guest requests, with or without a cancel; I/O takes effect ' +
        'per sector, woken coroutines run in any order',
    });
    expect(after.cost).toMatchObject({ requests: 1, clusters: 1, features: 0, preemptions: 1, steps: 4, sectors: 1 });
    expect(replay(after.trace).outcome).toBe('reproduced');
  });

  it('drops the cancel of NONE where the failure does not need it', () => {
    const setting = settingWithout(['copyBeforeWrite']);
    const { found } = findFailure(setting, 'none', 20_000, { seed: 'a' })!;
    const unshrunk = failureOf(found, { setting, strategy: 'portfolio', seed: 'a' }, () => true);
    expect(unshrunk.trace.scenario.cancel).toBe(true); // every NONE run that is drawn ends by one
    const { trace, cost } = provenFailure(unshrunk, never);
    expect(minimalityOf(trace)).toMatchObject({ minimal: 'proven' });
    expect(trace.scenario).toMatchObject({ cancel: false, guest: [{ kind: 'write' }] });
    expect(cost.requests).toBe(1);
  });

  const RULES: readonly [rule: RuleName, mode: SyncMode][] = [
    ['wakeWaiters', 'full'],
    ['topDecidesOnce', 'top'],
    ['hookBeforeFirstYield', 'none'],
    ['drainGuestAtStart', 'full'],
  ];

  it.each(RULES)('gives the same trace whatever was found first: without %s, %s', (rule, mode) => {
    const traces = sized(['a', 'b'], ['a', 'b', 'c', 'd']).map((seed) => smallest(rule, mode, seed));
    expect(new Set(traces.map(({ after }) => aboveFound(after))).size).toBe(1);
    for (const { before, after } of traces) expect(after.cost.requests).toBeLessThanOrEqual(before.cost.requests);
  });

  it('finds what is smaller, where shrinking stopped too early', () => {
    // As it was found: with several requests on a large disk, and not shrunk at all.
    const setting = settingWithout(['copyBeforeWrite']);
    const { found } = findFailure(setting, 'full', 20_000, { seed: 'early', scope: { clusters: 2, clusterSectors: 2, writes: 2 } })!;
    const unshrunk = failureOf(found, { setting, strategy: 'portfolio', seed: 'early' }, () => true);
    expect(unshrunk.cost.requests).toBeGreaterThan(1);
    expect(provenFailure(unshrunk, never).cost).toEqual(smallest('copyBeforeWrite', 'full', 'a').after.cost);
  });

  it('is right that nothing smaller fails: the exhaustive search of a whole scope agrees', () => {
    const both = [
      ['wakeWaiters', 'full'],
      ['drainBeforeUnhook', 'top'],
    ] as const;
    for (const [rule, mode] of oneIn(2, both)) {
      const { cost } = smallest(rule, mode, 'a').after;
      const scope = { mode, clusters: 2, clusterSectors: 2, requests: cost.requests - 1 };
      let count = 0;
      for (const { scenario } of scenariosOf(scope)) {
        const { machine, properties } = new Experiment({ ...scenario, cancel: false }, settingWithout([rule]));
        expect(searchExhaustively(machine, properties, { bytesMax: 2 ** 24, shouldStop: never })).toMatchObject({
          broken: null,
          complete: true,
        });
        count++;
      }
      expect(count).toBeGreaterThan(4);
    }
  });

  it('says how far it came, and keeps what it was given, when it is stopped', () => {
    let asked = 0;
    const { before, after } = smallest('drainBeforeUnhook', 'top', 'a', () => ++asked > sized(200, 400));
    expect(after.trace.minimal).toMatch(
      new RegExp(
        String.raw`^best effort \(\d+ tries; proven: no such trace has fewer than ` +
          '(?:1 request, error or command|2 requests, errors and commands) ' +
          String.raw`in TOP, up to 2 clusters of 2 sectors, any allocation, .*\)$`,
      ),
    );
    expect({ ...after.trace, minimal: '' }).toEqual({ ...before.trace, minimal: '' });
  });

  it('looks only at scenarios that count', () => {
    const { before } = smallest('copyBeforeWrite', 'full', 'a');
    const { trace, cost } = provenFailure(before, never, ({ disk }) => disk.sectors > 1 || disk.throttled === true);
    expect(cost).toMatchObject({ requests: 1, sectors: 2 });
    expect(trace.scenario.disk.throttled).toBeUndefined();
  });
});
