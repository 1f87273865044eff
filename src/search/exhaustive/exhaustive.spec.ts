import { describe, expect, it } from 'vitest';
import type { RuleName } from '../../../model/machine/job-names.ts';
import { Machine } from '../../../model/machine/machine.ts';
import { shapeOf } from '../../../model/machine/shape.ts';
import type { Scenario } from '../../../model/scenario/scenario.ts';
import { request, smallScenario } from '../../../model/testing.ts';
import { Properties } from '../../../properties/all.ts';
import { neverStop } from '../../testing.ts';
import { type ExhaustiveResult, searchExhaustively } from './exhaustive.ts';
import { ALL_REDUCTIONS, NO_REDUCTION, type Reductions } from './reductions.ts';

interface Setting {
  readonly without?: readonly RuleName[];
  readonly reductions?: Reductions;
  readonly bytesMax?: number;
}

function search(scenario: Scenario, { without = [], reductions = ALL_REDUCTIONS, bytesMax = 2 ** 28 }: Setting = {}): ExhaustiveResult {
  const machine = new Machine(shapeOf(scenario, { effects: 'cluster', wake: 'any', without, requestsMin: 0 }));
  const properties = new Properties(machine);
  machine.load(scenario);
  return searchExhaustively(machine, properties, { bytesMax, shouldStop: neverStop }, reductions);
}

const TWO_WRITES = smallScenario('full', [request('g1', 'write', [0, 1]), request('g2', 'write', [1, 2])], { sectors: 4, zero: [3] });

describe('searchExhaustively', () => {
  it('sees every state of a scenario, and whether any of them breaks a property', () => {
    expect(search(TWO_WRITES)).toMatchObject({ broken: null, complete: true });
    const { broken } = search(TWO_WRITES, { without: ['lookAgainAfterWaking', 'waitForOverlappingCopies'] });
    expect(broken).toMatchObject({ violation: { property: expect.any(String) }, schedule: expect.any(Array) });
  });

  it('finds a schedule that breaks the property when it is run again', () => {
    const without: RuleName[] = ['waitForOverlappingCopies'];
    const { broken } = search(TWO_WRITES, { without });
    const machine = new Machine(shapeOf(TWO_WRITES, { effects: 'cluster', wake: 'any', without, requestsMin: 0 }));
    const properties = new Properties(machine);
    machine.load(TWO_WRITES);
    machine.begin();
    properties.begin();
    const seen = broken!.schedule.map((id) => {
      const coroutine = machine.coroutines.byId(id);
      const step = coroutine.pending;
      machine.step(id);
      return properties.after(coroutine, step);
    });
    expect(seen.at(-1)).toEqual(broken!.violation);
    expect(seen.slice(0, -1).every((violation) => violation === null)).toBe(true);
  });

  it('counts the same states and transitions every time', () => {
    // Golden: another number is another model, which is for the changelog to explain.
    expect(search(TWO_WRITES, { reductions: NO_REDUCTION })).toMatchObject({ states: 677, transitions: 1_540, depth: 25 });
  });

  it('says that it is not complete when the memory is full, or somebody says stop', () => {
    const wide = smallScenario('full', [request('g1', 'write', [0, 1]), request('g2', 'write', [2, 1]), request('g3', 'write', [4, 2])]);
    expect(search(wide, { bytesMax: 2 ** 17, reductions: NO_REDUCTION })).toMatchObject({ complete: false, broken: null });
    expect(search(wide)).toMatchObject({ complete: true, broken: null });
  });

  it('tells of a run that comes back to where it was', () => {
    const machine = new Machine(shapeOf(TWO_WRITES, { effects: 'cluster', wake: 'any', without: [], requestsMin: 0 }));
    const properties = new Properties(machine);
    machine.load(TWO_WRITES);
    const { job, world } = machine;
    const step = machine.step.bind(machine);
    machine.step = (id) => {
      const before = world.cells.slice();
      step(id);
      if (id === job.id && machine.stepName(job.pending) === 'sleep c1')
        for (const [cell, value] of before.entries()) world.store(cell, value); // a step that undoes itself
    };
    expect(searchExhaustively(machine, properties, { bytesMax: 2 ** 24, shouldStop: neverStop }).broken).toMatchObject({
      violation: { property: 'always-finishes', detail: expect.stringContaining('repeat forever') },
    });
  });
});
