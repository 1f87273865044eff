import { describe, expect, it } from 'vitest';
import { World } from '../kernel/world.ts';
import { NO_ERROR, type Side, blockError } from './errors.ts';
import { type Fault, FAULT_OPS, Faults } from './faults.ts';

/** The faults of a disk of 5 sectors, in clusters of 2. */
function planned(side: Side, ...faults: Omit<Fault, 'side'>[]): { faults: Faults; world: World } {
  const world = new World(1000);
  const plan = new Faults(world, side, 5, 2);
  world.seal();
  const cells = world.cells.slice();
  for (const fault of faults) plan.loadInto(cells, { ...fault, side });
  world.load(cells);
  return { faults: plan, world };
}

const EIO = blockError('source', 'EIO');
const ENOSPC = blockError('source', 'ENOSPC');

describe('a fault', () => {
  it('strikes so many requests that touch its cluster, and then no more', () => {
    const { faults } = planned('source', { op: 'read', cluster: 1, errno: 'EIO', times: 2 });
    expect(faults.strike('read', { first: 0, end: 2 })).toBe(NO_ERROR);
    expect(faults.strike('read', { first: 2, end: 4 })).toBe(EIO);
    expect(faults.strike('read', { first: 0, end: 5 })).toBe(EIO);
    expect(faults.strike('read', { first: 2, end: 4 })).toBe(NO_ERROR);
  });

  it.each([
    { range: { first: 0, end: 2 }, strikes: false },
    { range: { first: 0, end: 3 }, strikes: true },
    { range: { first: 3, end: 4 }, strikes: true },
    { range: { first: 3, end: 5 }, strikes: true },
    { range: { first: 4, end: 5 }, strikes: false },
  ])('at cluster 1 strikes sectors $range.first to $range.end: $strikes', ({ range, strikes }) => {
    const { faults } = planned('source', { op: 'write', cluster: 1, errno: 'EIO', times: 1 });
    expect(faults.strike('write', range)).toBe(strikes ? EIO : NO_ERROR);
  });

  it('at a short last cluster strikes what touches it', () => {
    const { faults } = planned('source', { op: 'read', cluster: 2, errno: 'EIO', times: 1 });
    expect(faults.strike('read', { first: 4, end: 5 })).toBe(EIO);
  });

  it('past the end of the disk there is none to strike', () => {
    const { faults } = planned('source', { op: 'read', cluster: 2, errno: 'EIO', times: 1 });
    expect(faults.strike('read', { first: 6, end: 8 })).toBe(NO_ERROR);
  });

  it.each(FAULT_OPS)('of %s strikes nothing else', (op) => {
    const { faults } = planned('source', { op, cluster: 0, errno: 'EIO', times: 3 });
    for (const other of FAULT_OPS) expect(faults.strike(other, { first: 0, end: 2 })).toBe(other === op ? EIO : NO_ERROR);
  });

  it('names the side of its image', () => {
    const { faults } = planned('target', { op: 'write', cluster: 0, errno: 'ENOSPC', times: 1 });
    expect(faults.strike('write', { first: 0, end: 1 })).toBe(blockError('target', 'ENOSPC'));
  });
});

describe('several faults', () => {
  it('strike one at a time, the first cluster first: a request that is tried again may fail again, for another reason', () => {
    const { faults } = planned(
      'source',
      { op: 'read', cluster: 1, errno: 'ENOSPC', times: 1 },
      { op: 'read', cluster: 0, errno: 'EIO', times: 2 },
    );
    const tries = [1, 2, 3, 4].map(() => faults.strike('read', { first: 0, end: 4 }));
    expect(tries).toEqual([EIO, EIO, ENOSPC, NO_ERROR]);
  });

  it('are told by the cell that counts them, for observers', () => {
    const { faults, world } = planned(
      'source',
      { op: 'read', cluster: 1, errno: 'ENOSPC', times: 2 },
      { op: 'write', cluster: 1, errno: 'EIO', times: 1 },
    );
    const struck = (op: Fault['op']): number => {
      const before = world.cells.slice();
      faults.strike(op, { first: 2, end: 4 });
      const changed = [...world.cells.keys()].filter((cell) => world.cells[cell] !== before[cell]);
      expect(changed).toHaveLength(1);
      expect(changed[0]).toBeGreaterThanOrEqual(faults.leftCell);
      expect(changed[0]).toBeLessThan(faults.leftCell + faults.length);
      return faults.errorSeen(changed[0]!);
    };
    expect(struck('read')).toBe(ENOSPC);
    expect(struck('write')).toBe(EIO);
  });
});
