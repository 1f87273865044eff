import { describe, expect, it } from 'vitest';
import type { ExistingTarget, GuestOperation, OverlayLayout, Scenario } from '../../model/scenario/scenario.ts';
import { readFileSync } from 'node:fs';
import { readTrace } from '../trace/read.ts';
import { plainTargetClusterSectors } from '../../model/scenario/plain-target.ts';
import { scenarioCost } from './cost.ts';

const { scenario } = readTrace(readFileSync(new URL('../../traces/gallery/copyBeforeWrite.trace.yaml', import.meta.url), 'utf8'));
const frillsWith = (change: Partial<GuestOperation>): number =>
  scenarioCost({ ...scenario, guest: scenario.guest.map((g) => ({ ...g, ...change })) }).frills;

describe('the distance from the plainest scenario', () => {
  it('grows with each thing that a request has beyond a write of the first sector', () => {
    const plain = frillsWith({ kind: 'write', first: 0, count: 1, after: [], early: false });
    const others: Partial<GuestOperation>[] = [{ kind: 'discard' }, { first: 1 }, { count: 2 }, { early: true }, { after: ['g9'] }];
    for (const change of others)
      expect(frillsWith({ kind: 'write', first: 0, count: 1, after: [], early: false, ...change }), JSON.stringify(change)).toBe(plain + 1);
  });

  const { mode, disk } = scenario;
  const plainTarget = plainTargetClusterSectors(mode, disk.clusterSectors);
  const frillsOf = (change: Partial<Scenario>): number => scenarioCost({ ...scenario, ...change }).frills - scenarioCost(scenario).frills;
  const overlay: OverlayLayout = { clusterSectors: disk.clusterSectors, allocated: [], zeroClusters: [], baseSectors: disk.sectors };
  const withDisk = (more: Partial<Scenario['disk']>): Partial<Scenario> => ({ disk: { ...disk, ...more } });
  const withOverlay = (more: Partial<OverlayLayout>): Partial<Scenario> => withDisk({ overlay: { ...overlay, ...more } });
  const withTarget = (more: Partial<ExistingTarget>): Partial<Scenario> => ({
    existingTarget: { sectors: disk.sectors, backed: false, data: [], ...more },
  });

  it.each<[string, Partial<Scenario>, number]>([
    ['a sector that is zero', withDisk({ zero: [0] }), 1],
    ['two of them', withDisk({ zero: [0, 1] }), 2],
    ['a discard that does not read as zeroes', withDisk({ discardReads: 'old' }), 1],
    ['an overlay', withOverlay({}), 2],
    ['a cluster that it has allocated', withOverlay({ allocated: [0] }), 3],
    ['a zero cluster of it', withOverlay({ zeroClusters: [0] }), 4],
    ['a base of another length', withOverlay({ baseSectors: disk.sectors + 1 }), 3],
    ['clusters of another size', withOverlay({ clusterSectors: 2 * disk.clusterSectors }), 3],
    ['an overlay of a disk with a zero', withDisk({ overlay, zero: [0] }), 3],
    ['a target with clusters of another size', { targetClusterSectors: plainTarget + 2 }, 1],
    ['a target that was there', withTarget({}), 1],
    ['data of it', withTarget({ data: [0] }), 2],
    ['its being longer', withTarget({ sectors: disk.sectors + 2 }), 3],
    ['its being shorter', withTarget({ sectors: disk.sectors - 1 }), 2],
    ['each request that the cancel waits for', { cancelAfter: ['g1'] }, 1],
  ])('grows with %s', (_what, change, more) => expect(frillsOf(change)).toBe(more));
});
