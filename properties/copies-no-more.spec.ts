import '../src/families/block-copy.ts';
import { describe, expect, it } from 'vitest';
import type { GuestKind } from '../model/block/guest.ts';
import type { Fault } from '../model/block/faults.ts';
import type { Coroutine } from '../model/kernel/coroutine.ts';
import type { GuestOperation, Scenario } from '../model/scenario/scenario.ts';
import { cellsNamed, request, smallScenario, staged } from '../model/testing.ts';
import { Properties } from './all.ts';
import type { Violation } from './property.ts';

type Setting = Parameters<typeof staged>[2];
const stage = (scenario: Scenario, setting?: Setting) =>
  staged<Violation, Properties>(scenario, (machine) => new Properties(machine), setting);

const g1 = request('g1', 'write', [0, 2]);
const inBase = request('g1', 'write', [2, 2]); // cluster 1, of which nothing is allocated

const onDisk = (scenario: Scenario, disk: Partial<Scenario['disk']>): Scenario => ({ ...scenario, disk: { ...scenario.disk, ...disk } });

/** Which sectors of the target have been written. */
const stored = ({ machine }: ReturnType<typeof stage>): number[] =>
  Array.from({ length: machine.shape.sectors }, (_, s) => s).filter((s) => machine.target.isWrittenAt(s));

/** As if this step of a copy had just run. */
function copied({ machine, observer }: ReturnType<typeof stage>, who: Coroutine, step: string): Violation | null {
  machine.world.beginStep();
  return observer.after(who, machine.parseStep(step)!);
}

describe('copies-no-more', () => {
  it('says that FULL copies everything, TOP what is allocated or overwritten, NONE what is overwritten, and all of it once', () => {
    for (const [mode, sectors] of [
      ['full', [0, 1, 2, 3, 4, 5]],
      ['top', [0, 1, 4, 5]],
      ['none', []],
    ] as const) {
      const idle = stage(smallScenario(mode, []));
      expect(idle.player.finish()).toBeNull();
      expect(stored(idle)).toEqual(sectors);
      const busy = stage(smallScenario(mode, [inBase]));
      expect(busy.player.play('job: start', 'g1: ...')).toBeNull();
      expect(busy.player.finish()).toBeNull();
      expect(stored(busy)).toEqual([...new Set([...sectors, 2, 3])].toSorted((a, b) => a - b));
    }
  });
});

describe('a second copy', () => {
  it('is caught where a copy goes by what it saw before its wait', () => {
    const { player } = stage(smallScenario('full', [g1]), { without: ['checkBitAfterWaiting'] });
    player.play('job: ... copy.read c0', 'g1: ...', 'job: ... copy.done c0');
    expect(player.play('g1: ... copy.store c0')).toBeNull();
    expect(player.play('g1: copy.land c0')).toEqual({
      property: 'copies-no-more',
      sector: 0,
      detail: 'g1 stored sector 0, which was already copied',
    });
  });

  it('is caught where two copies of a cluster are under way, though both store the same', () => {
    const lines = ['job: ... copy.read c0', 'g1: ... copy.land c0', 'job: ... copy.land c0'];
    const { player } = stage(smallScenario('full', [g1]), { without: ['waitForOverlappingCopies'] });
    expect(player.play(...lines)?.detail).toBe('job stored sector 0, which was already copied');
    expect(() => stage(smallScenario('full', [g1])).player.play(...lines)).toThrow('g1 can\'t reach "copy.land c0": it is at "wait c0"');
  });

  it('is caught where only the first cluster of a wide copy was registered', () => {
    const wide = request('g1', 'write', [0, 4]);
    const lines = ['job: ... copy.done c0', 'g1: ... copy.store c1', 'job: ...'];
    const { player } = stage(smallScenario('full', [wide]), { without: ['wholeRangeRegistered'] });
    player.play(...lines);
    expect(player.play('g1: copy.land c1')).toMatchObject({ property: 'copies-no-more', sector: 2 });
    const right = stage(smallScenario('full', [wide]));
    right.player.play(...lines);
    expect(right.machine.stepName(right.machine.job.pending)).toBe('wait c1');
    expect(right.player.finish()).toBeNull();
  });

  it.each<[string, number[]]>([
    ['copy.land', []],
    ['copy.zero.land', [4, 5]],
  ])('by the job is caught too: its mark was lost (%s)', (land, zero) => {
    const on = stage(smallScenario('full', [request('g1', 'write', [4, 2])], { zero }));
    expect(on.player.play('job: start', `g1: ... ${land.replace('land', 'done')} c2`)).toBeNull();
    on.player.spoil((world) => world.store(cellsNamed(world, 'copied')[2]!, 0));
    expect(on.player.play('job: ...')).toEqual({
      property: 'copies-no-more',
      sector: 4,
      detail: 'job stored sector 4, which was already copied',
    });
  });

  it('is caught at its first sector that was there, where effects come sector by sector', () => {
    const on = stage(smallScenario('full', [g1]), { effects: 'sector' });
    expect(on.player.play('job: ... copy.land s0')).toBeNull();
    expect(copied(on, on.machine.guests[0]!, 'copy.land s1')).toBeNull();
    expect(on.player.play('job: copy.land s1')).toMatchObject({ property: 'copies-no-more', sector: 1 });
  });

  it('is caught in any sector of what was stored at once: a cluster, and all of what goes to a bare target', () => {
    const bare: Scenario = { ...smallScenario('none', [g1]), existingTarget: { sectors: 6, backed: false, data: [] } };
    for (const [scenario, effects] of [
      [smallScenario('full', [g1]), 'cluster'],
      [bare, 'sector'],
    ] as const) {
      const on = stage(scenario, { effects });
      expect(on.player.play('job: start', `g1: ... copy.land ${effects === 'cluster' ? 'c0' : 's0'}`)).toBeNull();
      expect(stored(on)).toEqual([0, 1]);
      expect(copied(on, on.machine.guests[0]!, 'copy.land s1')).toMatchObject({ property: 'copies-no-more', sector: 1 });
    }
  });

  it('is caught in any sector of the zeroes of which a cluster of the target is made at once', () => {
    const on = stage(smallScenario('none', [g1], { zero: [0, 1] }), { effects: 'sector' });
    expect(on.player.play('job: start', 'g1: ... copy.zero.land s0')).toBeNull();
    expect(stored(on)).toEqual([0, 1]);
    expect(copied(on, on.machine.guests[0]!, 'copy.zero.land s1')).toMatchObject({ property: 'copies-no-more', sector: 1 });
  });

  it('is caught in any cluster of the backup that is a part of such a cluster', () => {
    const top = { ...smallScenario('top', []), targetClusterSectors: 4 };
    const overlay = { clusterSectors: 2, allocated: [2], zeroClusters: [0, 1], baseSectors: 6 };
    const on = stage(onDisk(top, { overlay, zero: [0, 1, 2, 3] }), { job: 'block-copy', effects: 'sector' });
    expect(on.player.play('job: ...', 'job.call: ...', 'job: ...', 'job.call: ...', 'job.t1: ... copy.zero.land s0')).toBeNull();
    expect(stored(on)).toEqual([0, 1, 2, 3]);
    expect(copied(on, on.machine.job, 'copy.zero.land s2')).toMatchObject({ property: 'copies-no-more', sector: 2 });
  });

  it.each<[string, Partial<Fault>]>([
    ['read', { side: 'source', op: 'read' }],
    ['store', { side: 'target', op: 'write' }],
  ])('is none if the first came to nothing: its %s failed', (_, fault) => {
    const faults: Fault[] = [{ side: 'source', op: 'read', cluster: 1, errno: 'EIO', times: 2, ...fault }];
    const { player, machine } = stage({
      ...smallScenario('full', [request('g1', 'write', [0, 4])]),
      faults,
      onError: { source: 'ignore', target: 'ignore' },
    });
    expect(player.play('job: start', 'g1: ... write.EIO')).toBeNull(); // cluster 0 is copied, cluster 1 is not
    expect(player.finish()).toBeNull();
    expect(machine.job.status.eventsSeen).toBe(1);
  });
});

describe('a copy that TOP does not ask for', () => {
  it('is caught: nothing of the cluster is allocated, and nobody overwrites it', () => {
    const { player } = stage(smallScenario('top', []), { without: ['topSkipsUnallocated'] });
    expect(player.play('job: ... copy.store c1')).toBeNull();
    const detail = 'the job copied sectors 2 to 3, which are unallocated and which no guest overwrites';
    expect(player.play('job: copy.land c1')).toEqual({ property: 'copies-no-more', sector: 2, detail });
  });

  it('is caught with its first sector, where effects come sector by sector; a short last cluster is named as it is', () => {
    const { player } = stage(
      onDisk(smallScenario('top', [], { sectors: 5 }), { overlay: { clusterSectors: 2, allocated: [], zeroClusters: [], baseSectors: 5 } }),
      { without: ['topSkipsUnallocated'], effects: 'sector' },
    );
    expect(player.play('job: ... copy.store c0')).toBeNull();
    expect(player.play('job: copy.land s0')?.sector).toBe(0);
    const tail = stage(
      onDisk(smallScenario('top', [], { sectors: 5 }), {
        overlay: { clusterSectors: 2, allocated: [0, 1], zeroClusters: [], baseSectors: 5 },
      }),
      { without: ['topSkipsUnallocated'] },
    );
    expect(tail.player.finish()?.detail).toBe('the job copied sector 4, which is unallocated and which no guest overwrites');
  });

  it('is none if any sector of the cluster is allocated: the first, or only the last', () => {
    for (const allocated of [[0], [1], [0, 1]]) {
      const partly = onDisk(smallScenario('top', [], { sectors: 4 }), {
        clusterSectors: 4,
        overlay: { clusterSectors: 2, allocated, zeroClusters: [], baseSectors: 4 },
      });
      const on = stage(partly);
      expect(on.player.finish()).toBeNull();
      expect(stored(on)).toEqual([0, 1, 2, 3]); // the whole cluster, with what was in the backing file
    }
    const zeroes = onDisk(smallScenario('top', [], { sectors: 2, zero: [0, 1] }), {
      overlay: { clusterSectors: 2, allocated: [], zeroClusters: [0], baseSectors: 2 },
    });
    const on = stage(zeroes);
    expect(on.player.finish()).toBeNull();
    expect(stored(on)).toEqual([0, 1]); // a zero cluster is allocated
  });

  it('is none if it was allocated after T0, when the job came by: a read has copied it up', () => {
    const on = stage(onDisk(smallScenario('top', [request('g1', 'read', [2, 2])]), { copyOnRead: true }));
    expect(on.player.play('job: start', 'g1: ...')).toBeNull();
    expect(on.player.finish()).toBeNull();
    expect(stored(on)).toEqual([0, 1, 2, 3, 4, 5]);
  });

  it('is none if it was allocated at T0, and no longer is when the copy is stored', () => {
    // Zeroes at the end of an overlay over a shorter base: they read the same, allocated or not.
    const shorter = { clusterSectors: 2, allocated: [0, 2], zeroClusters: [], baseSectors: 4 };
    const scenario = onDisk(smallScenario('top', [request('g1', 'discard', [4, 2])], { zero: [4, 5] }), {
      discardReads: 'backing',
      overlay: shorter,
    });
    const on = stage(scenario, { without: ['copyBeforeDiscard'] });
    expect(on.player.play('job: ... copy.data c2', 'g1: ...')).toBeNull();
    expect(on.machine.source.isAllocatedAt(4)).toBe(false);
    expect(on.player.finish()).toBeNull();
    expect(stored(on)).toContain(4);
  });

  it('is none without a backing file: then TOP is FULL', () => {
    const on = stage(
      onDisk(smallScenario('top', []), { overlay: { clusterSectors: 2, allocated: [], zeroClusters: [], baseSectors: null } }),
    );
    expect(on.player.finish()).toBeNull();
    expect(stored(on)).toEqual([0, 1, 2, 3, 4, 5]);
  });
});

describe('a copy that NONE does not ask for', () => {
  const begun = (...guest: readonly GuestOperation[]): ReturnType<typeof stage> => {
    const on = stage(smallScenario('none', guest));
    on.player.play('job: start');
    return on;
  };

  it("is caught if it is the job's own, allocated or not", () => {
    const on = begun();
    expect(copied(on, on.machine.job, 'copy.land c0')).toEqual({
      property: 'copies-no-more',
      sector: 0,
      detail: 'the job copied sectors 0 to 1, which no guest overwrites',
    });
    expect(copied(on, on.machine.job, 'copy.zero.land c1')).toMatchObject({ property: 'copies-no-more', sector: 2 });
  });

  it.each<GuestKind>(['write', 'zero', 'discard'])(
    'is caught if a %s copies a cluster that it does not touch, and is none where it touches only a part',
    (kind) => {
      const touches = (step: string): Violation | null => {
        const on = begun(request('g1', kind, [1, 2]));
        return copied(on, on.machine.guests[0]!, step);
      };
      expect([touches('copy.land c0'), touches('copy.land c1')]).toEqual([null, null]);
      expect(touches('copy.land c2')).toEqual({
        property: 'copies-no-more',
        sector: 4,
        detail: 'g1 copied sectors 4 to 5, which no guest overwrites',
      });
    },
  );

  it.each<GuestKind>(['read', 'readT0', 'flush'])('is caught if a %s copies anything', (kind) => {
    const on = begun(request('g1', kind, kind === 'flush' ? [0, 0] : [0, 2]));
    expect(copied(on, on.machine.guests[0]!, 'copy.land c0')).toMatchObject({ property: 'copies-no-more' });
  });

  it('is none as long as nothing lands: only what is stored counts', () => {
    const on = begun();
    for (const step of ['copy.read c0', 'copy.took c0', 'copy.data c0', 'copy.store c0', 'copy.done c0'])
      expect(copied(on, on.machine.job, step)).toBeNull();
  });
});

describe('a guest of TOP', () => {
  it('who copies a cluster that he does not touch is caught', () => {
    const on = stage(smallScenario('top', [g1]));
    on.player.play('job: start');
    expect(copied(on, on.machine.guests[0]!, 'copy.land c1')).toMatchObject({ property: 'copies-no-more', sector: 2 });
    expect(copied(on, on.machine.guests[0]!, 'copy.land c0')).toBeNull();
  });
});

describe('after the cancel', () => {
  it('a copy in flight is still asked for, and so is that of the next guest, until the hook is gone', () => {
    const on = stage(smallScenario('none', [g1, request('g2', 'write', [4, 1])]));
    expect(on.player.play('job: start', 'g1: ... copy.read c0', 'user: cancel', 'g2: ...', 'g1: ...')).toBeNull();
    expect(on.player.finish()).toBeNull();
    expect(stored(on)).toEqual([0, 1, 4, 5]);
  });
});
