import { describe, expect, it } from 'vitest';
import { JobState } from '../model/backup/job-status.ts';
import type { Scenario } from '../model/scenario.ts';
import { LAYOUTS, cellsNamed, randomScenario, request, runToEnd, seeded, smallScenario, staged } from '../model/testing.ts';
import { Properties } from './all.ts';
import type { Violation } from './property.ts';

type Setting = Parameters<typeof staged>[2];
const stage = (scenario: Scenario, setting?: Setting) => staged<Violation, Properties>(scenario, (machine) => new Properties(machine), setting);

const g1 = request('g1', 'write', [0, 2]);
const g2 = request('g2', 'write', [1, 1]);

describe('always-finishes', () => {
  it('holds for a job and two guests who wait for each other and end', () => {
    const { player, machine } = stage(smallScenario('full', [g1, g2]));
    expect(player.play('job: ... copy.read c0', 'g1: ...', 'g2: ...')).toBeNull();
    expect(machine.guests.map((guest) => machine.stepName(guest.pending))).toEqual(['wait c0', 'wait c0', 'ended']);
    expect(player.finish()).toBeNull();
    expect(machine.coroutines.alive()).toEqual([]);
  });

  it.each(LAYOUTS)('holds for a correct job on random schedules, early requests and cancels among them: $mode, $sectors sectors', (layout) => {
    for (const wake of ['any', 'qemu'] as const) {
      const pick = seeded(`finishes ${layout.mode} ${layout.sectors} ${wake}`);
      const { machine, observer } = stage(randomScenario(layout, pick), { effects: layout.effects, wake });
      for (let run = 0; run < 200; run++) {
        machine.load(randomScenario(layout, pick));
        machine.useTable(true);
        expect(runToEnd(machine, observer, pick).broken).toBeNull();
        const parked = machine.coroutines.alive();
        expect(parked.map((c) => c.name)).toEqual(layout.mode === 'none' && !machine.scenario.cancel ? ['job'] : []);
      }
    }
  });
});

describe('somebody who waits for ever', () => {
  it('is caught when nothing can run any more, with the name of the step in which he waits', () => {
    const { player } = stage(smallScenario('full', [g1]), { without: ['wakeWaiters'] });
    expect(player.play('job: ... copy.read c0', 'g1: ...')).toBeNull();
    const detail = 'nothing can run any more, and these wait: job in "drain.copies", g1 in "wait c0"'; // the job in turn waits for g1's lock
    expect(player.finish()).toEqual({ property: 'always-finishes', detail });
  });

  it('is caught after a wake-up that got lost', () => {
    const { player, machine } = stage(smallScenario('full', [g1, g2]));
    player.play('job: ... copy.read c0', 'g1: ...', 'g2: ...', 'job: ... copy.done c0');
    const woken = machine.guests[1]!.slot + 2;
    expect(machine.world.cells[woken]).toBe(1);
    player.spoil((world) => world.store(woken, 0));
    expect(player.finish()?.detail).toContain('g2 in "wait c0"');
  });

  it('is the job too, if a copy never gives its lock back', () => {
    const { player } = stage(smallScenario('full', []));
    player.play('job: start');
    player.spoil((world) => world.store(cellsNamed(world, 'copies.readers')[0]!, 1));
    expect(player.finish()?.detail).toBe('nothing can run any more, and these wait: job in "drain.copies"');
  });

  it('is a request that is never allowed to start', () => {
    const { player, machine } = stage(smallScenario('full', [g1]));
    player.spoil((world) => world.store(machine.guests[0]!.blockersCell, 2));
    expect(player.finish()?.detail).toBe('nothing can run any more, and these wait: g1 in "write.start"');
  });

  it('is a user whose cancel waits for a request that never ends', () => {
    const { player } = stage({ ...smallScenario('none', [g1, g2]), cancelAfter: ['g2'] }, { without: ['wakeWaiters'] });
    player.play('job: start', 'g1: ... copy.read c0', 'g2: ...');
    expect(player.finish()?.detail).toBe('nothing can run any more, and these wait: job in "park", user in "cancel", g2 in "wait c0"');
  });
});

describe('a NONE job', () => {
  it('that nobody cancels is not expected to end', () => {
    const { player, machine } = stage(smallScenario('none', [g1], { cancel: false }));
    expect(player.finish()).toBeNull();
    expect(machine.stepName(machine.job.pending)).toBe('park');
    expect(machine.job.status.stateSeen).toBe(JobState.active);
  });

  it('does not excuse others: a guest that waits for ever is caught all the same', () => {
    const { player } = stage(smallScenario('none', [g1, g2], { cancel: false }), { without: ['wakeWaiters'] });
    player.play('job: start', 'g1: ... copy.read c0', 'g2: ...');
    expect(player.finish()?.detail).toBe('nothing can run any more, and these wait: g2 in "wait c0"');
  });

  it.each(['cancelWakesParkedJob', 'cancelCheckedAfterSleep'] as const)('that was cancelled must end: caught without %s', (rule) => {
    for (const wake of ['any', 'qemu'] as const) {
      const { player } = stage(smallScenario('none', []), { without: [rule], wake });
      expect(player.play('job: start', 'user: cancel', 'job: ...')).toBeNull();
      expect(player.finish()).toEqual({ property: 'always-finishes', detail: 'nothing can run any more, and these wait: job in "park"' });
    }
  });

  it('that was cancelled ends with the rules', () => {
    const { player, machine } = stage(smallScenario('none', []));
    expect(player.play('job: start', 'user: cancel', 'job: ...')).toBeNull();
    expect(player.finish()).toBeNull();
    expect(machine.job.status.stateSeen).toBe(JobState.cancelled);
  });
});

describe('a step that spins', () => {
  // The last cluster is short and nothing of it is allocated: past the end the answer is "0 sectors".
  const shortTail: Scenario = { ...smallScenario('top', [], { sectors: 5 }), disk: { ...smallScenario('top', [], { sectors: 5 }).disk, overlay: { clusterSectors: 2, allocated: [0], zeroClusters: [], baseSectors: 5 } } };

  it.each([false, true])('is caught at once: the search for allocated sectors past the end of the disk (from the table: %s)', (table) => {
    const { player, machine, observer } = stage(shortTail, { without: ['topStopsAtEndOfDisk'], table });
    for (let run = 0; run < 2; run++) {
      machine.begin();
      observer.begin();
      player.broken = null;
      expect(player.play('job: ... sleep c2')).toBeNull();
      expect(player.play('job: ask c2')).toEqual({ property: 'always-finishes', detail: 'job goes on for ever without yielding: nothing else can run' });
    }
  });

  it('does not come about with the rule, nor if the tail has something allocated', () => {
    expect(stage(shortTail).player.finish()).toBeNull();
    const allocated = { ...shortTail, disk: { ...shortTail.disk, overlay: { ...shortTail.disk.overlay!, allocated: [2] } } };
    expect(stage(allocated, { without: ['topStopsAtEndOfDisk'] }).player.finish()).toBeNull();
  });
});
