import { describe, expect, it } from 'vitest';
import type { SyncMode } from '../model/backup/drive-backup.ts';
import { JobState } from '../model/backup/job-status.ts';
import type { Scenario } from '../model/scenario.ts';
import { LAYOUTS, cellsNamed, goOn, randomScenario, request, runToEnd, seeded, smallScenario, staged } from '../model/testing.ts';
import { Properties } from './all.ts';
import type { Violation } from './property.ts';

type Setting = Parameters<typeof staged>[2];
const stage = (scenario: Scenario, setting?: Setting) => staged<Violation, Properties>(scenario, (machine) => new Properties(machine), setting);

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

  it.each(LAYOUTS)('holds for a correct job on random schedules: $mode, $sectors sectors, effects by $effects', (layout) => {
    for (const wake of ['any', 'qemu'] as const) {
      const pick = seeded(`correct ${layout.mode} ${layout.sectors} ${wake}`);
      const { machine, observer } = stage(randomScenario(layout, pick), { effects: layout.effects, wake });
      for (let run = 0; run < 400; run++) {
        if (run % 4 === 0) machine.load(randomScenario(layout, pick));
        machine.useTable(true);
        expect(runToEnd(machine, observer, pick).broken).toBeNull();
      }
    }
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
    expect(broken).toMatchObject({ property: 'snapshot-kept', sector: 0, expected: machine.contents.atT0(0), got: machine.contents.byGuest(0, 0) });
    expect(broken?.detail).toBe('sector 0 should be s0@0 and is s0.g1: the backup shows it from the source');
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
    expect(player.play('job: copy.land c0')?.detail).toBe('sector 0 should be s0@0 and is s0.g1: the backup shows it from the target');
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
  const scenario: Scenario = { ...smallScenario('top', [w0, w1]), disk: { sectors: 6, clusterSectors: 2, zero: [], discardReads: 'zero', overlay: { clusterSectors: 2, allocated: [], zeroClusters: [], baseSectors: 6 } } };
  const untilTheJobEnds = ['job: start', 'g1: ... copy.read c1', 'job: ... ask c2'];

  it.each(['any', 'qemu'] as const)('is caught when the second cluster of the wide write is stored (wake order %s)', (wake) => {
    const on = stage(scenario, { without: ['drainBeforeUnhook'], wake });
    on.player.play(...untilTheJobEnds);
    expect(on.machine.stepName(on.machine.job.pending)).toBe('drain.copies');
    expect(on.player.play('g2: ... write.land s5')).toBeNull(); // not intercepted; the backing file still has the old data
    expect(on.player.play('g1: ... copy.store c2')).toBeNull();
    expect(on.player.play('g1: copy.land c2')?.detail).toBe('sector 5 should be s5@0 and is s5.g2: the backup shows it from the target');
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

  it('of the target, where a zero stood: is caught too', () => {
    const on = stage(smallScenario('full', [], { zero: [0, 1] }));
    expect(on.player.play('job: start', 'job: ... copy.zero.land c0')).toBeNull();
    expect(flip(on, 'target', 1)).toMatchObject({ property: 'snapshot-kept', sector: 1, expected: 0 });
  });
});

describe('a target with larger clusters of its own', () => {
  const scenario = (mode: SyncMode): Scenario => ({ ...smallScenario(mode, [request('g1', 'write', [0, 1])], { sectors: 4 }), targetClusterSectors: 4 });

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
    expect([0, 1, 2, 3, 4, 5].map((s) => on.observer.snapshotKept.shows(s).place)).toEqual(['source', 'source', 'base', 'base', 'source', 'source']);
  });

  it('using today\'s allocation would make correct code look broken: a write after the hook is gone allocates what TOP skipped', () => {
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
    expect(broken?.detail).toContain('the job has completed, and this is what the target shows');
  });
});

describe('trap (b): in NONE, and for any cancelled job, the promise closes when the cancel is acted on, not at the completion event', () => {
  it.each(MODES)('checking until completion would make correct code look broken: a write after the hook is gone, before the event (%s)', (mode) => {
    const on = stage(smallScenario(mode, [request('g1', 'write', [4, 2])], { cancel: true }));
    on.player.play('job: start', 'user: cancel', mode === 'none' ? 'job: park' : 'job: sleep c0');
    expect(on.machine.stepName(on.machine.job.pending)).toBe('close');
    expect(on.machine.job.status.stateSeen).toBe(JobState.active);
    expect(on.observer.snapshotKept.isOpen).toBe(false);

    expect(on.player.play('g1: ... write.land c2')).toBeNull();
    expect(on.observer.snapshotKept.shows(4)).toMatchObject({ content: on.machine.contents.byGuest(0, 4), place: 'source' });
    expect(on.player.finish()).toBeNull();
    expect(on.machine.job.status.stateSeen).toBe(JobState.cancelled);
  });

  it.each(MODES)('until then the promise stands, although the cancel was given (%s)', (mode) => {
    const on = stage(smallScenario(mode, [g1], { cancel: true }), { without: ['copyBeforeWrite'] });
    expect(on.player.play('job: start', 'user: cancel', 'g1: ... write.send c0')).toBeNull();
    expect(on.observer.snapshotKept.isOpen).toBe(true);
    expect(on.player.play('g1: write.land c0')).toMatchObject({ property: 'snapshot-kept', sector: 0 });
  });

  it('a FULL job that is cancelled when its last copy is done is not held to its end', () => {
    const on = stage(smallScenario('full', [], { cancel: true }));
    on.player.play('job: ... copy.done c2', 'user: cancel');
    expect(on.machine.sourceNode.hookCell).toBeLessThan(on.machine.world.cells.length);
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
    expect(broken).toMatchObject({ property: 'snapshot-kept', sector: 2, detail: 'the job has completed, and sector 2 was never stored in the target' });
  });

  it('a cancelled job promises nothing of the kind', () => {
    const on = stage(smallScenario('full', [], { cancel: true }));
    on.player.play('job: ... copy.done c0', 'user: cancel');
    expect(on.player.finish()).toBeNull();
    expect(on.machine.job.status.stateSeen).toBe(JobState.cancelled);
    expect(on.machine.target.isWrittenAt(5)).toBe(false);
  });
});

/**
 * Sabotage: one sector of the source or of the target is changed at any step of a correct run. It
 * matters, and must be caught at once, if
 *   - source: the sector lies in the source itself, for then the guest would see it, whenever that
 *     is (guest-unharmed), and the backup too, if that is where it would be read from;
 *   - target: the promise is open and the target was written there (NONE: has it allocated).
 * It must be caught later
 *   - when a zero cluster is written to: until then its data cells show nothing;
 *   - when the job completes, if it stands then where TOP's target filled up a cluster of its own.
 * It does not matter
 *   - in a cell that shows nothing: data of an overlay's unallocated cluster;
 *   - in the target, before T0, and when the promise has closed (NONE or cancelled: the hook is gone);
 *   - in the target, where FULL and TOP have not written yet: the copy will overwrite it;
 *   - in the target, after TOP has completed, where the target filled up a cluster of its own around
 *     what was written: the target is closed, and nobody but this test writes there.
 */
describe('sabotage of one sector at any step of a correct run', () => {
  const tally = { source: 0, target: 0, later: 0, noMatter: 0 };

  it.each(LAYOUTS)('is caught whenever it matters: $mode, $sectors sectors, effects by $effects', (layout) => {
    const pick = seeded(`sabotage ${layout.mode} ${layout.sectors}`);
    const { machine, observer } = stage(randomScenario(layout, pick), { effects: layout.effects });
    const { snapshotKept } = observer;
    for (let run = 0; run < 600; run++) {
      machine.load(randomScenario(layout, pick));
      machine.useTable(true);
      const { steps } = runToEnd(machine, observer, pick);
      machine.begin();
      observer.begin();
      expect(goOn(machine, observer, pick, pick(steps + 1)).broken).toBeNull();

      const image = pick(2) === 0 ? machine.source : machine.target;
      const sector = pick(layout.sectors);
      const shownBefore = image.contentAt(sector);
      machine.world.beginStep();
      machine.world.store(image.dataCell + sector, machine.contents.byGuest(7, sector));
      const isVisible = image.contentAt(sector) !== shownBefore;
      const isPromised = snapshotKept.isOpen && snapshotKept.shows(sector).place === 'target';
      const broken = observer.after(machine.job, 0);

      if (image === machine.source ? isVisible : isVisible && isPromised) {
        const isSnapshot = image === machine.target || (snapshotKept.isOpen && snapshotKept.shows(sector).place === 'source');
        expect(broken).toMatchObject({ property: isSnapshot ? 'snapshot-kept' : 'guest-unharmed', sector, got: machine.contents.byGuest(7, sector) });
        tally[image === machine.source ? 'source' : 'target']++;
        continue;
      }
      expect(broken).toBeNull();
      const hasCompleted = (): boolean => machine.job.status.stateSeen === JobState.completed;
      const hadCompleted = hasCompleted();
      const later = goOn(machine, observer, pick).broken;
      const isThere = image.contentAt(sector) === machine.contents.byGuest(7, sector);
      const hasJustCompleted = !hadCompleted && hasCompleted();
      if (isThere && (image === machine.source || (snapshotKept.isOpen && (hasJustCompleted || snapshotKept.shows(sector).place === 'target')))) {
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
    expect(tally.later).toBeGreaterThan(10);
    expect(tally.noMatter).toBeGreaterThan(1000);
  });
});
