/** Exhaustive search of a job of one's own: what the reductions leave out makes no difference. */
import { beforeAll, describe, expect, it } from 'vitest';
import { Machine, shapeOf } from '../../model/machine.ts';
import type { OwnJobFile } from '../../model/own-job/file-name.ts';
import { registerJob } from '../../model/own-job/registry.ts';
import type { Scenario } from '../../model/scenario.ts';
import { request, smallScenario } from '../../model/testing.ts';
import { Properties } from '../../properties/all.ts';
import { neverStop } from '../testing.ts';
import { type ExhaustiveResult, searchExhaustively } from './exhaustive.ts';
import { ALL_REDUCTIONS, NO_REDUCTION, type Reductions } from './reductions.ts';

const JOBS = ['chunked.mjs', 'forgetful.mjs'] as const;

beforeAll(async () => {
  for (const name of JOBS) {
    const module = (await import(new URL(`../../examples/own-job/${name}`, import.meta.url).href)) as { default: unknown };
    registerJob(name, module.default);
  }
});

function search(job: OwnJobFile, scenario: Scenario, reductions: Reductions): ExhaustiveResult & { ends: string[] } {
  const machine = new Machine(shapeOf(scenario, { effects: 'cluster', wake: 'any', without: [], requestsMin: 0, ownJob: job }));
  const properties = new Properties(machine);
  machine.load(scenario);
  const ends = new Set<string>();
  const { target, job: { status } } = machine;
  const onEnd = (): unknown => ends.add(JSON.stringify([status.stateSeen, status.offsetSeen, Array.from({ length: target.sectors }, (_, s) => target.isWrittenAt(s) && machine.contentName(target.contentAt(s)))]));
  return { ...searchExhaustively(machine, properties, { bytesMax: 2 ** 28, shouldStop: neverStop, onEnd }, reductions), ends: [...ends].toSorted() };
}

const SCENARIOS: readonly Scenario[] = [
  smallScenario('full', [request('g1', 'write', [1, 2])], { sectors: 4, zero: [3], cancel: true }),
  smallScenario('full', [request('g1', 'write', [0, 1]), request('g2', 'discard', [0, 2])], { sectors: 2, zero: [1] }),
  smallScenario('full', [request('g1', 'write', [0, 1]), request('g2', 'write', [0, 1])], { sectors: 2, zero: [1] }),
];

describe("an exhaustive search of a job of one's own", () => {
  it.each(JOBS)('comes to the same with all reductions as with none: %s', (job) => {
    for (const scenario of SCENARIOS) {
      const [reduced, plain] = [search(job, scenario, ALL_REDUCTIONS), search(job, scenario, NO_REDUCTION)];
      expect(reduced.broken?.violation.property).toBe(plain.broken?.violation.property);
      expect(plain.broken === null).toBe(job === 'chunked.mjs');
      if (plain.broken !== null) continue;
      expect(reduced.ends).toEqual(plain.ends);
      expect(reduced.states).toBeLessThan(plain.states);
    }
  });

  it('takes nothing for held that only the protocol of another job would hold', () => {
    const held = search('chunked.mjs', SCENARIOS[0]!, { ...NO_REDUCTION, held: true });
    const local = search('chunked.mjs', SCENARIOS[0]!, { ...NO_REDUCTION, local: true });
    expect(held.states).toBe(local.states);
  });
});
