import { describe, expect, it } from 'vitest';
import { request, smallScenario } from '../../model/testing.ts';
import { piecesMadeBy, piecesOf } from './pieces.ts';
import { PLAIN } from './start.ts';

/** Clusters of the target of 4 sectors, above an explicit filter, which cuts discards there. */
const SCENARIO = { ...smallScenario('none', [], { sectors: 12 }), targetClusterSectors: 4 };
const FILTER = { ...PLAIN, by: 'filter' as const };
const [WHOLE, CUT] = [request('g1', 'discard', [4, 4]), request('g2', 'discard', [1, 10])];

describe('a discard above an explicit filter', () => {
  it('is a head, the whole clusters and a tail, one after the other', () => {
    const pieces = piecesOf(CUT, SCENARIO, FILTER);
    expect(pieces.map(({ first, count, after }) => [first, count, after])).toEqual([
      [1, 3, []],
      [4, 4, ['g2']],
      [8, 3, ['g2p1']],
    ]);
    expect(piecesOf(WHOLE, SCENARIO, FILTER)).toEqual([WHOLE]);
  });

  it('may fail in any of its pieces, and then has none behind it', () => {
    const made = (...failed: (typeof CUT)[]): unknown[] => piecesMadeBy(failed, SCENARIO, FILTER).map((one) => [...one]);
    expect(made()).toEqual([[]]);
    expect(made(WHOLE)).toEqual([[]]);
    expect(made(CUT)).toEqual([[['g2', 3]], [['g2', 2]], [['g2', 1]]]);
    expect(made(CUT, { ...CUT, id: 'g3' })).toHaveLength(9);
  });
});

describe('a read of the target', () => {
  const READ = request('g1', 'readT0', [1, 10]);

  it('is a read of each cluster of the backup, all at once', () => {
    expect(piecesOf(READ, SCENARIO, PLAIN).map(({ first, count, after }) => [first, count, after])).toEqual([
      [1, 3, []],
      [4, 4, []],
      [8, 3, []],
    ]);
  });

  it('is cut where a table of the target ends, which clusters of 512 bytes have within one of the backup', () => {
    const small = { ...smallScenario('none', [], { sectors: 512 }), targetClusterSectors: 1 };
    const scenario = { ...small, disk: { ...small.disk, clusterSectors: 128 } };
    const pieces = piecesOf(request('g1', 'readT0', [393, 119]), scenario, PLAIN);
    expect(pieces.map(({ first, count }) => [first, count])).toEqual([
      [393, 55],
      [448, 64],
    ]);
  });
});
