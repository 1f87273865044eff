import { describe, expect, it } from 'vitest';
import type { SyncMode } from '../model/sync.ts';
import { Misuse } from '../model/kernel/misuse.ts';
import type { Scenario } from '../model/scenario/scenario.ts';
import { cellsNamed, request, smallScenario, staged } from '../model/testing.ts';
import { Properties } from './all.ts';
import type { Violation } from './property.ts';

type Setting = Parameters<typeof staged>[2];
const stage = (scenario: Scenario, setting?: Setting) =>
  staged<Violation, Properties>(scenario, (machine) => new Properties(machine), setting);

const g1 = request('g1', 'write', [0, 2]);
const g2 = request('g2', 'write', [1, 1]);

describe('nothing-freed', () => {
  it('holds while the job ends with copies in flight: it waits for them before it frees what they use', () => {
    const { player, machine } = stage(smallScenario('none', [g1]));
    player.play('job: start', 'g1: ... copy.store c0', 'user: cancel', 'job: park');
    expect(machine.stepName(machine.job.pending)).toBe('drain.copies');
    expect(() => player.play('job: drain.copies')).toThrow(`job can't run "drain.copies" now`);
    expect(player.play('g1: ... copy.done c0', 'job: drain.copies')).toBeNull();
    expect(player.finish()).toBeNull();
  });
});

describe('after the end: a copy that outlives the job', () => {
  it('is caught when it uses the bitmap that the job has freed', () => {
    const { player } = stage(smallScenario('none', [g1]), { without: ['drainCopiesBeforeEnd'] });
    player.play('job: start', 'g1: ... copy.land c0', 'user: cancel', 'job: park');
    expect(player.play('g1: copy.done c0')).toEqual({ property: 'nothing-freed', detail: 'g1 used memory that the job had freed' });
  });

  it('is caught when it looks at the bitmap after its wait', () => {
    const { player } = stage(smallScenario('none', [g1, g2]), { without: ['drainCopiesBeforeEnd'] });
    player.play('job: start', 'g1: ... copy.read c0', 'g2: ...', 'g1: ... copy.done c0', 'user: cancel', 'job: park');
    expect(player.play('g2: wait c0')).toEqual({ property: 'nothing-freed', detail: 'g2 used memory that the job had freed' });
  });

  it('is caught when it writes to the target that the job has closed', () => {
    const { player, machine } = stage(smallScenario('none', [g1]), { without: ['drainCopiesBeforeEnd'] });
    player.play('job: start', 'g1: ... copy.store c0', 'user: cancel', 'job: park');
    // Closing drains the guest's requests, and so covers up for the omission; without a request it would close.
    expect(machine.stepName(machine.job.pending)).toBe('close.drain');
    player.spoil(() => machine.target.close());
    expect(player.play('g1: copy.land c0')).toEqual({ property: 'nothing-freed', detail: 'g1 wrote to the target after it was closed' });
    expect(machine.contentName(machine.target.contentAt(0))).toBe('s0@0'); // nothing was written: NONE shows the source
    expect(machine.target.isWrittenAt(0)).toBe(false);
  });
});

describe('trap (c): draining by the in-flight list makes correct code look broken', () => {
  const scenario = (mode: SyncMode): Scenario => smallScenario(mode, [g1, g2], { sectors: 2, cancel: mode === 'none' });

  it('a waiter is not on the in-flight list, and the job waits for it all the same: it has taken the read lock before it waits', () => {
    const { player, machine } = stage(scenario('none'));
    player.play('job: start', 'g1: ... copy.read c0', 'g2: ...', 'user: cancel', 'job: park', 'g1: ... copy.done c0');
    const cell = (name: string): number => machine.world.cells[cellsNamed(machine.world, name)[0]!]!;
    expect(cell('inFlight')).toBe(0); // by this list the job could end now
    expect(cell('copies.readers')).toBe(1); // by the lock it may not: g2 has been woken, and is about to look at the bitmap
    expect(machine.stepName(machine.job.pending)).toBe('drain.copies');
    expect(() => player.play('job: drain.copies')).toThrow(`job can't run`);
    expect(player.play('g2: wait c0', 'job: drain.copies')).toBeNull();
    expect(player.finish()).toBeNull();
  });

  it.each<SyncMode>(['full', 'none'])(
    'without lockBeforeWaiting the list is all there is: the job ends while the copy sleeps, which is caught (%s)',
    (mode) => {
      const { player } = stage(scenario(mode), { without: ['lockBeforeWaiting'] });
      player.play('job: start', 'g1: ... copy.read c0', 'g2: ...');
      player.play(
        ...(mode === 'none'
          ? ['user: cancel', 'job: park', 'g1: ... copy.done c0', 'job: drain.copies']
          : ['g1: ... copy.done c0', 'job: sleep c0']),
      );
      expect(player.play('g2: wait c0')).toEqual({ property: 'nothing-freed', detail: 'g2 used memory that the job had freed' });
    },
  );

  it('without it the same is caught in wake order qemu if the job waits in front of the other copy, and only then', () => {
    const played = (...lines: string[]): Violation | null => {
      const { player } = stage(scenario('full'), { without: ['lockBeforeWaiting'], wake: 'qemu' });
      player.play('job: start', 'g1: ... copy.read c0', ...lines);
      return player.finish();
    };
    expect(played('job: ...', 'g2: ...', 'g1: ... copy.done c0', 'job: wait c0')).toMatchObject({ property: 'nothing-freed' });
    expect(played('g2: ...', 'job: ...', 'g1: ... copy.done c0', 'g2: wait c0')).toBeNull();
  });
});

describe('a sector past the end of the disk', () => {
  it.each<SyncMode>(['full', 'top', 'none'])('is caught when the copy of a short last cluster reads it (%s)', (mode) => {
    const tail = request('g1', 'write', [4, 1]);
    const { player } = stage(smallScenario(mode, [tail], { sectors: 5 }), { without: ['clampLastCluster'] });
    expect(player.play('job: start', 'g1: ... copy.read c2')).toBeNull();
    expect(player.play('g1: copy.took c2')).toEqual({ property: 'nothing-freed', detail: 'g1 touched a sector past the end of the disk' });
  });

  it('is no matter where the last cluster is whole', () => {
    const { player } = stage(smallScenario('full', []), { without: ['clampLastCluster'] });
    expect(player.finish()).toBeNull();
  });
});

describe('a misuse', () => {
  it.each([
    [Misuse.freedBitmap, 'job used memory that the job had freed'],
    [Misuse.closedTarget, 'job wrote to the target after it was closed'],
    [Misuse.outOfRange, 'job touched a sector past the end of the disk'],
  ])('of kind %i is told in words', (what, detail) => {
    const { player } = stage(smallScenario('full', []));
    player.play('job: start');
    expect(player.spoil((world) => world.misuse(what))).toEqual({ property: 'nothing-freed', detail });
  });

  it('is told before what follows from it: this property is asked first', () => {
    const { player, machine } = stage(smallScenario('full', []));
    player.play('job: start');
    const both = player.spoil((world) => {
      world.store(machine.source.dataCell, 0);
      world.misuse(Misuse.closedTarget);
    });
    expect(both?.property).toBe('nothing-freed');
  });
});
