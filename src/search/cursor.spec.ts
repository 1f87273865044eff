import { expect, it } from 'vitest';
import { machineFor, request, smallScenario } from '../../model/testing.ts';
import { Properties } from '../../properties/all.ts';
import { Cursor } from './cursor.ts';

function cursorAtT0(rulesOff: Parameters<typeof machineFor>[1] = {}): Cursor {
  const scenario = smallScenario('full', [request('g1', 'write', [0, 2])]);
  const machine = machineFor(scenario, rulesOff);
  const properties = new Properties(machine);
  machine.load(scenario);
  const cursor = new Cursor(machine, properties);
  cursor.begin();
  return cursor;
}

/** Everything that a state is. */
function stateOf(cursor: Cursor) {
  const { world } = cursor.machine;
  const ready = Array.from(cursor.ids.subarray(0, cursor.ready()));
  const recounted = world.recountFingerprint();
  return { cells: [...world.cells], print: [world.hashLow, world.hashHigh], recounted, ready, ran: [...cursor.ran], steps: cursor.steps };
}

/** Steps of the first that can run, or of the last. @returns whether anybody could */
function go(cursor: Cursor, which: 'first' | 'last'): boolean {
  const count = cursor.ready();
  if (count > 0) cursor.step(cursor.ids[which === 'first' ? 0 : count - 1]!);
  return count > 0;
}

it('comes back to each of its marks, cell by cell, and goes another way', () => {
  const cursor = cursorAtT0();
  const states = [];
  do {
    cursor.mark(states.length);
    states.push(stateOf(cursor));
  } while (go(cursor, 'first'));
  expect(states.length).toBeGreaterThan(15);
  expect(cursor.isEnd(states.length - 1)).toBe(true);
  for (let depth = states.length - 2; depth >= 0; depth--) {
    cursor.backTo(depth);
    expect(stateOf(cursor)).toEqual(states[depth]);
    expect([cursor.isAt(depth), cursor.isEnd(depth)]).toEqual([true, false]);
    for (let i = 0; i < 3; i++) go(cursor, 'last');
    expect(cursor.isAt(depth)).toBe(false);
    cursor.backTo(depth);
    expect(stateOf(cursor)).toEqual(states[depth]);
  }
});

it('has room for as many marks and steps as a search takes', () => {
  const cursor = cursorAtT0();
  for (let depth = 0; depth < 1_000; depth++) {
    cursor.mark(depth);
    if (!go(cursor, 'first')) break;
  }
  const last = cursor.steps;
  for (let depth = last; depth < 1_000; depth++) cursor.mark(depth);
  expect(last).toBeGreaterThan(15);
  cursor.backTo(999);
  expect(cursor.steps).toBe(last);
  cursor.backTo(0);
  expect(cursor.steps).toBe(0);
});

it('tells what a step breaks, and what the pending one touches where it stands', () => {
  const cursor = cursorAtT0({ without: ['copyBeforeWrite'] });
  const g1 = cursor.machine.guests[0]!.id;
  const touched = new Set<number>();
  let broken = null;
  for (let i = 0; broken === null && i < 100; i++) {
    const ids = Array.from(cursor.ids.subarray(0, cursor.ready()));
    const id = ids.includes(g1) ? g1 : ids[0]!;
    touched.add(cursor.footprint(id));
    expect(cursor.footprint(id)).toBe(cursor.machine.footprintOf(id));
    broken = cursor.step(id);
  }
  expect(broken?.property).toBe('snapshot-kept');
  expect(touched.size).toBeGreaterThan(3);
});

it('jumps to a state of which the cells were kept', () => {
  const cursor = cursorAtT0();
  for (let i = 0; i < 4; i++) go(cursor, 'first');
  const { world, coroutines } = cursor.machine;
  const kept = { ...stateOf(cursor), mask: coroutines.readyMask };
  for (let i = 0; i < 4; i++) go(cursor, 'last');
  cursor.jump(kept.print[0]!, kept.print[1]!, kept.mask, (into) => into.set(kept.cells));
  expect({ ...stateOf(cursor), ran: kept.ran, steps: kept.steps, mask: coroutines.readyMask }).toEqual(kept);
  expect(world.cells).toHaveLength(kept.cells.length);
});
