import { describe, expect, it } from 'vitest';
import { SYNC_MODES, type SyncMode } from '../../../../model/sync.ts';
import { whatIsWrong } from '../../../../model/scenario/scenario.ts';
import { randomNumbers } from '../../../search/strategies/random-numbers.ts';
import { CAPABILITIES } from '../daemon/capabilities.ts';
import { fits } from '../disks/disks.ts';
import { type Aim, type Aimed, clustersIn } from './aim.ts';
import { atStart } from './at-start.ts';
import { bareTarget } from './bare-target.ts';
import { bitmapEnds } from './bitmap-ends.ts';
import { chain } from './chain.ts';
import { Draw } from './draw.ts';
import { heldCopy } from './held-copy.ts';
import { jobErrors } from './job-errors.ts';
import { lateCopy } from './late-copy.ts';
import { snapshotReads } from './snapshot-reads.ts';
import { twoDisks } from './two-disks.ts';

const HAS = new Set(CAPABILITIES);
const REQUESTS_MAX = 6;

/** What an aim makes of runs as they are drawn. */
function aimedBy(aim: Aim, modes: readonly SyncMode[] = SYNC_MODES, faults = true): Aimed[] {
  const draw = new Draw({ clusters: 4, writes: REQUESTS_MAX, faults });
  return Array.from({ length: 300 }, (_, i) => {
    const random = randomNumbers(`aims/${i}`);
    return aim(draw.draw(modes[i % modes.length]!, random, HAS), { requestsMax: REQUESTS_MAX, faults, chains: true }, random);
  }).filter((one) => one !== null);
}

const AIMS = { atStart, bareTarget, bitmapEnds, chain, heldCopy, jobErrors, lateCopy, snapshotReads, twoDisks } as const;

describe.each(Object.entries(AIMS))('%s', (_, aim) => {
  const aimed = aimedBy(aim);

  it('makes scenarios that can be run, with as many requests as may be', () => {
    expect(aimed.length).toBeGreaterThan(5);
    for (const { scenario } of aimed) {
      expect(whatIsWrong(scenario)).toBeNull();
      expect(fits(scenario)).toBe(true);
      expect(scenario.guest.length).toBeLessThanOrEqual(REQUESTS_MAX);
    }
  });

  it('injects no error where none is wanted', () => {
    for (const { scenario } of aimedBy(aim, SYNC_MODES, false)) expect(scenario.faults ?? []).toEqual([]);
  });
});

describe('an aim', () => {
  it('at a bitmap has a write before T0, and an error, a cancel or neither', () => {
    const ends = new Set<string>();
    for (const { scenario, holds } of aimedBy(bitmapEnds, ['full'])) {
      const [dirty] = scenario.guest;
      expect(dirty).toMatchObject({ kind: 'write', early: true });
      const [fault] = scenario.faults ?? [];
      const isJobHeld = holds.some((hold) => 'role' in hold && hold.role === 'job copy');
      ends.add(`${fault?.side ?? 'no error'}${isJobHeld ? ', the job waits' : ''}${scenario.cancel ? ', cancel' : ''}`);
    }
    expect([...ends].toSorted()).toEqual([
      'no error',
      'no error, the job waits',
      'no error, the job waits, cancel',
      'source',
      'source, the job waits',
      'source, the job waits, cancel',
      'target',
      'target, the job waits',
      'target, the job waits, cancel',
    ]);
  });

  it('at a late copy has a guest write what was dirty at T0, and its copy fail last', () => {
    const modes = new Set<string | null>();
    for (const { scenario, start, holds } of aimedBy(lateCopy, ['full', 'top'])) {
      const [dirty, late] = scenario.guest;
      const fault = scenario.faults!.at(-1)!;
      expect(dirty).toMatchObject({ kind: 'write', early: true, first: 0, count: scenario.disk.sectors });
      expect(Math.floor(late!.first / scenario.disk.clusterSectors)).toBe(fault.cluster);
      expect(holds.at(-1)).toMatchObject({ role: 'guest copy' });
      expect(scenario.cancel || scenario.faults!.length === 2).toBe(true);
      modes.add(start.bitmapMode);
    }
    expect(modes).toContain('always');
    expect(modes).toContain('on-success');
  });

  it('at a reader of a snapshot that breaks has the write under the read come after the copy that failed', () => {
    const met = aimedBy(snapshotReads, ['none']).filter(({ scenario }) => scenario.guest[0]!.kind === 'readT0');
    expect(met.length).toBeGreaterThan(3);
    for (const { scenario, start } of met) {
      const [read, breaks, under] = scenario.guest;
      expect(start).toMatchObject({ reads: 'snapshot-access', onCbwError: 'break-snapshot' });
      expect(under!.after).toEqual([breaks!.id]);
      expect(under!.first).toBeGreaterThanOrEqual(read!.first);
      expect(under!.first + under!.count).toBeLessThanOrEqual(read!.first + read!.count);
      expect(scenario.faults).toMatchObject([{ cluster: Math.floor(breaks!.first / scenario.disk.clusterSectors) }]);
    }
  });

  it('at a reader has it read what is written, before the write or after it', () => {
    for (const { scenario, holds } of aimedBy(snapshotReads, ['none'])) {
      if (scenario.guest[0]!.kind === 'readT0') continue;
      const [write, reader] = scenario.guest;
      expect(reader!.kind).toBe('readT0');
      const clusterOf = (sector: number): number => Math.floor(sector / scenario.disk.clusterSectors);
      expect(clusterOf(reader!.first)).toBeLessThanOrEqual(clusterOf(write!.first));
      expect(clusterOf(reader!.first + reader!.count - 1)).toBeGreaterThanOrEqual(clusterOf(write!.first));
      expect(holds.length > 0).toBe(reader!.after.length === 0);
    }
  });

  it('at an error of the job meets all policies on both sides', () => {
    const met = new Set(
      aimedBy(jobErrors, ['full', 'top']).map(
        ({ scenario }) => `${scenario.faults![0]!.side} ${scenario.onError![scenario.faults![0]!.side]}`,
      ),
    );
    expect(met.size).toBe(8);
  });

  it('at a chain has all of it there is: errors, cancels, each length, and requests that change the disk alone', () => {
    const chains = aimedBy(chain, ['full']);
    expect(new Set(chains.map(({ start }) => start.chain))).toEqual(new Set([2, 3, 4, 5, 6]));
    expect(new Set(chains.map(({ scenario }) => scenario.cancel)).size).toBe(2);
    for (const { scenario } of chains) expect(scenario.guest.every(({ kind }) => kind === 'write')).toBe(true);
  });

  it('at a target that is put over its backing file later has one with larger clusters', () => {
    for (const { scenario } of aimedBy(bareTarget, ['top'])) {
      expect(scenario.targetClusterSectors).toBeGreaterThan(scenario.disk.clusterSectors);
      expect(scenario.disk.overlay!.allocated.length).toBeLessThanOrEqual(clustersIn(scenario));
    }
  });
});
