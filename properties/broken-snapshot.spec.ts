/** What given-up says of a job of block-copy whose snapshot a failed copy has broken (`on-cbw-error=break-snapshot`). */
import { describe, expect, it } from 'vitest';
import '../src/families/block-copy.ts';
import type { Fault } from '../model/block/faults.ts';
import type { RuleName } from '../model/machine/job-names.ts';
import type { GuestOperation } from '../model/scenario/scenario.ts';
import type { SyncMode } from '../model/sync.ts';
import { request, smallScenario, staged } from '../model/testing.ts';
import { Properties } from './all.ts';
import type { Violation } from './property.ts';

/** Of the third cluster: the job's first copy is of the two before it. */
const WRITER = request('g1', 'write', [4, 2]);
const READER = request('r1', 'readT0', [0, 2]);
const OTHER = request('g2', 'write', [0, 2]);
const FAULT: Fault = { side: 'target', op: 'write', cluster: 2, errno: 'ENOSPC', times: 1 };

function stage(mode: SyncMode, guest: readonly GuestOperation[], without: readonly RuleName[] = []) {
  const scenario = {
    ...smallScenario(mode, guest, { sectors: 10 }),
    faults: [FAULT],
    onCbwError: 'break-snapshot' as const,
    snapshotAccess: mode === 'none',
  };
  return staged<Violation, Properties>(scenario, (machine) => new Properties(machine), { job: 'block-copy', without });
}

const begins = (mode: SyncMode): string[] => ['job: start', ...(mode === 'full' ? ['job.call: call', 'job: copying.begun'] : [])];
const breaks = (mode: SyncMode): string[] => [...begins(mode), 'g1: ...'];
const broken = (detail: string): unknown => expect.objectContaining({ property: 'given-up', detail });
const VOID = broken('r1 read from a backup whose snapshot is broken, and returned no error');
const COMPLETES = broken('a failed copy broke the snapshot, but the job completed without an error');

describe('a job whose snapshot is broken', () => {
  it('lets the guest go on, and does not complete without an error', () => {
    const { player, machine } = stage('full', [WRITER]);
    expect(player.play(...breaks('full'))).toBeNull();
    expect(machine.contentName(machine.source.contentAt(4))).toBe('s4.g1');
    expect(player.finish()).toBeNull();
    expect(machine.job.status.errorSeen).not.toBe(0);
  });

  it.each<RuleName>(['brokenSnapshotFailsJob', 'failedCopyBreaksSnapshot'])('is caught if it completes without %s', (rule) => {
    const { player } = stage('full', [WRITER], [rule]);
    expect(player.play(...breaks('full'))).toBeNull();
    expect(player.finish()).toEqual(COMPLETES);
  });

  it('fails too if the guest hears of its copy when the job has copied all', () => {
    const { player, machine } = stage('full', [request('g1', 'write', [4, 6])]);
    expect(player.play(...begins('full'), 'g1: write.start', 'g1: copy.status c2', 'g1: copy.status c4', 'g1.t1: ...')).toBeNull();
    expect(player.finish()).toBeNull();
    expect(machine.job.status).toMatchObject({ isGivenUpSeen: true });
    expect(machine.job.status.errorSeen).not.toBe(0);
  });
});

describe('a reader of its snapshot-access node', () => {
  it('gets an error once the snapshot is broken', () => {
    const { player } = stage('none', [WRITER, READER]);
    expect(player.play(...breaks('none'), 'r1: readT0.start', 'r1: readT0.ENOSPC')).toBeNull();
    expect(player.finish()).toBeNull();
  });

  it('is caught if it gets none', () => {
    const { player } = stage('none', [WRITER, READER], ['brokenSnapshotFailsReads']);
    expect(player.play(...breaks('none'), 'r1: ...')).toEqual(VOID);
  });

  it('returns the disk at T0 if it was there before', () => {
    const { player } = stage('none', [WRITER, READER, OTHER]);
    expect(player.play('job: start', 'r1: readT0.start', 'g1: ...', 'g2: ...', 'r1: ...', 'g2: ...')).toBeNull();
    expect(player.finish()).toBeNull();
  });

  it('is caught if a write that waited for nobody overtakes it', () => {
    const { player } = stage('none', [WRITER, READER, OTHER], ['brokenSnapshotWaitsForReads']);
    expect(player.play('job: start', 'r1: readT0.start', 'g1: ...', 'g2: ...', 'r1: ...')).toEqual(VOID);
  });

  it('finds nothing to read once the filter is gone, which is no mistake', () => {
    const { player } = stage('none', [WRITER, READER]);
    expect(player.play(...breaks('none'), 'user: cancel', 'job: park', 'job: end.later', 'r1: ...')).toBeNull();
    expect(player.finish()).toBeNull();
  });
});
