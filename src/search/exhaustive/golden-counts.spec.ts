/**
 * How many states and transitions an exhaustive search takes with its reductions. Another number means that one of them leaves out
 * more than before, which may be too much, or less; or that the model has changed. Each is for the changelog to explain.
 */
import { expect, it } from 'vitest';
import { Machine } from '../../../model/machine/machine.ts';
import { shapeOf } from '../../../model/machine/shape.ts';
import type { Scenario } from '../../../model/scenario/scenario.ts';
import { request, smallScenario } from '../../../model/testing.ts';
import { Properties } from '../../../properties/all.ts';
import { neverStop } from '../../testing.ts';
import { searchExhaustively } from './exhaustive.ts';
import { ALL_REDUCTIONS, NO_REDUCTION, type Reductions } from './reductions.ts';

const write = (id: string, first: number, count: number) => request(id, 'write', [first, count]);
const SLEEP: Reductions = { ...NO_REDUCTION, sleep: true };
const LAST: Reductions = { ...NO_REDUCTION, last: true };

const FULL = smallScenario('full', [write('g1', 0, 2), write('g2', 1, 2), request('g3', 'read', [0, 1])], { sectors: 4, cancel: true });
const TOP = smallScenario('top', [write('g1', 0, 3), request('g2', 'discard', [2, 2])], { sectors: 4, cancel: true });
const NONE = smallScenario('none', [write('g1', 0, 3), request('r1', 'readT0', [0, 4]), request('g2', 'flush', [0, 0])], { sectors: 4 });
const FAULTS: Scenario = { ...TOP, mode: 'full', faults: [{ side: 'target', op: 'write', cluster: 0, errno: 'EIO', times: 1 }] };

it.each<[string, Scenario, Reductions, { states: number; transitions: number }]>([
  ['FULL, all', FULL, ALL_REDUCTIONS, { states: 1355, transitions: 3048 }],
  ['FULL, sleep sets', FULL, SLEEP, { states: 10_249, transitions: 18_635 }],
  ['FULL, last steps', FULL, LAST, { states: 7608, transitions: 22_783 }],
  ['TOP, all', TOP, ALL_REDUCTIONS, { states: 524, transitions: 886 }],
  ['TOP, sleep sets', TOP, SLEEP, { states: 2326, transitions: 3529 }],
  ['NONE, all', NONE, ALL_REDUCTIONS, { states: 413, transitions: 718 }],
  ['NONE, sleep sets', NONE, SLEEP, { states: 1372, transitions: 2696 }],
  ['an error, all', FAULTS, ALL_REDUCTIONS, { states: 668, transitions: 939 }],
])('%s', (_name, scenario, reductions, golden) => {
  const machine = new Machine(shapeOf(scenario, { effects: 'cluster', wake: 'any', without: [], requestsMin: 0 }));
  const properties = new Properties(machine);
  machine.load(scenario);
  const found = searchExhaustively(machine, properties, { bytesMax: 2 ** 28, shouldStop: neverStop }, reductions);
  expect(found).toMatchObject({ broken: null, complete: true, ...golden });
});
