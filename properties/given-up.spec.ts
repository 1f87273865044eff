import '../src/families/custom.ts';
import { describe, expect, it } from 'vitest';
import type { Fault } from '../model/block/faults.ts';
import type { Backup, Copier, Job, Run } from '../model/families/custom/job.ts';
import { registerJob } from '../model/families/custom/registry.ts';
import type { SyncMode } from '../model/sync.ts';
import { request, smallScenario, staged } from '../model/testing.ts';
import { Properties } from './all.ts';
import type { Violation } from './property.ts';

interface Parts {
  /** What the hook does when a copy has failed. @returns what the guest is told */
  readonly failed: (backup: Backup, error: number) => number;
  readonly read: (backup: Backup, me: Copier) => Run<number>;
  readonly end: (backup: Backup) => void;
}

/** `on-cbw-error=break-snapshot`: guests never notice that a copy failed, readers do, and the job fails. */
const RIGHT: Parts = {
  failed: (backup) => {
    backup.giveUp();
    return 0;
  },
  *read(backup, me) {
    if (backup.isGivenUp) return backup.EIO;
    const error = yield* backup.target.read(me);
    return backup.isGivenUp ? backup.EIO : error;
  },
  end: (backup) => backup.end(backup.isGivenUp ? backup.EIO : 0),
};

const jobWith = ({ failed, read, end }: Parts): Job => ({
  modes: ['full', 'none'],
  steps: ['looks'],
  *run(backup) {
    backup.begin();
    backup.linkHook();
    if (backup.mode === 'none') while (!backup.isCancelled) yield* backup.park();
    else yield* backup.step(backup.job, 'looks', 0);
    yield* backup.copies.drain();
    backup.unlinkHook();
    backup.free();
    yield* backup.closeTarget();
    end(backup);
  },
  *beforeWrite(backup, me) {
    backup.copies.begin();
    const error = (yield* backup.source.read(me, 0)) || (yield* backup.target.write(me, 0));
    backup.copies.end();
    if (error === 0) backup.count(0);
    return error === 0 ? 0 : failed(backup, error);
  },
  *readPointInTime(backup, me) {
    backup.copies.begin();
    const error = yield* read(backup, me);
    backup.copies.end();
    return error;
  },
});

const FAULT: Fault = { side: 'target', op: 'write', cluster: 0, errno: 'ENOSPC', times: 1 };
const WRITER = request('g1', 'write', [0, 2]);
const READER = request('r1', 'readT0', [0, 2]);

function stage(mode: SyncMode, parts: Partial<Parts> = {}) {
  registerJob('gives-up.mjs', jobWith({ ...RIGHT, ...parts }));
  const scenario = { ...smallScenario(mode, mode === 'none' ? [WRITER, READER] : [WRITER], { sectors: 2 }), faults: [FAULT] };
  return staged<Violation, Properties>(scenario, (machine) => new Properties(machine), { customJob: 'gives-up.mjs' });
}

const FAILS = ['job: start', 'g1: ...'];
const broken = (detail: string): Violation => ({ property: 'given-up', detail });
const VOID = 'r1 read from a backup that the job has given up, and returned no error';

describe('a job that gives up its point in time', () => {
  it('may let the guest overwrite what it could not copy', () => {
    const { player, machine } = stage('full');
    expect(player.play(...FAILS)).toBeNull();
    expect(machine.contentName(machine.source.contentAt(0))).toBe('s0.g1');
    expect(player.finish()).toBeNull();
  });

  it('is caught as before if it only lets the guest pass', () => {
    const { player } = stage('full', { failed: () => 0 });
    expect(player.play(...FAILS)).toMatchObject({ property: 'snapshot-kept' });
  });

  it('must not complete without an error', () => {
    const { player } = stage('full', { end: (backup) => backup.end() });
    expect(player.play(...FAILS)).toBeNull();
    expect(player.finish()).toEqual(broken('the job gave up its point in time, but completed without an error'));
  });

  it('may be cancelled, as any job of NONE is in the end, and may end by itself with an error', () => {
    const cancelled = stage('none');
    expect(cancelled.player.play(...FAILS)).toBeNull();
    expect(cancelled.player.finish()).toBeNull();
    registerJob('gives-up.mjs', {
      ...jobWith(RIGHT),
      *run(backup: Backup) {
        backup.begin();
        backup.giveUp();
        yield* backup.closeTarget();
        backup.end(backup.EIO);
      },
    });
    const scenario = { ...smallScenario('none', [], { sectors: 2, cancel: false }) };
    const alone = staged<Violation, Properties>(scenario, (machine) => new Properties(machine), { customJob: 'gives-up.mjs' });
    expect(alone.player.finish()).toBeNull();
  });

  it('gives readers an error, before its end and after', () => {
    for (const until of [[], ['user: cancel', 'job: ...']]) {
      const { player } = stage('none');
      expect(player.play(...FAILS, ...until, 'r1: ... readT0.EIO')).toBeNull();
      expect(player.finish()).toBeNull();
    }
  });

  it('is caught if a read that begins later gets no error, even if it returns the disk at T0', () => {
    const { player } = stage('none', { read: (backup, me) => backup.target.read(me) as Run<number> });
    expect(player.play('job: start', 'g1: ... copy.store c0', 'r1: ...')).toEqual(broken(VOID));
  });

  it('is caught if a read under way gets what guests have written since', () => {
    const read = function* (backup: Backup, me: Copier): Run<number> {
      return yield* backup.target.read(me);
    };
    const { player } = stage('none', { read });
    expect(player.play('job: start', 'r1: ... readT0.look c0', ...FAILS.slice(1), 'r1: ...')).toMatchObject({ ...broken(VOID), sector: 0 });
    const early = stage('none', { read });
    expect(early.player.play('job: start', 'r1: ... readT0.took c0', ...FAILS.slice(1), 'r1: ...')).toBeNull(); // it had T0 by then
  });
});
