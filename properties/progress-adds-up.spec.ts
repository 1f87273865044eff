import { describe, expect, it } from 'vitest';
import { JobState } from '../model/job/job-status.ts';
import type { Fault } from '../model/block/faults.ts';
import type { Scenario } from '../model/scenario/scenario.ts';
import { request, smallScenario, staged } from '../model/testing.ts';
import { Properties } from './all.ts';
import { ProgressAddsUp } from './progress-adds-up.ts';
import type { Violation } from './property.ts';

type Setting = Parameters<typeof staged>[2];
const stage = (scenario: Scenario, setting?: Setting) =>
  staged<Violation, Properties>(scenario, (machine) => new Properties(machine), setting);

const g1 = request('g1', 'write', [0, 2]);
const inBase = request('g1', 'write', [2, 2]); // cluster 1, which TOP skips
const told = (detail: string): Violation => ({ property: 'progress-adds-up', detail });

const onDisk = (scenario: Scenario, disk: Partial<Scenario['disk']>): Scenario => ({ ...scenario, disk: { ...scenario.disk, ...disk } });

const offset = ({ machine }: ReturnType<typeof stage>): number => machine.job.status.offsetSeen;
/** A sector more or less is counted, behind the job's back. */
const counted =
  ({ machine }: ReturnType<typeof stage>, sectors: number) =>
  (): void =>
    machine.job.status.advance(sectors);

describe('progress-adds-up', () => {
  it('says that the offset counts each cluster once, copied by the job or by a guest, and the last one for what it is', () => {
    const on = stage(smallScenario('full', [request('g1', 'write', [2, 1])], { sectors: 5 }));
    const { player } = on;
    player.play('job: ... copy.land c0');
    expect(offset(on)).toBe(0); // in the target, but the request has not completed
    player.play('job: copy.done c0');
    expect(offset(on)).toBe(2);
    player.play('g1: ... copy.done c1');
    expect(offset(on)).toBe(4);
    player.play('job: ... sleep c1');
    expect(offset(on)).toBe(4); // the job finds it copied
    expect(player.finish()).toBeNull();
    expect(offset(on)).toBe(5);
    expect(on.machine.job.status.stateSeen).toBe(JobState.completed);
  });
});

describe('an offset', () => {
  it('is caught if it falls', () => {
    const on = stage(smallScenario('full', []));
    on.player.play('job: ... copy.done c0');
    expect(on.player.spoil(counted(on, -1))).toEqual(told('the progress of the job fell from 2 to 1 sectors'));
  });

  it('is caught beyond the length of the disk', () => {
    const on = stage(smallScenario('full', []));
    on.player.play('job: ... copy.done c2');
    expect(on.player.spoil(counted(on, 1))).toEqual(told('the progress of the job is 7 sectors on a disk of 6'));
  });

  it('may stand still', () => {
    const on = stage(smallScenario('full', [], { cancel: true }));
    expect(on.player.play('job: ... copy.done c0', 'user: cancel', 'job: ...')).toBeNull();
    expect(offset(on)).toBe(2);
    expect(on.player.finish()).toBeNull();
  });
});

describe('the end of FULL and TOP', () => {
  it.each(['full', 'top'] as const)('is caught short if what a guest copied was not counted (%s)', (mode) => {
    const { player } = stage(smallScenario(mode, [g1]), { without: ['hookCopiesAreCounted'] });
    expect(player.play('job: start', 'g1: ...')).toBeNull();
    expect(player.finish()).toEqual(told('the progress of the job ended at 4 sectors instead of 6'));
  });

  it('is caught short if what TOP skipped was not counted', () => {
    const { player } = stage(smallScenario('top', []), { without: ['skippedAreCounted'] });
    expect(player.play('job: ... copy.done c2')).toBeNull(); // until the event there may be more to come
    expect(player.play('job: close')).toEqual(told('the progress of the job ended at 4 sectors instead of 6'));
  });

  it.each<[string, string[]]>([
    ['the guest comes last', ['job: ... ask c1', 'g1: ...']],
    ['the guest comes first', ['job: start', 'g1: ...']],
    ['the guest is half way when the job comes by', ['job: start', 'g1: ... copy.read c1', 'job: ... ask c1', 'g1: ...']],
  ])('counts a cluster once that TOP skips and a guest copies: %s', (_, lines) => {
    const on = stage(smallScenario('top', [inBase]));
    expect(on.player.play(...lines)).toBeNull();
    expect(on.player.finish()).toBeNull();
    expect(offset(on)).toBe(6);
  });

  it('is caught too far on if something was counted that was never done, or twice', () => {
    const on = stage(smallScenario('full', [], { cancel: true }));
    expect(on.player.play('job: ... copy.done c1')).toBeNull();
    expect(on.player.spoil(counted(on, 2))).toBeNull(); // as if cluster 2 had been copied
    expect(on.player.play('job: ... copy.done c2')).toEqual(told('the progress of the job is 8 sectors on a disk of 6'));
  });

  it('is the length of the disk for TOP without a backing file, for other sizes of clusters, for a disk of no length', () => {
    const top = smallScenario('top', [g1], { sectors: 5 });
    const scenarios = [
      onDisk(top, { overlay: { clusterSectors: 2, allocated: [0], zeroClusters: [], baseSectors: null } }),
      onDisk(top, { clusterSectors: 4 }),
      { ...top, targetClusterSectors: 4, existingTarget: { sectors: 5, backed: false, data: [] } },
      { ...smallScenario('full', [], { sectors: 5, zero: [0, 1, 4] }), existingTarget: { sectors: 5, backed: false, data: [0, 3] } },
    ];
    for (const scenario of scenarios) {
      const on = stage(scenario);
      expect(on.player.finish()).toBeNull();
      expect(offset(on)).toBe(5);
    }
    expect(stage(smallScenario('full', [], { sectors: 0 })).player.finish()).toBeNull();
  });

  it('may be anywhere after a cancel', () => {
    for (const mode of ['full', 'top'] as const) {
      const { player, machine } = stage(smallScenario(mode, [], { cancel: true }));
      expect(player.play('job: ... copy.done c0', 'user: cancel')).toBeNull();
      expect(player.finish()).toBeNull();
      expect(machine.job.status.stateSeen).toBe(JobState.cancelled);
    }
  });

  it('may be anywhere after an error that ended the job, told or not', () => {
    const faults: Fault[] = [{ side: 'target', op: 'write', cluster: 1, errno: 'EIO', times: 1 }];
    const on = stage({ ...smallScenario('full', []), faults });
    expect(on.player.finish()).toBeNull();
    expect([on.machine.job.status.stateSeen, offset(on)]).toEqual([JobState.completed, 2]);
    const untold = { without: ['completedTellsError'] } as const;
    expect(stage({ ...smallScenario('full', []), faults }, untold).player.finish()?.property).toBe('errors-are-told'); // whose affair it is
    const alone = staged<Violation, ProgressAddsUp>(
      { ...smallScenario('full', []), faults },
      (machine) => new ProgressAddsUp(machine),
      untold,
    );
    expect(alone.player.finish()).toBeNull();
  });

  it('is the length of the disk after errors that were got over: what failed counts when it succeeds', () => {
    const faults: Fault[] = [{ side: 'target', op: 'write', cluster: 1, errno: 'EIO', times: 3 }];
    const on = stage({ ...smallScenario('full', [inBase]), faults, onError: { source: 'ignore', target: 'ignore' } });
    expect(on.player.play('job: start', 'g1: ... write.EIO')).toBeNull();
    expect(offset(on)).toBe(0);
    expect(on.player.finish()).toBeNull();
    expect(offset(on)).toBe(6);
  });
});

describe('the end of NONE', () => {
  const ends = (scenario: Scenario, setting?: Setting): { broken: Violation | null; offset: number } => {
    const on = stage(scenario, setting);
    on.player.play('job: start', ...scenario.guest.map((g) => `${g.id}: ...`));
    return { broken: on.player.finish(), offset: offset(on) };
  };

  it('is what its guests have copied: whole clusters, the last one short, zeroes too, each once', () => {
    const none = (...guest: Scenario['guest']): Scenario => smallScenario('none', guest, { sectors: 5, zero: [2, 3] });
    expect(ends(none())).toEqual({ broken: null, offset: 0 });
    expect(ends(none(request('g1', 'write', [1, 1])))).toEqual({ broken: null, offset: 2 });
    expect(ends(none(request('g1', 'zero', [3, 2])))).toEqual({ broken: null, offset: 3 });
    expect(ends(none(request('g1', 'write', [0, 5]), request('g2', 'write', [0, 5])))).toEqual({ broken: null, offset: 5 });
    expect(ends(none(request('g1', 'read', [0, 2]), request('g2', 'readT0', [0, 2])))).toEqual({ broken: null, offset: 0 });
  });

  it('is caught if that was not counted', () => {
    expect(ends(smallScenario('none', [g1]), { without: ['hookCopiesAreCounted'] }).broken).toEqual(
      told('the progress of the job ended at 0 sectors instead of 2'),
    );
  });

  it('is caught if more was counted than there is in the target', () => {
    const on = stage(smallScenario('none', [g1]));
    on.player.play('job: start', 'g1: ...');
    expect(on.player.spoil(counted(on, 2))).toBeNull();
    expect(on.player.finish()).toEqual(told('the progress of the job ended at 4 sectors instead of 2'));
  });

  it('goes by what was stored: not by what larger clusters of the target fill up, nor by what a copy failed to store', () => {
    expect(ends({ ...smallScenario('none', [g1]), targetClusterSectors: 4 })).toEqual({ broken: null, offset: 2 });
    const faults: Fault[] = [{ side: 'target', op: 'write', cluster: 1, errno: 'EIO', times: 1 }];
    expect(ends({ ...smallScenario('none', [request('g1', 'write', [0, 4])]), faults })).toEqual({ broken: null, offset: 2 });
  });

  it('goes by clusters of the backup where these follow those of a bare target', () => {
    const bare: Scenario = {
      ...smallScenario('none', [request('g1', 'write', [0, 1])]),
      targetClusterSectors: 4,
      existingTarget: { sectors: 6, backed: false, data: [] },
    };
    expect(ends(bare)).toEqual({ broken: null, offset: 4 });
  });
});
