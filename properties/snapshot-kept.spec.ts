import { describe, expect, it } from 'vitest';
import '../src/families/block-copy.ts';
import type { SyncMode } from '../model/sync.ts';
import { JobState } from '../model/job/job-status.ts';
import type { RuleName } from '../model/machine/job-names.ts';
import type { Fault } from '../model/block/faults.ts';
import type { GuestOperation, Scenario } from '../model/scenario/scenario.ts';
import { LAYOUTS, cellsNamed, goOn, randomScenario, request, runToEnd, seeded, smallScenario, staged } from '../model/testing.ts';
import { Properties } from './all.ts';
import type { Violation } from './property.ts';

type Setting = Parameters<typeof staged>[2];
const stage = (scenario: Scenario, setting?: Setting) =>
  staged<Violation, Properties>(scenario, (machine) => new Properties(machine), setting);

const MODES: readonly SyncMode[] = ['full', 'top', 'none'];
const g1 = request('g1', 'write', [0, 2]);

/** What the backup shows now, sector by sector. */
function backup({ machine, observer }: ReturnType<typeof stage>): string {
  return Array.from({ length: machine.shape.sectors }, (_, s) => machine.contentName(observer.snapshotKept.shows(s).content)).join(' ');
}

describe('snapshot-kept', () => {
  it('says at every step that the backup shows the disk at T0, while a guest overwrites it', () => {
    const on = stage(smallScenario('full', [g1], { sectors: 4, zero: [3] }));
    const { player, observer, machine } = on;
    expect(observer.snapshotKept.isOpen).toBe(false);
    player.play('job: start');
    expect(observer.snapshotKept.isOpen).toBe(true);
    expect(backup(on)).toBe('s0@0 s1@0 s2@0 zero');
    expect(observer.snapshotKept.shows(0).place).toBe('source');

    player.play('g1: ... write.land c0');
    expect(machine.contentName(machine.source.contentAt(0))).toBe('s0.g1');
    expect(observer.snapshotKept.shows(0).place).toBe('target');
    expect(observer.snapshotKept.shows(2).place).toBe('source');
    expect(backup(on)).toBe('s0@0 s1@0 s2@0 zero');

    expect(player.finish()).toBeNull();
    expect(machine.job.status.stateSeen).toBe(JobState.completed);
    expect(backup(on)).toBe('s0@0 s1@0 s2@0 zero');
  });
});

describe('an increment', () => {
  const dirty = (...clusters: number[]): Scenario => ({
    ...smallScenario('full', [g1, request('g2', 'write', [2, 2])], { sectors: 4 }),
    mode: 'bitmap',
    targetClusterSectors: 2,
    bitmap: { mode: 'on-success', dirty: clusters },
  });
  const places = ({ observer }: ReturnType<typeof stage>): string[] => [0, 1, 2, 3].map((s) => observer.snapshotKept.shows(s).place);

  it('shows what was clean from the backup before, and what is dirty from the disk until it is copied', () => {
    const on = stage(dirty(1), { job: 'block-copy' });
    expect(on.player.play('job: start')).toBeNull();
    expect(places(on)).toEqual(['previous', 'previous', 'source', 'source']);
    expect(backup(on)).toBe('s0@0 s1@0 s2@0 s3@0');
    expect(on.player.play('job.call: call', 'job: copying.begun', 'g1: ... write.done')).toBeNull(); // nobody copies what it overwrites
    expect(on.machine.contentName(on.machine.source.contentAt(0))).toBe('s0.g1');
    expect(places(on)).toEqual(['previous', 'previous', 'source', 'source']);
    expect(on.player.finish()).toBeNull();
    expect(places(on)).toEqual(['previous', 'previous', 'target', 'target']);
    expect(backup(on)).toBe('s0@0 s1@0 s2@0 s3@0');
    expect([0, 2].map((s) => on.machine.contentName(on.observer.snapshotKept.showsAtEnd(s)!))).toEqual(['s0@0', 's2@0']);
  });

  it('is caught when a guest overwrites what is dirty before it is copied', () => {
    const { player } = stage(dirty(1), { job: 'block-copy', without: ['copyBeforeWrite'] });
    expect(player.play('job: start', 'job.call: call', 'job: copying.begun')).toBeNull();
    const violation = player.play('g2: ... write.land c2');
    expect(violation).toMatchObject({ detail: 'sector 2 of the backup is s2.g2 instead of s2@0 (read from the source)' });
  });
});

describe('a disk of length 0', () => {
  it.each(MODES)('is backed up at once (%s)', (mode) => {
    const on = stage(smallScenario(mode, [request('g1', 'flush', [0, 0])], { sectors: 0 }));
    expect(on.player.finish()).toBeNull();
    expect(on.machine.job.status.stateSeen).toBe(mode === 'none' ? JobState.cancelled : JobState.completed);
  });
});

describe('too early: a guest write lands before the copy', () => {
  it.each(MODES)('is caught when it lands (%s)', (mode) => {
    const { player, machine } = stage(smallScenario(mode, [g1]), { without: ['copyBeforeWrite'] });
    expect(player.play('job: start', 'g1: ... write.send c0')).toBeNull();
    const broken = player.play('g1: write.land c0');
    expect(broken).toMatchObject({
      property: 'snapshot-kept',
      sector: 0,
      expected: machine.contents.atT0(0),
      got: machine.contents.byGuest(0, 0),
    });
    const place = mode === 'none' ? 'target' : 'source'; // NONE's target is read, down through its backing
    expect(broken?.detail).toBe(`sector 0 of the backup is s0.g1 instead of s0@0 (read from the ${place})`);
  });

  it('is no harm to a cluster that is in the target', () => {
    const { player } = stage(smallScenario('full', [g1]), { without: ['copyBeforeWrite'] });
    expect(player.play('job: start', 'job: ... copy.land c0', 'g1: ... write.land c0')).toBeNull();
  });

  it('is no harm before T0: the point in time takes what is there', () => {
    const { player, observer, machine } = stage(smallScenario('full', [{ ...g1, early: true }]));
    player.play('g1: ... write.land c0');
    expect(machine.job.status.stateSeen).toBe(JobState.created);
    expect(player.finish()).toBeNull();
    expect(machine.contentName(observer.snapshotKept.d0(0))).toBe('s0.g1');
  });
});

describe('too late: the copy reads what was written after T0', () => {
  it('is caught when it is stored', () => {
    const { player } = stage(smallScenario('full', [g1]), { without: ['waitForOverlappingCopies'] });
    expect(player.play('job: ... copy.read c0', 'g1: ...', 'job: ... copy.store c0')).toBeNull();
    expect(player.play('job: copy.land c0')?.detail).toBe('sector 0 of the backup is s0.g1 instead of s0@0 (read from the target)');
  });

  it('does not come about with the rule: the guest waits', () => {
    const { player } = stage(smallScenario('full', [g1]));
    player.play('job: ... copy.read c0', 'g1: ...');
    expect(() => player.play('g1: ... write.land c0')).toThrow(`g1 can't reach "write.land c0": it is at "wait c0"`);
    expect(player.finish()).toBeNull();
  });
});

describe('too late at the end of TOP: the hook is gone while a copy is still under way (qemu-1.6 S-25)', () => {
  const [w0, w1] = [request('g1', 'write', [2, 4]), request('g2', 'write', [5, 1])];
  const scenario: Scenario = {
    ...smallScenario('top', [w0, w1]),
    disk: {
      sectors: 6,
      clusterSectors: 2,
      zero: [],
      discardReads: 'zero',
      overlay: { clusterSectors: 2, allocated: [], zeroClusters: [], baseSectors: 6 },
    },
  };
  const untilTheJobEnds = ['job: start', 'g1: ... copy.read c1', 'job: ... ask c2'];

  it.each(['any', 'qemu'] as const)('is caught when the second cluster of the wide write is stored (wake order %s)', (wake) => {
    const on = stage(scenario, { without: ['drainBeforeUnhook'], wake });
    on.player.play(...untilTheJobEnds);
    expect(on.machine.stepName(on.machine.job.pending)).toBe('drain.copies');
    expect(on.player.play('g2: ... write.land s5')).toBeNull(); // not intercepted; the backing file still has the old data
    expect(on.player.play('g1: ... copy.store c2')).toBeNull();
    expect(on.player.play('g1: copy.land c2')?.detail).toBe('sector 5 of the backup is s5.g2 instead of s5@0 (read from the target)');
  });

  it('does not come about with the rule: the second write waits for the copy', () => {
    const on = stage(scenario);
    on.player.play(...untilTheJobEnds, 'g2: ...');
    expect(on.machine.stepName(on.machine.guests[1]!.pending)).toBe('wait c2');
    expect(on.player.finish()).toBeNull();
  });
});

describe('marked but not there', () => {
  const mark = (on: ReturnType<typeof stage>, cluster: number): Violation | null =>
    on.player.spoil((world) => world.store(cellsNamed(world, 'copied')[cluster]!, 1));

  it('NONE: the mark alone breaks nothing, for the oracle looks at the target; the write that trusts it does', () => {
    const on = stage(smallScenario('none', [g1]));
    on.player.play('job: start');
    expect(mark(on, 0)).toBeNull();
    expect(on.player.play('g1: ... write.send c0')).toBeNull();
    expect(on.player.play('g1: write.land c0')).toMatchObject({ property: 'snapshot-kept', sector: 0 });
  });

  it('FULL: a cluster that the job skips for its mark is missed at the end', () => {
    const on = stage(smallScenario('full', []));
    on.player.play('job: start');
    expect(mark(on, 1)).toBeNull();
    expect(on.player.play('job: ... sleep c2')).toBeNull();
    expect(on.player.finish()).toMatchObject({ property: 'snapshot-kept', sector: 2 });
  });
});

describe('one sector changed behind the back of the job', () => {
  const flip = (on: ReturnType<typeof stage>, image: 'source' | 'target', sector: number): Violation | null =>
    on.player.spoil((world) => world.store(on.machine[image].dataCell + sector, on.machine.contents.byGuest(7, sector)));

  it.each(MODES)('of the source, not yet copied: is caught (%s)', (mode) => {
    const on = stage(smallScenario(mode, []));
    on.player.play('job: start');
    expect(flip(on, 'source', 1)).toMatchObject({ property: 'snapshot-kept', sector: 1 });
  });

  it('of the source, copied before: is no matter for the snapshot (guest-unharmed sees it)', () => {
    const on = stage(smallScenario('full', []));
    on.player.play('job: start', 'job: ... copy.land c0');
    expect(flip(on, 'source', 1)).toMatchObject({ property: 'guest-unharmed', sector: 1 });
  });

  it.each(['full', 'top'] as const)('of the target, written: is caught, also after completion (%s)', (mode) => {
    for (const until of ['job: ... copy.land c0', 'job: ...']) {
      const on = stage(smallScenario(mode, []));
      expect(on.player.play('job: start', until)).toBeNull();
      expect(flip(on, 'target', 1)).toMatchObject({ property: 'snapshot-kept', sector: 1 });
    }
  });

  it('of the target, not yet written: is no matter, for it will be overwritten', () => {
    const on = stage(smallScenario('full', []));
    on.player.play('job: start');
    expect(flip(on, 'target', 1)).toBeNull();
    expect(on.player.finish()).toBeNull();
  });

  it('on the way there, to a zero: is caught when it is stored, though the new target showed nothing else before', () => {
    const on = stage(smallScenario('full', []));
    on.player.play('job: ... copy.took c0');
    on.player.spoil((world) => [0, 1].forEach((s) => world.store(on.machine.job.bufferCell(s), 0)));
    expect(on.player.play('job: ... copy.zero c0')).toBeNull();
    expect(on.player.play('job: copy.zero.land c0')).toMatchObject({ property: 'snapshot-kept', sector: 0, got: 0 });
  });

  it('of the target, where a zero stood: is caught too', () => {
    const on = stage(smallScenario('full', [], { zero: [0, 1] }));
    expect(on.player.play('job: start', 'job: ... copy.zero.land c0')).toBeNull();
    expect(flip(on, 'target', 1)).toMatchObject({ property: 'snapshot-kept', sector: 1, expected: 0 });
  });
});

describe('a target with larger clusters of its own', () => {
  const scenario = (mode: SyncMode): Scenario => ({
    ...smallScenario(mode, [request('g1', 'write', [0, 1])], { sectors: 4 }),
    targetClusterSectors: 4,
  });

  it('NONE: is asked as a reader would: what it filled up itself hides the source, and must be right', () => {
    const on = stage(scenario('none'));
    expect(on.player.play('job: start', 'g1: ... copy.land c0')).toBeNull();
    expect([0, 1, 2, 3].map((s) => on.observer.snapshotKept.shows(s).place)).toEqual(['target', 'target', 'target', 'target']);
    expect([0, 1, 2, 3].map((s) => on.machine.target.isWrittenAt(s))).toEqual([true, true, false, false]);
    const broken = on.player.spoil((world) => world.store(on.machine.target.dataCell + 3, 0));
    expect(broken).toMatchObject({ property: 'snapshot-kept', sector: 3, got: 0 });
  });

  it('FULL: what it filled up is not there yet; the copy will write it', () => {
    const on = stage(scenario('full'));
    expect(on.player.play('job: start', 'g1: ... copy.land c0')).toBeNull();
    expect([0, 1, 2, 3].map((s) => on.observer.snapshotKept.shows(s).place)).toEqual(['target', 'target', 'source', 'source']);
    expect(on.player.finish()).toBeNull();
  });
});

describe('trap (a): in TOP, "else" is chosen by allocation at T0, and after completion it is always the backing file', () => {
  const inBase = request('g1', 'write', [2, 2]); // cluster 1: not allocated at T0

  it('a sector allocated at T0 is read from the live source, any other from the backing file', () => {
    const on = stage(smallScenario('top', []));
    on.player.play('job: start');
    expect([0, 1, 2, 3, 4, 5].map((s) => on.observer.snapshotKept.shows(s).place)).toEqual([
      'source',
      'source',
      'base',
      'base',
      'source',
      'source',
    ]);
  });

  it("using today's allocation would make correct code look broken: a write after the hook is gone allocates what TOP skipped", () => {
    const on = stage(smallScenario('top', [inBase]));
    on.player.play('job: ... sleep c2', 'job: ... copy.done c2');
    expect(on.machine.stepName(on.machine.job.pending)).toBe('close'); // the hook is gone, the job has not completed
    expect(on.player.play('g1: ... write.land c1')).toBeNull();
    expect(on.machine.source.isAllocatedAt(2)).toBe(true);
    expect(on.observer.snapshotKept).toMatchObject({ isOpen: true });
    expect(on.observer.snapshotKept.shows(2).place).toBe('base');
    expect(on.player.finish()).toBeNull();
    expect(on.machine.job.status.stateSeen).toBe(JobState.completed);
  });

  it('the same write after completion is no harm either', () => {
    const on = stage(smallScenario('top', [inBase]));
    on.player.play('job: start', 'job: ...');
    expect(on.machine.job.status.stateSeen).toBe(JobState.completed);
    expect(on.player.finish()).toBeNull();
    expect(on.machine.contentName(on.machine.source.contentAt(2))).toBe('s2.g1');
    expect(backup(on)).toBe('s0@0 s1@0 s2@0 s3@0 s4@0 s5@0');
  });

  it('a write that allocates before the copy is no harm while the target has nothing, but the copy of it is', () => {
    const on = stage(smallScenario('top', [inBase]), { without: ['copyBeforeWrite'] });
    expect(on.player.play('job: start', 'g1: ... write.land c1')).toBeNull(); // the backing file still has the old data
    on.player.play('job: ... copy.done c0', 'job: sleep c1', 'job: ask c1');
    expect(on.player.play('job: ... copy.land c1')).toMatchObject({ property: 'snapshot-kept', sector: 2 });
  });

  it('after completion "else" is the backing file even for a sector that was allocated at T0 and still stands in the source', () => {
    const on = stage(smallScenario('top', []));
    on.player.play('job: start');
    on.player.spoil((world) => world.store(cellsNamed(world, 'copied')[0]!, 1)); // so cluster 0 is left out
    expect(on.player.play('job: ... copy.done c2')).toBeNull(); // the live source still shows it
    const broken = on.player.finish();
    expect(broken).toMatchObject({ property: 'snapshot-kept', sector: 0, got: on.machine.contents.inBase(0) });
    expect(broken?.detail).toContain(' after the job has completed');
  });
});

describe('trap (b): in NONE and for any cancelled job, the promise closes when the cancel is acted on, not at the completion event', () => {
  it.each(MODES)(
    'checking until completion would make correct code look broken: a write after the hook is gone, before the event (%s)',
    (mode) => {
      const on = stage(smallScenario(mode, [request('g1', 'write', [4, 2])], { cancel: true }));
      on.player.play('job: start', 'user: cancel', mode === 'none' ? 'job: park' : 'job: sleep c0');
      expect(on.machine.stepName(on.machine.job.pending)).toBe('close');
      expect(on.machine.job.status.stateSeen).toBe(JobState.active);
      expect(on.observer.snapshotKept.isOpen).toBe(false);

      expect(on.player.play('g1: ... write.land c2')).toBeNull();
      expect(on.observer.snapshotKept.shows(4)).toMatchObject({
        content: on.machine.contents.byGuest(0, 4),
        place: mode === 'none' ? 'target' : 'source',
      });
      expect(on.player.finish()).toBeNull();
      expect(on.machine.job.status.stateSeen).toBe(JobState.cancelled);
    },
  );

  it.each(MODES)('until then the promise stands, although the cancel was given (%s)', (mode) => {
    const on = stage(smallScenario(mode, [g1], { cancel: true }), { without: ['copyBeforeWrite'] });
    expect(on.player.play('job: start', 'user: cancel', 'g1: ... write.send c0')).toBeNull();
    expect(on.observer.snapshotKept.isOpen).toBe(true);
    expect(on.player.play('g1: write.land c0')).toMatchObject({ property: 'snapshot-kept', sector: 0 });
  });

  it.each(MODES)('a hook that is set after the cancel, as a custom job may do, closes nothing (%s)', (mode) => {
    const on = stage(smallScenario(mode, [g1], { cancel: true }), { without: ['copyBeforeWrite'] });
    const setHook = (value: number) => on.player.spoil((world) => world.store(on.machine.sourceNode.hook.cell, value));
    on.player.play('job: start');
    expect(setHook(0)).toBeNull();
    on.player.play('user: cancel');
    expect(setHook(1)).toBeNull();
    expect(on.observer.snapshotKept.isOpen).toBe(true);
    expect(on.player.play('g1: ...')).toMatchObject({ property: 'snapshot-kept', sector: 0 });
  });

  it('NONE: a hook that is gone before the cancel closes nothing', () => {
    const on = stage(smallScenario('none', [g1]));
    on.player.play('job: start');
    expect(on.player.spoil((world) => world.store(on.machine.sourceNode.hook.cell, 0))).toBeNull();
    expect(on.player.play('g1: ...')).toMatchObject({ property: 'snapshot-kept', sector: 0 });
  });

  it('it closes at the latest with the event, if a job that was cancelled or has failed leaves its hook behind', () => {
    const faults: Fault[] = [{ side: 'target', op: 'write', cluster: 1, errno: 'EIO', times: 1 }];
    for (const scenario of [smallScenario('none', []), { ...smallScenario('full', []), faults }]) {
      const on = stage(scenario, { without: ['unhookAtEnd'] });
      expect(on.player.finish()).toBeNull();
      expect(on.machine.world.cells[on.machine.sourceNode.hook.cell]).toBe(1);
      expect(on.observer.snapshotKept.isOpen).toBe(false);
    }
  });

  it('a FULL job that is cancelled when its last copy is done is not held to its end', () => {
    const on = stage(smallScenario('full', [], { cancel: true }));
    on.player.play('job: ... copy.done c2', 'user: cancel');
    expect(on.machine.sourceNode.hook.cell).toBeLessThan(on.machine.world.cells.length);
    expect(on.player.finish()).toBeNull();
    expect(on.machine.job.status.stateSeen).toBe(JobState.cancelled);
  });
});

// Trap (c), draining by the in-flight list, is in nothing-freed.spec.ts.

describe('trap (d): FULL', () => {
  it('after completion a missing cluster is a failure even if the live source still happens to hold T0 data', () => {
    const on = stage(smallScenario('full', [], { sectors: 4 }));
    on.player.play('job: start');
    on.player.spoil((world) => world.store(cellsNamed(world, 'copied')[1]!, 1));
    expect(on.player.play('job: ... copy.done c0', 'job: ... sleep c1')).toBeNull();
    expect(backup(on)).toBe('s0@0 s1@0 s2@0 s3@0'); // before the end the live source stands in for it
    const broken = on.player.finish();
    expect(on.machine.job.status.stateSeen).toBe(JobState.completed);
    expect(backup(on)).toBe('s0@0 s1@0 s2@0 s3@0');
    expect(broken).toMatchObject({
      property: 'snapshot-kept',
      sector: 2,
      detail: 'the job has completed, but sector 2 was never stored in the target',
    });
  });

  it('a cancelled job promises nothing of the kind', () => {
    const on = stage(smallScenario('full', [], { cancel: true }));
    on.player.play('job: ... copy.done c0', 'user: cancel');
    expect(on.player.finish()).toBeNull();
    expect(on.machine.job.status.stateSeen).toBe(JobState.cancelled);
    expect(on.machine.target.isWrittenAt(5)).toBe(false);
  });
});

describe('a target that was there before', () => {
  const existing = (
    mode: SyncMode,
    target: Partial<NonNullable<Scenario['existingTarget']>>,
    guest: readonly GuestOperation[] = [],
  ): Scenario => {
    const scenario = smallScenario(mode, guest);
    return { ...scenario, existingTarget: { sectors: 6, backed: mode !== 'full', data: [], ...target } };
  };

  it.each([
    ['full', { sectors: 7 }],
    ['full', { sectors: 5 }],
    ['top', { sectors: 7 }],
    ['none', { sectors: 5 }],
    ['top', { data: [3] }],
    ['none', { data: [3] }],
  ] as const)('that can not become the backup is refused, and nothing is promised (%s, %o)', (mode, target) => {
    const on = stage(existing(mode, target, [g1]));
    expect(on.player.finish()).toBeNull();
    expect(on.machine.job.status.stateSeen).toBe(JobState.refused);
    expect(on.observer.snapshotKept.isOpen).toBe(false);
    expect(on.machine.contentName(on.machine.source.contentAt(0))).toBe('s0.g1'); // the guest goes on as ever
  });

  describe('of another length, and not refused', () => {
    const without = ['targetLengthIsSourceLength'] as const;

    it.each(['full', 'top'] as const)('is caught at the end if it is longer (%s)', (mode) => {
      const detail = 'the job has completed, but the target has 7 sectors and the disk has 6';
      expect(stage(existing(mode, { sectors: 7 }), { without }).player.finish()).toEqual({ property: 'snapshot-kept', detail });
    });

    it('is not asked for what it shows past the end of the disk, which had nothing there at T0', () => {
      const scenario = { ...existing('full', { sectors: 7 }, [g1]), targetClusterSectors: 4 };
      const detail = 'the job has completed, but the target has 7 sectors and the disk has 6';
      // the copy of sectors 4 and 5 has filled the seventh
      expect(stage(scenario, { without }).player.finish()).toEqual({ property: 'snapshot-kept', detail });
    });

    it('is caught at T0 if NONE should show more than there is', () => {
      const on = stage(existing('none', { sectors: 5 }), { without });
      expect(on.player.play('job: start')).toMatchObject({
        property: 'snapshot-kept',
        sector: 5,
        got: 0,
        detail: 'sector 5 of the backup is zero instead of s5@0 (read from the target, at T0)',
      });
    });

    it('is caught at the end if TOP left out what there is no room for', () => {
      const scenario = {
        ...existing('top', { sectors: 2 }),
        disk: { ...smallScenario('top', []).disk, overlay: { clusterSectors: 2, allocated: [0], zeroClusters: [], baseSectors: 6 } },
      };
      expect(stage(scenario, { without }).player.finish()).toMatchObject({ property: 'snapshot-kept', sector: 2, got: 0 });
      // past its end a target shows zeroes: only its length is wrong
      const zeroes = { ...scenario, disk: { ...scenario.disk, zero: [2, 3, 4, 5] } };
      expect(stage(zeroes, { without }).player.finish()?.detail).toBe(
        'the job has completed, but the target has 2 sectors and the disk has 6',
      );
    });
  });

  describe('with data of its own', () => {
    const without = ['existingTargetIsEmpty'] as const;

    it('is caught at T0 in NONE, for it hides the source', () => {
      const on = stage(existing('none', { data: [3] }), { without });
      // the rest of the cluster hides it as well
      expect(on.player.play('job: start')?.detail).toBe('sector 2 of the backup is zero instead of s2@0 (read from the target, at T0)');
    });

    it('is caught at the end in TOP, where the job copies nothing over it', () => {
      const on = stage(existing('top', { data: [2, 3] }), { without });
      expect(on.player.finish()?.detail).toBe('sector 2 of the target is s2@old instead of s2@0 after the job has completed');
    });

    it('is no matter where the job copies something over it', () => {
      expect(stage(existing('top', { data: [0, 5] }), { without }).player.finish()).toBeNull();
      const full = stage(existing('full', { data: [0, 3, 5] })); // which is why FULL refuses none
      full.player.play('job: ... copy.land c0');
      expect([0, 3].map((s) => full.machine.contentName(full.machine.target.contentAt(s)))).toEqual(['s0@0', 's3@old']);
      expect(backup(full)).toBe('s0@0 s1@0 s2@0 s3@0 s4@0 s5@0');
      expect(full.player.finish()).toBeNull();
    });

    it('is caught in FULL where zeroes stood at T0, if they are not stored', () => {
      const zeroes = (scenario: Scenario): Scenario => ({ ...scenario, disk: { ...scenario.disk, zero: [2, 3] } });
      expect(stage(zeroes(existing('full', { data: [2] })), { without: ['zeroesAreWrittenOverBacking'] }).player.finish()).toMatchObject({
        property: 'snapshot-kept',
        sector: 2,
      });
      expect(stage(zeroes(existing('full', { data: [2] }))).player.finish()).toBeNull();
    });
  });

  describe('with nothing beneath it, and clusters larger than those of the backup', () => {
    const bare = (mode: SyncMode, guest: readonly GuestOperation[] = []): Scenario => ({
      ...existing(mode, { backed: false }, guest),
      targetClusterSectors: 4,
    });
    const without = ['targetClusterNotLarger'] as const;

    it('NONE: is caught when storing one cluster fills the next with zeroes', () => {
      const on = stage(bare('none', [g1]), { without });
      expect(on.player.play('job: start', 'g1: ... copy.store c0')).toBeNull();
      expect(on.player.play('g1: copy.land c0')?.detail).toBe('sector 2 of the backup is zero instead of s2@0 (read from the target)');
    });

    it('TOP: is caught at the end, when it is put over the backing file', () => {
      const on = stage(
        { ...bare('top'), disk: { ...bare('top').disk, overlay: { clusterSectors: 2, allocated: [0], zeroClusters: [], baseSectors: 6 } } },
        { without },
      );
      expect(on.player.finish()?.detail).toBe('sector 2 of the target is zero instead of s2@0 after the job has completed');
    });

    it.each(['top', 'none'] as const)('holds with the rule: a cluster of the backup is as large (%s)', (mode) => {
      const on = stage(bare(mode, [g1]));
      expect(on.player.play('job: start', 'g1: ... copy.land c0')).toBeNull();
      expect([0, 3, 4].map((s) => on.machine.target.isAllocatedAt(s))).toEqual([true, true, false]);
      expect([0, 3, 4].map((s) => on.observer.snapshotKept.shows(s).place)).toEqual(['target', 'target', 'source']);
      expect(on.player.finish()).toBeNull();
    });

    it('TOP: what it does not have is read from the backing file when all is over, and from there it must be right', () => {
      const scenario = { ...smallScenario('top', []), existingTarget: { sectors: 6, backed: false, data: [] } };
      const holds = stage(scenario);
      expect(holds.player.finish()).toBeNull();
      expect([0, 2].map((s) => holds.machine.target.isAllocatedAt(s))).toEqual([true, false]);
      const missed = stage(scenario);
      missed.player.play('job: start');
      missed.player.spoil((world) => world.store(cellsNamed(world, 'copied')[0]!, 1));
      expect(missed.player.finish()).toMatchObject({ property: 'snapshot-kept', sector: 0, got: missed.machine.contents.inBase(0) });
    });
  });
});

describe('what a new target lies over', () => {
  it('FULL: stands alone; caught if it has a backing file, though it shows what it should', () => {
    const { overlay } = smallScenario('top', []).disk;
    const scenario = (over: boolean): Scenario => ({
      ...smallScenario('full', []),
      disk: { ...smallScenario('full', []).disk, ...(over && { overlay: overlay! }) },
      targetClusterSectors: 2,
    });
    const detail = 'the job has completed, but the target depends on a backing file';
    expect(stage(scenario(true), { without: ['fullTargetGetsNoBacking'] }).player.finish()).toEqual({ property: 'snapshot-kept', detail });
    expect(stage(scenario(true)).player.finish()).toBeNull();
    expect(stage(scenario(false), { without: ['fullTargetGetsNoBacking'] }).player.finish()).toBeNull(); // the source has none either
  });

  it('TOP: over the backing file, or what was left out reads as zeroes', () => {
    const on = stage(smallScenario('top', []), { without: ['topTargetGetsSourcesBacking'] });
    expect(on.player.finish()?.detail).toBe('sector 2 of the target is zero instead of s2@0 after the job has completed');
  });

  it('NONE: over the live source, or all of it reads as zeroes from T0 on', () => {
    const on = stage(smallScenario('none', []), { without: ['noneTargetGetsLiveSource'] });
    expect(on.player.play('job: start')?.detail).toBe('sector 0 of the backup is zero instead of s0@0 (read from the target, at T0)');
    expect(
      stage(smallScenario('none', [], { zero: [0, 1, 2, 3, 4, 5] }), { without: ['noneTargetGetsLiveSource'] }).player.finish(),
    ).toBeNull();
  });
});

describe('TOP of an image without a backing file', () => {
  const scenario: Scenario = {
    ...smallScenario('top', [g1]),
    disk: { ...smallScenario('top', []).disk, overlay: { clusterSectors: 2, allocated: [0], zeroClusters: [], baseSectors: null } },
  };

  it('is promised as FULL: everything is stored', () => {
    const on = stage(scenario);
    expect(on.player.play('job: start')).toBeNull();
    expect(on.observer.snapshotKept.shows(2).place).toBe('source'); // there is nothing else
    expect(on.player.finish()).toBeNull();
    expect([0, 2, 4].map((s) => on.machine.target.isWrittenAt(s))).toEqual([true, true, true]);
  });

  it('is caught if it leaves out what is not allocated, though it shows the same zeroes', () => {
    const on = stage(scenario, { without: ['topWithoutBackingIsFull'] });
    expect(on.player.finish()).toMatchObject({
      property: 'snapshot-kept',
      sector: 2,
      detail: 'the job has completed, but sector 2 was never stored in the target',
    });
  });
});

describe('where I/O fails', () => {
  const fails = (mode: SyncMode, fault: Partial<Fault>, more: Partial<Scenario> = {}): Scenario => ({
    ...smallScenario(mode, [g1], { cancel: mode === 'none' }),
    faults: [{ side: 'target', op: 'write', cluster: 0, errno: 'EIO', times: 1, ...fault }],
    ...more,
  });
  const IGNORED: Partial<Scenario> = { onError: { source: 'ignore', target: 'ignore' } };

  it('a job that has failed promises nothing any more: a write after its hook is gone is no harm', () => {
    const on = stage(fails('full', { cluster: 1 }));
    on.player.play('job: ... copy.store c1');
    expect(on.machine.stepName(on.machine.job.pending)).toBe('close');
    expect(on.observer.snapshotKept.isOpen).toBe(false);
    expect(on.player.play('g1: ...')).toBeNull();
    expect(on.player.finish()).toBeNull();
    expect(on.machine.job.status.stateSeen).toBe(JobState.completed);
  });

  it('until the hook is gone the promise stands, although the job has failed', () => {
    const on = stage(
      { ...fails('full', { cluster: 1 }), guest: [request('g1', 'write', [4, 2]), request('g2', 'write', [4, 1])] },
      { without: ['waitForOverlappingCopies'] },
    );
    expect(on.player.play('job: start', 'g1: ... copy.read c2', 'job: ... copy.store c1')).toBeNull();
    expect(on.machine.stepName(on.machine.job.pending)).toBe('drain.copies');
    expect(on.observer.snapshotKept.isOpen).toBe(true);
    expect(on.player.play('g2: ... copy.done c2', 'g2: ... write.land c2', 'g1: ...')).toMatchObject({
      property: 'snapshot-kept',
      sector: 4,
    });
  });

  it('an error that was got over takes nothing from the promise', () => {
    const on = stage(fails('full', { cluster: 1 }, IGNORED));
    on.player.play('job: ... copy.store c1');
    expect(on.machine.job.status.eventsSeen).toBe(1);
    expect(on.player.play('job: ... copy.done c2')).toBeNull();
    expect(on.observer.snapshotKept.isOpen).toBe(true);
    expect(on.player.finish()).toBeNull();
    expect(backup(on)).toBe('s0@0 s1@0 s2@0 s3@0 s4@0 s5@0');
  });

  it('a job that has been stopped keeps its promise: its hook goes on', () => {
    const stopped = (without: readonly RuleName[]): Violation | null => {
      const { player, machine } = stage(
        fails('full', { cluster: 1 }, { onError: { source: 'report', target: 'stop' }, guest: [request('g1', 'write', [4, 2])] }),
        { without },
      );
      player.play('job: ... copy.store c1', 'g1: ...');
      expect(machine.stepName(machine.job.pending)).toBe('paused c1');
      return player.finish();
    };
    expect(stopped([])).toBeNull();
    expect(stopped(['hookGoesOnWhilePaused'])).toMatchObject({ property: 'snapshot-kept', sector: 4 });
  });

  it.each(MODES)('a guest write whose copy failed must not land (%s)', (mode) => {
    const played = (without: readonly RuleName[]): Violation | null => {
      const { player } = stage(fails(mode, {}, IGNORED), { without });
      player.play('job: start', 'g1: ...');
      return player.finish();
    };
    expect(played([])).toBeNull();
    expect(played(['failedCopyFailsGuestWrite'])).toMatchObject({ property: 'snapshot-kept', sector: 0 });
  });

  it.each(['failedCopyIsNotMarked', 'markAfterTargetHasData', 'retrySameClusterAfterError'] as const)(
    'a cluster whose copy failed is missed at the end without %s',
    (rule) => {
      const broken = stage(fails('full', { cluster: 1 }, IGNORED), { without: [rule] }).player.finish();
      expect(broken).toMatchObject({
        property: 'snapshot-kept',
        sector: 2,
        detail: 'the job has completed, but sector 2 was never stored in the target',
      });
    },
  );

  it.each(['failedCopyIsNotMarked', 'markAfterTargetHasData'] as const)(
    'NONE: the second write trusts the mark of a copy that failed, without %s',
    (rule) => {
      const { player } = stage({ ...fails('none', {}), guest: [g1, request('g2', 'write', [0, 1])] }, { without: [rule] });
      expect(player.play('job: start', 'g1: ... write.EIO', 'g2: ... write.send c0')).toBeNull();
      expect(player.play('g2: write.land c0')).toMatchObject({ property: 'snapshot-kept', sector: 0 });
    },
  );
});

/**
 * Sabotage: one sector of the source or of the target is changed at any step of a correct run. It
 * matters, and must be caught at once, if
 *   - source: the sector lies in the source itself, for then the guest would see it, whenever that
 *     is (guest-unharmed), and the backup too, if that is where it would be read from;
 *   - target: the promise is open and the target was written there (NONE: has it allocated);
 *   - target: the job has told of its end, whatever the cell shows (cancel-is-clean).
 * It must be caught later
 *   - when a zero cluster is written to: until then its data cells show nothing;
 *   - when the job completes, if it stands then where TOP's target filled up a cluster of its own.
 * It does not matter
 *   - in a cell that shows nothing: data of an overlay's unallocated cluster;
 *   - in the target, before T0, and when the promise has closed (NONE, cancelled, failed: the hook is gone);
 *   - in the target, where FULL and TOP have not written yet: the copy will overwrite it;
 *   - in a target that the command refused.
 */
describe('sabotage of one sector at any step of a correct run', () => {
  const tally = { source: 0, target: 0, ended: 0, later: 0, noMatter: 0 };

  it.each(LAYOUTS)('is caught whenever it matters: $mode, $sectors sectors, effects by $effects', (layout) => {
    const pick = seeded(`sabotage ${layout.mode} ${layout.sectors}`);
    const { machine, observer } = stage(randomScenario(layout, pick), { effects: layout.effects });
    const { snapshotKept } = observer;
    for (let run = 0; run < 300; run++) {
      machine.load(randomScenario(layout, pick));
      const { steps } = runToEnd(machine, observer, pick);
      machine.begin();
      observer.begin();
      expect(goOn(machine, observer, pick, pick(steps + 1)).broken).toBeNull();

      const image = pick(2) === 0 ? machine.source : machine.target;
      const sector = pick(image.sectors);
      const sabotage = machine.contents.byGuest(7, sector);
      const hasCompleted = (): boolean => machine.job.status.stateSeen === JobState.completed;
      const hasEnded = hasCompleted() || machine.job.status.stateSeen === JobState.cancelled;
      const shownBefore = image.contentAt(sector);
      const backupBefore = snapshotKept.isOpen ? snapshotKept.shows(sector).content : null;
      machine.world.beginStep();
      machine.world.store(image.dataCell + sector, sabotage);
      const isVisible = image.contentAt(sector) !== shownBefore;
      const isInBackup = backupBefore !== null && snapshotKept.shows(sector).content !== backupBefore;
      const broken = observer.after(machine.job, 0);

      if (isInBackup || (image === machine.source && isVisible)) {
        expect(broken).toMatchObject({ property: isInBackup ? 'snapshot-kept' : 'guest-unharmed', sector, got: sabotage });
        tally[image === machine.source ? 'source' : 'target']++;
        continue;
      }
      if (image === machine.target && hasEnded) {
        expect(broken).toMatchObject({ property: 'cancel-is-clean' });
        tally.ended++;
        continue;
      }
      expect(broken).toBeNull();
      const hadCompleted = hasCompleted();
      const later = goOn(machine, observer, pick).broken;
      const isThere = image.contentAt(sector) === sabotage;
      const hasJustCompleted = !hadCompleted && hasCompleted();
      if (
        isThere &&
        (image === machine.source || (snapshotKept.isOpen && (hasJustCompleted || snapshotKept.shows(sector).content === sabotage)))
      ) {
        expect(later).toMatchObject({ sector });
        tally.later++;
      } else {
        expect(later).toBeNull();
        tally.noMatter++;
      }
    }
  });

  it('was of all these kinds', () => {
    expect(tally.source).toBeGreaterThan(1000);
    expect(tally.target).toBeGreaterThan(300);
    expect(tally.ended).toBeGreaterThan(100);
    expect(tally.later).toBeGreaterThan(10);
    expect(tally.noMatter).toBeGreaterThan(1000);
  });
});
