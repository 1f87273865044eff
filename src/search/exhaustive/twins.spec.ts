/** Which requests are alike: all but the first of them start after those before them, so a mistake here misses schedules. */
import { expect, it } from 'vitest';
import { Machine } from '../../../model/machine/machine.ts';
import { shapeOf } from '../../../model/machine/shape.ts';
import type { GuestOperation } from '../../../model/scenario/scenario.ts';
import { request, smallScenario } from '../../../model/testing.ts';
import { twinsOf } from './reductions.ts';

/** For each request, which one is to start before it; null: none. */
function twins(guest: readonly GuestOperation[], cancelAfter: readonly string[] = []): (string | null)[] {
  const scenario = { ...smallScenario('full', guest, { cancel: true }), cancelAfter };
  const machine = new Machine(shapeOf(scenario, { effects: 'cluster', wake: 'any', without: [], requestsMin: 0 }));
  machine.load(scenario);
  const before = twinsOf(machine);
  return machine.guests.map(({ id }) => (before[id] === 0 ? null : machine.coroutineName(machine.coroutines.byId(before[id]!))));
}

const g1 = request('g1', 'write', [0, 2]);

it('takes requests for twins that are alike in all but their names, each of the one before it', () => {
  expect(twins([g1, request('g2', 'write', [0, 2]), request('g3', 'write', [1, 1]), request('g4', 'write', [0, 2])])).toEqual([
    null,
    'g1',
    null,
    'g2',
  ]);
});

it.each([
  ['another kind', request('g2', 'zero', [0, 2])],
  ['another place', request('g2', 'write', [1, 2])],
  ['another length', request('g2', 'write', [0, 1])],
  ['before the point in time', request('g2', 'write', [0, 2], { early: true })],
  ['after another request', request('g2', 'write', [0, 2], { after: ['g1'] })],
])('takes none for a twin that differs: %s', (_, other) => {
  expect(twins([g1, other])).toEqual([null, null]);
});

it('takes none for a twin after which something comes', () => {
  const both = [g1, request('g2', 'write', [0, 2])];
  for (const followed of ['g1', 'g2']) {
    expect(twins([...both, request('g3', 'flush', [0, 0], { after: [followed] })])).toEqual([null, null, null]);
    expect(twins(both, [followed])).toEqual([null, null]);
  }
});
