import { describe, expect, it } from 'vitest';
import type { Scenario } from '../../model/scenario/scenario.ts';
import { plainerScenarios } from './candidates.ts';

type Disk = Scenario['disk'];

const DISK: Disk = { sectors: 2, clusterSectors: 2, zero: [], discardReads: 'zero' };
const scenarioOn = (disk: Disk): Scenario => ({ mode: 'full', disk, targetClusterSectors: 0, guest: [], cancel: false });

/** The disks of the candidates that are as long, where it is another one. */
const disksTried = (disk: Disk): Disk[] =>
  [...plainerScenarios(scenarioOn(disk))]
    .map((candidate) => candidate.disk)
    .filter((other) => other !== disk && other.sectors === disk.sectors);

describe('a plainer disk', () => {
  it('has one thing less, and keeps the other', () => {
    const tried = disksTried({ ...DISK, throttled: true, copyOnRead: true });
    expect(tried).toContainEqual({ ...DISK, copyOnRead: true });
    expect(tried).toContainEqual({ ...DISK, throttled: true });
    expect(tried).not.toContainEqual(DISK);
  });

  const ONE_THING: Partial<Disk>[] = [{ throttled: true }, { copyOnRead: true }, { discardReads: 'old' }, { zero: [1] }];
  it.each(ONE_THING)('is the plainest where there was only one thing: %o', (more) => {
    expect(disksTried({ ...DISK, ...more })).toStrictEqual([DISK]);
  });
});
