import { describe, expect, it } from 'vitest';
import type { Scenario } from '../../model/scenario/scenario.ts';
import { request, smallScenario } from '../../model/testing.ts';
import { randomNumbers } from '../search/strategies/random-numbers.ts';
import { drawScenario, scenarios } from '../scenarios/draw.ts';
import { MODES, SCOPE } from '../testing.ts';
import { describeScenario } from './scenario.ts';

const PLAIN = smallScenario('full', [], { sectors: 4 });
const DISK = '4-sector disk, 2-sector clusters';
const overlay = (more: object = {}): Scenario => ({
  ...PLAIN,
  disk: { ...PLAIN.disk, overlay: { clusterSectors: 2, allocated: [], zeroClusters: [], baseSectors: 4, ...more } },
});
const fault = { side: 'source', op: 'read', cluster: 1, errno: 'EIO', times: 1 } as const;

describe('a scenario in words', () => {
  const WORDS: readonly [words: string, scenario: Scenario][] = [
    [DISK, PLAIN],
    ['1-sector disk, 2-sector clusters', smallScenario('full', [], { sectors: 1 })],
    ['0-sector disk, 2-sector clusters', smallScenario('full', [], { sectors: 0 })],
    [`${DISK}, with a backing file, nothing allocated`, overlay()],
    [`${DISK}, with a backing file, cluster 1 allocated`, overlay({ allocated: [1] })],
    [`${DISK}, with a backing file, clusters 0 1 allocated`, overlay({ allocated: [0, 1] })],
    [`${DISK}, no backing file`, overlay({ baseSectors: null })],
    [`${DISK}, with I/O limits, with copy-on-read`, { ...PLAIN, disk: { ...PLAIN.disk, throttled: true, copyOnRead: true } }],
    [`${DISK}; existing target: 5 sectors, raw`, { ...PLAIN, existingTarget: { sectors: 5, backed: false, data: [] } }],
    [
      `${DISK}; existing target: 4 sectors, 2-sector clusters, without a backing file, with old data in sectors 0 3`,
      { ...PLAIN, targetClusterSectors: 2, existingTarget: { sectors: 4, backed: false, data: [0, 3] } },
    ],
    [
      `${DISK}; existing target: 4 sectors, 2-sector clusters, with a backing file, with old data in sector 1`,
      { ...PLAIN, targetClusterSectors: 2, existingTarget: { sectors: 4, backed: true, data: [1] } },
    ],
    [
      `${DISK}; g1 writes sectors 0-1, g2 reads sector 3 as of T0, g3 flushes`,
      { ...PLAIN, guest: [request('g1', 'write', [0, 2]), request('g2', 'readT0', [3, 1]), request('g3', 'flush', [0, 0])] },
    ],
    [`${DISK}; the user pauses the job; speed limit of 2 sectors per slice`, { ...PLAIN, pause: true, speed: 2 }],
    [`${DISK}; on-source-error stop, on-target-error enospc`, { ...PLAIN, onError: { source: 'stop', target: 'enospc' } }],
    [`${DISK}; the first read of cluster 1 on the source fails with EIO`, { ...PLAIN, faults: [fault] }],
    [
      `${DISK}; the first 3 writes of cluster 0 on the target fail with ENOSPC`,
      { ...PLAIN, faults: [{ side: 'target', op: 'write', cluster: 0, errno: 'ENOSPC', times: 3 }] },
    ],
    [
      `${DISK}; the first 2 allocation queries for cluster 1 on the source fail with EIO` +
        `; the first read of cluster 1 on the source fails with EIO`,
      { ...PLAIN, faults: [{ ...fault, op: 'ask', times: 2 }, fault] },
    ],
  ];

  it.each(WORDS)('%s', (words, scenario) => {
    expect(describeScenario(scenario)).toBe(words);
  });

  it('names four requests at most, and counts the others', () => {
    const writes = (count: number): Scenario => ({
      ...PLAIN,
      guest: Array.from({ length: count }, (_, i) => request(`g${i + 1}`, 'write', [0, 1])),
    });
    expect(describeScenario(writes(4))).toBe(`${DISK}; g1 writes sector 0, g2 writes sector 0, g3 writes sector 0, g4 writes sector 0`);
    expect(describeScenario(writes(5))).toBe(`${DISK}; g1 writes sector 0, g2 writes sector 0, g3 writes sector 0, 2 more`);
  });

  it('names eight places at most', () => {
    const wide = {
      ...PLAIN,
      disk: {
        ...PLAIN.disk,
        sectors: 20,
        overlay: { clusterSectors: 2, allocated: [0, 1, 2, 3, 4, 5, 6, 7, 8], zeroClusters: [], baseSectors: 20 },
      },
    };
    expect(describeScenario(wide)).toBe('20-sector disk, 2-sector clusters, with a backing file, clusters 0 1 2 3 4 5 6 7 ... allocated');
  });

  it('is one line, whatever the scenario', () => {
    for (const mode of MODES) {
      const random = randomNumbers(`words ${mode}`);
      const arbitrary = scenarios(mode, { ...SCOPE, faults: true });
      for (let i = 0; i < 50; i++) expect(describeScenario(drawScenario(arbitrary, random))).toMatch(/^\d+-sector disk, [^\p{Cc}]+$/u);
    }
  });
});
