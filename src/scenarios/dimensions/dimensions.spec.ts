/** What each optional part of a scenario is held to, whichever it is: a new one need not say it again. */
import { describe, expect, it } from 'vitest';
import { optionsOf } from '../../../model/machine/job-options.ts';
import { type Scenario, whatIsWrong } from '../../../model/scenario/scenario.ts';
import { describeScenario } from '../../explain/scenario.ts';
import { randomNumbers } from '../../search/strategies/random-numbers.ts';
import { plainerScenarios, requestsDropped } from '../../shrink/candidates.ts';
import { isLess, scenarioCost } from '../../shrink/cost.ts';
import { scenariosOfSize } from '../../shrink/family.ts';
import { type Feature, featureSets, featuresOf } from '../../shrink/features.ts';
import { MODES, neverStop } from '../../testing.ts';
import type { Trace } from '../../trace/format.ts';
import { readTrace } from '../../trace/read.ts';
import { writeTrace } from '../../trace/write.ts';
import { drawScenario, scenarios } from '../draw.ts';
import { DIMENSIONS } from './all.ts';
import { hasIn, valueIn, withValue } from './notation.ts';

const DRAWS = 300;
const random = randomNumbers('dimensions');
const drawn = MODES.flatMap((mode) => {
  const scope = { clusters: 2, clusterSectors: 2, writes: 2, faults: true, jobOptions: optionsOf('block-copy'), endlessGuest: true };
  const arbitrary = scenarios(mode, scope);
  return Array.from({ length: DRAWS }, () => drawScenario(arbitrary, random));
});

/** What the smaller of its candidates lead to, as long as there is one. */
function shrunk(scenario: Scenario): Scenario {
  const cost = { ...scenarioCost(scenario), preemptions: 0, steps: 0 };
  for (const smaller of [...requestsDropped(scenario), ...plainerScenarios(scenario)])
    if (whatIsWrong(smaller) === null && isLess({ ...scenarioCost(smaller), preemptions: 0, steps: 0 }, cost)) return shrunk(smaller);
  return scenario;
}

const traceOf = (scenario: Scenario): Trace => ({
  effects: 'sector',
  wake: 'any',
  job: 'block-copy', // which does all of it
  without: [],
  scenario,
  schedule: [],
  verdict: null,
  cause: [],
  minimal: 'not tried',
});

describe.each(DIMENSIONS.map((dimension) => ({ key: dimension.notation.key, dimension })))('$key', ({ dimension }) => {
  const { notation } = dimension;
  const having = drawn.filter((scenario) => hasIn(notation, scenario));

  it('is drawn, and is not always', () => {
    expect(having.length).toBeGreaterThan(10);
    expect(having.length).toBeLessThan(drawn.length);
    expect(having.map(whatIsWrong).filter((wrong) => wrong !== null)).toEqual([]);
  });

  it('is written into traces, and read from them', () => {
    for (const scenario of having) {
      const read = readTrace(writeTrace(traceOf(scenario))).scenario;
      expect(valueIn(notation, read)).toEqual(valueIn(notation, scenario));
      expect(writeTrace(traceOf(withValue(notation, scenario, notation.plain)))).not.toContain(`  ${notation.key}:`);
    }
  });

  it('is told, if it has words', () => {
    for (const scenario of having)
      for (const words of notation.words?.(valueIn(notation, scenario)) ?? []) expect(describeScenario(scenario)).toContain(words);
  });

  it.runIf('offered' in notation)('is a checkbox of the page, which has its words, sets it and takes it away', () => {
    const offered = drawn.filter((scenario) => notation.offered!(scenario) !== undefined);
    expect(offered.length).toBeGreaterThan(0);
    for (const scenario of offered) {
      const value = notation.offered!(scenario);
      expect(notation.words!(value).join()).not.toBe('');
      expect(hasIn(notation, withValue(notation, scenario, value))).toBe(true);
      expect(hasIn(notation, withValue(notation, scenario, notation.plain))).toBe(false);
    }
  });

  it('is dropped by shrinking where nothing hangs on it, and costs something as long as it is there', () => {
    for (const scenario of having.slice(0, 30)) {
      expect(hasIn(notation, shrunk(scenario))).toBe(false);
      const [withIt, without] = [scenario, withValue(notation, scenario, notation.plain)].map((one) => scenarioCost(one));
      expect(withIt!.requests + withIt!.frills).toBeGreaterThan(without!.requests + without!.frills);
    }
  });

  it.each(Object.keys(dimension.features) as Feature[])('is tried by proofs that have the feature %s', (feature) => {
    const features = [...featureSets([feature])].find((set) => set.includes(feature))!;
    const family = (['full', 'none'] as const).flatMap((mode) => [
      ...scenariosOfSize({ mode, clusterSectors: 2, features: [...features, 'overlay'] }, { requests: 1, clusters: 1 }, neverStop),
    ]);
    expect(family.filter((scenario) => featuresOf(scenario).includes(feature)).length).toBeGreaterThan(0);
    expect(family.filter((scenario) => !featuresOf(scenario).includes(feature)).length).toBeGreaterThan(0);
  });
});
