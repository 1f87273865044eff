import { expect, it } from 'vitest';
import { Edge, StateGraph, UNKNOWN } from './state-graph.ts';

it('finds each state again, however many there are, and says of none that it has it before it was added', () => {
  const known = new StateGraph();
  const added: number[] = [];
  let foundTooSoon = 0;
  for (let i = 0; i < 3_000; i++) {
    if (known.find(i % 700, i) !== UNKNOWN) foundTooSoon++; // many share a first half, so places are taken
    added.push(known.add(i % 700, i, i % 3));
  }
  expect(foundTooSoon).toBe(0);
  expect(known.size).toBe(3_000);
  expect(added.every((state, i) => known.find(i % 700, i) === state && known.count(state) === i % 3)).toBe(true);
  expect(known.cells[known.edge(added[5]!, 1) + Edge.next]).toBe(UNKNOWN);
  known.clear();
  expect(known.find(5, 5)).toBe(UNKNOWN);
});

it('adds states of which nothing is known yet, where others stood before it was cleared', () => {
  const known = new StateGraph();
  const old = known.add(1, 1, 3);
  known.cells.fill(9, old + 1, known.edge(old, 3));
  known.clear();
  const fresh = known.add(2, 2, 2);
  expect(fresh).toBe(old);
  for (const i of [0, 1])
    for (const [field, cell] of Object.entries(Edge))
      expect(known.cells[known.edge(fresh, i) + cell], field).toBe(field === 'next' ? UNKNOWN : 0);
});
