/** stable-reader of custom jobs, whose readers run their author's code. */
import '../src/families/custom.ts';
import { describe, expect, it } from 'vitest';
import type { Fault } from '../model/block/faults.ts';
import type { Backup, Copier, Job, Run } from '../model/families/custom/job.ts';
import { registerJob } from '../model/families/custom/registry.ts';
import type { Scenario } from '../model/scenario/scenario.ts';
import { request, smallScenario, staged } from '../model/testing.ts';
import { Properties } from './all.ts';
import type { Violation } from './property.ts';

/** Copies by turns, and waits for a cancel. @param read what a reader does while it has its turn */
const jobWith = (read: (backup: Backup, me: Copier) => Run<number>): Job => ({
  modes: ['none'],
  steps: ['glance'],
  *run(backup) {
    backup.begin();
    backup.linkHook();
    while (!backup.isCancelled) yield* backup.park();
    yield* backup.copies.drain();
    backup.unlinkHook();
    backup.free();
    yield* backup.closeTarget();
    backup.end();
  },
  *beforeWrite(backup, me) {
    backup.copies.begin();
    const error = (yield* backup.source.read(me, 0)) || (yield* backup.target.write(me, 0));
    if (error === 0) backup.count(0);
    backup.copies.end();
    return error;
  },
  *readPointInTime(backup, me) {
    backup.copies.begin();
    const error = yield* read(backup, me);
    backup.copies.end();
    return error;
  },
});

const WRITER = request('g1', 'write', [0, 2]);
const READER = request('r1', 'readT0', [0, 2]);
const FAULT: Fault = { side: 'target', op: 'read', cluster: 0, errno: 'EIO', times: 1 };

function stage(read: (backup: Backup, me: Copier) => Run<number>, more: Partial<Scenario> = {}) {
  registerJob('reads.mjs', jobWith(read));
  const scenario = { ...smallScenario('none', [WRITER, READER], { sectors: 2 }), ...more };
  return staged<Violation, Properties>(scenario, (machine) => new Properties(machine), { customJob: 'reads.mjs' });
}

const throughTarget = function* (backup: Backup, me: Copier): Run<number> {
  return yield* backup.target.read(me);
};
const fromDisk = function* (backup: Backup, me: Copier): Run<number> {
  return yield* backup.source.read(me, 0);
};
const broken = (detail: string): object => ({ property: 'stable-reader', sector: 0, detail });

describe("a custom job's reader", () => {
  it('may read through the target', () => {
    const { player } = stage(throughTarget);
    expect(player.play('job: ...', 'g1: ...', 'r1: ...')).toBeNull();
    expect(player.finish()).toBeNull();
  });

  it('is caught if it returns what it has read from the live disk', () => {
    const { player } = stage(fromDisk);
    expect(player.play('job: ...', 'g1: ...', 'r1: ... copy.took c0')).toBeNull(); // it has not returned it yet
    expect(player.play('r1: ...')).toMatchObject(broken('sector 0 is s0.g1 instead of s0@0: r1 read and returned it'));
  });

  it('may read from the live disk what nobody has written since T0', () => {
    const { player } = stage(fromDisk);
    expect(player.play('job: ...', 'r1: ...', 'g1: ...')).toBeNull();
    expect(player.finish()).toBeNull();
  });

  it('is judged by all that it has read at once from a raw disk', () => {
    const disk = { sectors: 2, clusterSectors: 2, zero: [], discardReads: 'zero' } as const;
    expect(stage(fromDisk, { disk }).player.play('job: ...', 'r1: ...')).toBeNull();
    expect(stage(fromDisk, { disk }).player.play('job: ...', 'g1: ...', 'r1: ...')).toMatchObject({ property: 'stable-reader', sector: 0 });
  });

  it('is caught if it reads nothing, or keeps an error to itself', () => {
    const nothing = stage(function* () {
      return 0;
    });
    const silent = stage(
      function* (backup, me) {
        yield* backup.target.read(me);
        return 0;
      },
      { faults: [FAULT] },
    );
    for (const { player } of [nothing, silent])
      expect(player.play('job: ...', 'r1: ...')).toMatchObject(broken('r1 returned without an error, but never read sector 0'));
  });

  it('may return the error', () => {
    const { player } = stage(throughTarget, { faults: [FAULT] });
    expect(player.play('job: ...', 'r1: ... readT0.EIO')).toBeNull();
    expect(player.finish()).toBeNull();
  });

  it('may look again and throw away what it had read: what it returns is judged', () => {
    const twice = function* (backup: Backup, me: Copier): Run<number> {
      yield* backup.source.read(me, 0);
      yield* backup.step(me, 'glance', 0);
      return yield* backup.target.read(me);
    };
    const { player, machine } = stage(twice);
    player.play('job: ...', 'g1: ...', 'r1: ... copy.took c0');
    expect(machine.contentName(machine.guests[1]!.bufferContent(0))).toBe('s0.g1');
    expect(player.play('r1: ...')).toBeNull();
    expect(player.finish()).toBeNull();
  });

  it('is not called once the job has freed what it uses, though the event comes later', () => {
    const { player, machine } = stage(throughTarget);
    expect(player.play('job: ...', 'user: cancel', 'job: park')).toBeNull();
    expect(machine.stepName(machine.job.pending)).toBe('close');
    expect(player.play('r1: readT0.start')).toBeNull();
    expect(machine.guests[1]!.hasEnded).toBe(true);
    expect(player.finish()).toBeNull();
  });

  it('is waited for by a job that drains its copies, if it counts among them', () => {
    const { player } = stage(throughTarget);
    player.play('job: ...', 'r1: ... readT0.look c0', 'user: cancel', 'job: park');
    expect(player.play('r1: ...', 'job: drain.copies')).toBeNull();
    expect(player.finish()).toBeNull();
  });
});
