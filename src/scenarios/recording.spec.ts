import { describe, expect, it } from 'vitest';
import { randomNumbers } from '../search/strategies/random-numbers.ts';
import type { GuestLog, LoggedRequest } from './guest-log.ts';
import { CLUSTER_SECTORS, KeptClusters } from './kept-clusters.ts';
import { recordingOf } from './recording.ts';
import { workloadScenario } from './workload.ts';

const TEBIBYTE = 2 ** 31; // in sectors
const C = CLUSTER_SECTORS;

type Asked = Pick<LoggedRequest, 'kind' | 'first' | 'count'> & Partial<LoggedRequest>;
const ask = (kind: LoggedRequest['kind'], first: number, count: number): Asked => ({ kind, first, count });
const logOf = (sectors: number, ...asked: readonly Asked[]): GuestLog => ({
  sectors,
  requests: asked.map((request, i) => ({ begin: 2 * i, end: 2 * i + 1, ...request })),
  unanswered: 0,
  cutLine: null,
});
const ranges = (requests: readonly LoggedRequest[]): number[][] => requests.map(({ first, count }) => [first, count]);

describe('recordingOf', () => {
  it('keeps of a disk of 1 TiB the clusters that a window touches, one for each gap, and one for each long run', () => {
    const far = TEBIBYTE - 3 * C;
    const log = logOf(TEBIBYTE, ask('write', 5 * C + 8, 8), ask('discard', 0, TEBIBYTE), ask('read', far, C));
    const all = recordingOf(log, { from: 0, count: 3 });
    // 0, and 1 for 2 to 4; g1's; 6 for all up to g3's; g3's; the last but one, and the last
    expect([all.sectors, all.clusterSectors, all.sectorBytes]).toEqual([7 * 16, 16, 4096]);
    expect(ranges(all.requests)).toEqual([
      [2 * 16 + 1, 1],
      [0, 7 * 16],
      [4 * 16, 16],
    ]);
    const last = recordingOf(log, { from: 2, count: 1 });
    expect([last.sectors, last.clusterSectors, last.numbered]).toEqual([3, 1, 2]);
  });

  it('creates as many clusters as requests need, whatever the size of the disk', () => {
    const random = randomNumbers('kept');
    const anywhere = (sectors: number): number => Math.floor(((random.bits() >>> 0) / 2 ** 32) * (sectors - 8192));
    for (const sectors of [2 ** 25, TEBIBYTE, 2 ** 41])
      for (const requests of [50, 500]) {
        const asked = Array.from({ length: requests }, () => ask('write', anywhere(sectors), 1 + random.below(8192)));
        const { count } = new KeptClusters(sectors, asked);
        expect(count).toBeGreaterThan(2 * requests);
        expect(count).toBeLessThanOrEqual(4 * requests + 1);
      }
  });

  it('keeps the last cluster of a disk that ends within one, and its length', () => {
    const odd = recordingOf(logOf(100 * C + 2, ask('write', 0, 1)), { from: 0, count: 1 });
    expect([odd.clusterSectors, odd.sectors]).toEqual([C, 2 * C + 2]);
    expect(recordingOf(logOf(100 * C, ask('write', 0, 1)), { from: 0, count: 1 }).sectors).toBe(2 * C);
  });

  it('applies what came before the window, in the order of its ends, and what was in flight when it began', () => {
    const slow = { ...ask('zero', 0, 8), begin: 0, end: 99 };
    const log = logOf(
      TEBIBYTE,
      slow,
      { ...ask('write', 0, 16), begin: 1, end: 2 },
      { ...ask('write', 10 * C, C), begin: 3, end: 4 },
      { ...ask('discard', 0, 4 * C), begin: 5, end: 6 },
      { ...ask('write', 3 * C, 8), begin: 7, end: 8 },
      { ...ask('write', 0, 4), begin: 9, end: 10 },
      { ...ask('write', 3 * C, 8), begin: 11, end: 12 },
    );
    const recording = recordingOf(log, { from: 5, count: 2 });
    // clusters 0, 1 (for 1 and 2), 3, 4 (for all others)
    expect([recording.sectors, recording.clusterSectors, recording.numbered]).toEqual([4 * 32, 32, 5]);
    expect([...recording.data.entries()].filter(([, isData]) => isData === 1).map(([s]) => s)).toEqual([64, 65]);
    expect(recording.written).toEqual([0, 2]);
    expect(ranges(recording.inFlight)).toEqual([[0, 2]]);
    const { disk, guest } = workloadScenario(recording, 'full', 1, 'zero');
    expect(guest.map(({ id, first }) => [id, first])).toEqual([['g7', 64]]);
    expect(disk.zero.includes(0)).toBe(true); // g6 wrote it, and g1, which ended later, made zeroes of it
    expect(disk.zero.includes(64)).toBe(false);
    expect(workloadScenario(recording, 'top', 1, 'zero').disk.overlay?.allocated).toEqual([0, 2]);
  });

  it('is of whole clusters where nobody asks for less, and of single sectors where somebody does', () => {
    const sizes = (...asked: readonly Asked[]): number =>
      recordingOf(logOf(64 * C, ...asked), { from: 0, count: asked.length }).sectorBytes;
    expect(sizes(ask('write', 2 * C, C), ask('flush', 0, 0))).toBe(65_536);
    expect(sizes(ask('write', 2 * C, C), ask('write', 8, 16))).toBe(4096);
    expect(sizes(ask('write', 2 * C, C), ask('write', 8, 1))).toBe(512);
  });

  it('has two requests share a cluster exactly if they do on the whole disk', () => {
    const random = randomNumbers('share');
    for (let round = 0; round < 50; round++) {
      const asked = Array.from({ length: 12 }, () => ask('write', random.below(40 * C), 1 + random.below(3 * C)));
      const { requests, clusterSectors } = recordingOf(logOf(64 * C, ...asked), { from: 0, count: asked.length });
      const shares = (list: readonly Asked[], size: number): boolean[] =>
        list.flatMap((a) =>
          list.map((b) => a.first - (a.first % size) < b.first + b.count && b.first - (b.first % size) < a.first + a.count),
        );
      expect(shares(requests, clusterSectors)).toEqual(shares(asked, C));
    }
  });
});
