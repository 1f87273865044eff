/** Which steps are independent, told from footprints that are made by hand: each line of the comparison has one that needs it. */
import { describe, expect, it } from 'vitest';
import { settingWithout } from '../../src/testing.ts';
import type { Footprint } from '../kernel/learned-table.ts';
import { Machine } from './machine.ts';
import { shapeOf } from './shape.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { Independence } from './independence.ts';
import { Region, CellRegions } from '../families/notifier/ample-steps/cell-regions.ts';

const SCENARIO: Scenario = {
  mode: 'full',
  disk: { sectors: 6, clusterSectors: 2, zero: [], discardReads: 'zero' },
  targetClusterSectors: 0,
  guest: [{ id: 'g1', kind: 'write', first: 0, count: 1, after: [], early: false }],
  cancel: false,
};
const machine = new Machine(shapeOf(SCENARIO, settingWithout([])));
machine.load(SCENARIO);
const regions = new CellRegions(machine);
const { source, target, job } = machine;

/** A step that touches just this. */
const touches = (part: Partial<Footprint>): Footprint => ({
  reads: [],
  writes: [],
  adds: [],
  isLast: false,
  concernsReady: false,
  kills: false,
  ...part,
});
/** Asked both ways round: footprints are numbered as they are learned, in any order. */
function areIndependent(a: Footprint, b: Footprint): boolean {
  const ways = [
    [a, b],
    [b, a],
  ].map((pair) => new Independence(machine, regions, pair).areIndependent(0, 1));
  expect(ways[0]).toBe(ways[1]);
  return ways[0]!;
}

const sourceOf = (cluster: number): number => source.dataCell + 2 * cluster;
const targetOf = (cluster: number): number => target.dataCell + 2 * cluster;
const offset = job.status.offsetCell;
/** Shared cells that belong to no cluster. */
const [one, other] = [...regions.region.keys()].filter(
  (cell) =>
    regions.region[cell] === Region.other &&
    cell !== job.status.stateCell &&
    cell !== machine.world.misuseCell &&
    cell !== machine.coroutines.runQueueCell,
) as [number, number];

describe('steps on clusters', () => {
  it('are independent in different clusters, and where both only look', () => {
    expect(areIndependent(touches({ writes: [sourceOf(0)] }), touches({ writes: [sourceOf(1)] }))).toBe(true);
    expect(areIndependent(touches({ reads: [sourceOf(2)] }), touches({ writes: [targetOf(1)] }))).toBe(true);
    expect(areIndependent(touches({ reads: [sourceOf(0)] }), touches({ reads: [targetOf(0)] }))).toBe(true);
  });

  it('are not where both change one place: source, target and bit of a cluster are one', () => {
    expect(areIndependent(touches({ writes: [sourceOf(1)] }), touches({ writes: [sourceOf(1)] }))).toBe(false);
    expect(areIndependent(touches({ writes: [sourceOf(1)] }), touches({ writes: [targetOf(1) + 1] }))).toBe(false);
    expect(areIndependent(touches({ writes: [job.copied.cellOf(2)] }), touches({ adds: [targetOf(2)] }))).toBe(false);
  });

  it('are not where one looks at what the other changes, whichever of them it is', () => {
    expect(areIndependent(touches({ writes: [sourceOf(1)] }), touches({ reads: [sourceOf(1)] }))).toBe(false);
    expect(areIndependent(touches({ reads: [job.copied.cellOf(2)] }), touches({ writes: [sourceOf(2)] }))).toBe(false);
  });
});

describe('steps on what belongs to no cluster', () => {
  it('are independent in different cells, where both only read, and where both only add', () => {
    expect(areIndependent(touches({ writes: [one] }), touches({ writes: [other] }))).toBe(true);
    expect(areIndependent(touches({ reads: [one] }), touches({ reads: [one] }))).toBe(true);
    expect(areIndependent(touches({ adds: [offset] }), touches({ adds: [offset] }))).toBe(true);
  });

  it.each<[string, Partial<Footprint>, Partial<Footprint>]>([
    ['writes what the other writes', { writes: [one] }, { writes: [one] }],
    ['writes what the other reads', { writes: [one] }, { reads: [one] }],
    ['writes what the other adds to', { writes: [offset] }, { adds: [offset] }],
    ['adds to what the other reads', { adds: [offset] }, { reads: [offset] }],
  ])('are not where one %s, asked either way', (_, a, b) => {
    expect(areIndependent(touches(a), touches(b))).toBe(false);
  });
});

describe('a step that decides what is promised, or who must run next', () => {
  it.each([
    ['the hook', job.source.hook.cell],
    ['the state of the job', job.status.stateCell],
    ['a misuse', machine.world.misuseCell],
    ['the woken', machine.coroutines.runQueueCell],
  ])('is independent of none: %s', (_, cell) => {
    expect(areIndependent(touches({ writes: [cell] }), touches({ reads: [one] }))).toBe(false);
    expect(areIndependent(touches({ writes: [cell] }), touches({ writes: [sourceOf(0)] }))).toBe(false);
  });

  it('is independent of none: the end of another coroutine', () => {
    expect(areIndependent(touches({ writes: [one], kills: true }), touches({ reads: [other] }))).toBe(false);
  });
});
