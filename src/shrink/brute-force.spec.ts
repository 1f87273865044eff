import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type Scenario, policiesOf, whatIsWrong } from '../../model/scenario/scenario.ts';
import { type FailingTrace, isFailing } from '../trace/format.ts';
import { readTrace } from '../trace/read.ts';
import { MODES, neverStop } from '../testing.ts';
import { smallerByBruteForce } from './brute-force.ts';
import { scenariosIn } from './brute-scenarios.ts';
import { scenarioCost } from './cost.ts';
import { minimalityOf } from './failure.ts';
import { scenariosOfSize } from './family.ts';
import { type Feature, hasWaits } from './features.ts';

function load(name: string): FailingTrace {
  const trace = readTrace(readFileSync(new URL(`../../traces/matrix/${name}.trace.yaml`, import.meta.url), 'utf8'));
  if (!isFailing(trace)) throw new Error(`${name} holds`);
  return trace;
}

describe('smallerByBruteForce', () => {
  it.each(['copyBeforeWrite-full', 'unhookAtEnd-top', 'copyBeforeWrite-none', 'failedCopyFailsGuestWrite-none'])(
    'confirms what was proven: nothing is smaller than %s',
    (name) => {
      const trace = load(name);
      expect(minimalityOf(trace).minimal).toBe('proven');
      const { smaller, complete, scenarios, states } = smallerByBruteForce(trace, neverStop);
      expect({ smaller, complete }).toEqual({ smaller: null, complete: true });
      expect(states).toBeGreaterThan(scenarios);
    },
  );

  it.each<[string, (scenario: Scenario) => Partial<Scenario>]>([
    ['a cancel', () => ({ cancel: true })],
    ['another request', ({ guest }) => ({ guest: [...guest, { ...guest[0]!, id: 'g2' }] })],
    ['a longer disk', ({ disk }) => ({ disk: { ...disk, sectors: 4 } })],
    ['more of the write', ({ disk, guest }) => ({ disk: { ...disk, sectors: 2 }, guest: [{ ...guest[0]!, count: 2 }] })],
    ['a feature', ({ disk }) => ({ disk: { ...disk, throttled: true } })],
  ])('finds what is smaller than a trace with %s that the failure does not need', (_, more) => {
    const trace = load('copyBeforeWrite-none');
    const larger = { ...trace, scenario: { ...trace.scenario, ...more(trace.scenario) } };
    expect(smallerByBruteForce(larger, neverStop).smaller).toMatchObject({
      violation: { property: 'snapshot-kept' },
      scenario: { guest: [{ kind: 'write' }] },
    });
  });

  it('says that it was stopped', () => {
    expect(smallerByBruteForce(load('copyBeforeWrite-full'), () => true)).toEqual({
      scenarios: 0,
      states: 0,
      smaller: null,
      complete: false,
    });
  });
});

describe('a family', () => {
  /** What makes no difference is written in one way: policies as usual, and what only counts with an error or a discard. */
  function written(scenario: Scenario): string {
    const { onError: _, faults = [], resume = false, guest, disk, ...rest } = scenario;
    const discardReads = guest.some(({ kind }) => kind === 'discard') ? disk.discardReads : 'zero';
    return JSON.stringify(
      sorted({
        ...rest,
        guest,
        disk: { ...disk, discardReads },
        faults: faults.map((fault) => JSON.stringify(sorted(fault))).toSorted(),
        onError: policiesOf(scenario),
        resume: resume && faults.length > 0,
      }),
    );
  }

  const FEATURES: readonly (readonly Feature[])[] = [
    [],
    ['early', 'savevm', 'pause'],
    ['throttled', 'copyOnRead', 'speed'],
    ['zeroes', 'otherDiscards'],
    ['overlay', 'otherOverlay', 'zeroClusters'],
    ['overlay', 'shortBase', 'noBase'],
    ['otherTarget', 'existingTarget', 'oldData'],
    ['existingTarget', 'otherLength', 'sourceAsTarget'],
    ['faults', 'policies', 'resume'],
  ];

  it.each(MODES.flatMap((mode) => FEATURES.map((features) => [mode, features] as const)))(
    'is all that plain loops come across: %s, %j',
    (mode, features) => {
      const size = { requests: 1, clusters: 1 };
      const scope = { mode, clusterSectors: 2, ...size, has: (feature: Feature) => features.includes(feature) };
      const plain = [...scenariosIn(scope)].filter((scenario) => {
        const { requests, clusters } = scenarioCost(scenario);
        return requests === size.requests && clusters === size.clusters && !hasWaits(scenario) && whatIsWrong(scenario) === null;
      });
      const family = [...scenariosOfSize({ mode, clusterSectors: 2, features }, size, neverStop)];
      expect(new Set(family.map(written))).toEqual(new Set(plain.map(written)));
    },
  );
});

/** The same with its keys in order. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, inner]) => [key, sorted(inner)]),
  );
}
