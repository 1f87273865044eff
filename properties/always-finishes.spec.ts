import { describe, expect, it } from 'vitest';
import { ErrorAction, IoStatus, JobState } from '../model/job/job-status.ts';
import { CLOSE_DRAIN } from '../model/job/steps.ts';
import { nameOf } from '../model/kernel/step.ts';
import type { Machine } from '../model/machine/machine.ts';
import type { Scenario } from '../model/scenario/scenario.ts';
import { LAYOUTS, cellsNamed, randomScenario, request, runToEnd, seeded, smallScenario, staged } from '../model/testing.ts';
import { Properties } from './all.ts';
import type { Violation } from './property.ts';

type Setting = Parameters<typeof staged>[2];
const stage = (scenario: Scenario, setting?: Setting) =>
  staged<Violation, Properties>(scenario, (machine) => new Properties(machine), setting);

const ioStatusCell = ({ job }: Machine): number => job.status.errorCells.at(-1)!;

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

  it.each(LAYOUTS)('holds for a correct job on random schedules, and only those who may are left: $mode, $sectors sectors', (layout) => {
    const pick = seeded(`finishes ${layout.mode} ${layout.sectors}`);
    const { machine, observer } = stage(randomScenario(layout, pick), { effects: layout.effects });
    for (let run = 0; run < 100; run++) {
      machine.load(randomScenario(layout, pick));
      expect(runToEnd(machine, observer, pick).broken).toBeNull();
      const { scenario, job, operator } = machine;
      const isParked = layout.mode === 'none' && !scenario.cancel && job.status.stateSeen !== JobState.refused;
      const mayBeStopped = job.status.eventSeen.action === ErrorAction.stop && !scenario.cancel && !scenario.resume;
      const left = machine.coroutines.alive().map((c) => `${c.name}: ${nameOf(c.pending).label}`);
      const expected = [
        isParked && 'job: park',
        mayBeStopped && left.includes('job: paused') && 'job: paused',
        operator !== null && 'operator: resume.stopped',
      ];
      expect(left).toEqual(expected.filter((line) => line !== false));
    }
  });
});

describe('somebody who waits for ever', () => {
  it('is caught when nothing can run any more, with the name of the step in which he waits', () => {
    const { player } = stage(smallScenario('full', [g1]), { without: ['wakeWaiters'] });
    expect(player.play('job: ... copy.read c0', 'g1: ...')).toBeNull();
    // The job waits for g1's lock.
    const detail = 'nothing can run any more; waiting: job in "drain.copies" for g1, g1 in "wait c0" for job (whose turn is over)';
    expect(player.finish()).toEqual({ property: 'always-finishes', waiting: [1, 3], detail });
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
    expect(player.finish()?.detail).toBe('nothing can run any more; waiting: job in "drain.copies"');
  });

  it('is a request that is never allowed to start', () => {
    const { player, machine } = stage(smallScenario('full', [g1]));
    player.spoil((world) => world.store(machine.guests[0]!.blockersCell, 2));
    expect(player.finish()?.detail).toBe('nothing can run any more; waiting: g1 in "write.start"');
  });

  it('is a user whose cancel waits for a request that never ends', () => {
    const { player } = stage({ ...smallScenario('none', [g1, g2]), cancelAfter: ['g2'] }, { without: ['wakeWaiters'] });
    player.play('job: start', 'g1: ... copy.read c0', 'g2: ...');
    expect(player.finish()?.detail).toBe(
      'nothing can run any more; waiting: job in "park" for user, user in "cancel" for g2, g2 in "wait ' +
        'c0" for g1 (whose turn is over)',
    );
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
    expect(player.finish()?.detail).toBe('nothing can run any more; waiting: g2 in "wait c0" for g1 (whose turn is over)');
  });

  it.each(['cancelWakesParkedJob', 'cancelCheckedAfterSleep'] as const)('that was cancelled must end: caught without %s', (rule) => {
    for (const wake of ['any', 'qemu'] as const) {
      const { player } = stage(smallScenario('none', []), { without: [rule], wake });
      expect(player.play('job: start', 'user: cancel', 'job: ...')).toBeNull();
      expect(player.finish()).toEqual({
        property: 'always-finishes',
        waiting: [1],
        detail: 'nothing can run any more; waiting: job in "park"',
      });
    }
  });

  it('that was cancelled ends with the rules', () => {
    const { player, machine } = stage(smallScenario('none', []));
    expect(player.play('job: start', 'user: cancel', 'job: ...')).toBeNull();
    expect(player.finish()).toBeNull();
    expect(machine.job.status.stateSeen).toBe(JobState.cancelled);
  });
});

describe('a FULL or TOP job', () => {
  /** One that parks once all is copied. */
  function parking(mode: 'full' | 'top', cancel: boolean): ReturnType<typeof stage> {
    const one = stage(smallScenario(mode, [], { cancel }));
    const { sourceNode, job } = one.machine;
    const drain = sourceNode.drain.bind(sourceNode);
    sourceNode.drain = (me, step) => (step === CLOSE_DRAIN ? job.park() : drain(me, step));
    return one;
  }

  it.each(['full', 'top'] as const)('must end by itself: it is caught when it parks, unless a cancel wakes it: %s', (mode) => {
    expect(parking(mode, false).player.finish()).toEqual({
      property: 'always-finishes',
      waiting: [1],
      detail: 'nothing can run any more; waiting: job in "park"',
    });
    const { player, machine } = parking(mode, true);
    expect(player.finish()).toBeNull();
    expect(machine.job.hasEnded).toBe(true);
  });
});

describe('somebody who waits for a read', () => {
  const copying: Scenario = { ...smallScenario('full', [g1]), disk: { ...smallScenario('full', []).disk, copyOnRead: true } };

  it('of his own is caught at once: QEMU aborts there', () => {
    const { player } = stage(copying, { without: ['copyReadIgnoresOwnRequest'] });
    expect(player.play('job: start')).toBeNull();
    expect(player.play('g1: write.start')).toEqual({
      property: 'always-finishes',
      detail: 'g1 would wait for its own request: QEMU asserts against that and aborts',
    });
    expect(stage(copying).player.play('job: start', 'g1: ...')).toBeNull();
  });

  it('of a guest who waits for his copy is caught when nothing can run any more', () => {
    const throttled = { ...copying, disk: { ...copying.disk, throttled: true } };
    const lines = ['job: start', 'g1: write.start', 'job: sleep c0', 'g1: throttle', 'job: copy.queue c0', 'job: copy.throttle c0'];
    const { player } = stage(throttled, { without: ['jobReadIgnoresGuests'] });
    expect(player.play(...lines)).toBeNull();
    expect(player.finish()?.detail).toBe(
      [
        'nothing can run any more; waiting: job in "copy.overlap c0" for g1, g1 in "wait c0" for job; a ',
        'deadlock: job waits for g1, g1 waits for job',
      ].join(''),
    );
    const right = stage(throttled).player;
    expect(right.play(...lines)).toBeNull();
    expect(right.finish()).toBeNull();
  });

  it('of the point in time, or who reads it and waits for a copy, is caught like any other', () => {
    const readers = smallScenario('none', [g1, request('g2', 'readT0', [0, 2])]);
    const { player } = stage(readers, { without: ['wakeWaiters'] });
    player.play('job: start', 'g1: ... copy.read c0', 'g2: ...');
    expect(player.finish()?.detail).toBe('nothing can run any more; waiting: g2 in "wait c0" for g1 (whose turn is over)');
    const other = stage(readers, { without: ['wakeWaiters'] }).player;
    other.play('job: start', 'g2: ... readT0.look c0', 'g1: ...');
    expect(other.finish()?.detail).toBe(
      'nothing can run any more; waiting: job in "drain.copies" for g1, g1 in "wait c0" for g2 (whose turn is over)',
    ); // g1 has the lock, which the job waits for
  });
});

describe('a job that an error has stopped', () => {
  const stopped = (more: Partial<Scenario> = {}): Scenario => ({
    ...smallScenario('full', []),
    onError: { source: 'report', target: 'stop' },
    faults: [{ side: 'target', op: 'write', cluster: 1, errno: 'EIO', times: 1 }],
    ...more,
  });

  it('may stay where it is if there is nobody to resume it', () => {
    const { player, machine } = stage(stopped());
    expect(player.finish()).toBeNull();
    expect(machine.stepName(machine.job.pending)).toBe('paused c1');
    expect(machine.coroutines.alive()).toEqual([machine.job]);
  });

  it('may not once it is cancelled, whatever it shows', () => {
    const { player, machine } = stage(stopped({ cancel: true }), { without: ['cancelWakesParkedJob'] });
    expect(player.play('job: ... copy.store c1', 'user: cancel')).toBeNull();
    player.spoil((world) => world.store(ioStatusCell(machine), IoStatus.failed));
    expect(player.finish()?.detail).toBe('nothing can run any more; waiting: job in "paused c1"');
  });

  it('may not if no error has stopped it, whatever it shows', () => {
    const { player, machine } = stage({ ...smallScenario('full', []), pause: true }, { without: ['resumeWakesPausedJob'] });
    expect(player.play('job: ... copy.read c0', 'operator: pause', 'job: ... copy.done c0', 'operator: resume')).toBeNull();
    player.spoil((world) => world.store(ioStatusCell(machine), IoStatus.failed));
    expect(player.finish()?.detail).toBe('nothing can run any more; waiting: job in "paused c1"');
  });

  it('excuses nobody else', () => {
    const { player } = stage(stopped({ guest: [g1, g2] }), { without: ['wakeWaiters'] });
    player.play('job: start', 'g1: ... copy.read c0', 'g2: ...', 'g1: ... copy.done c0');
    expect(player.finish()?.detail).toBe('nothing can run any more; waiting: g2 in "wait c0" for g1 (whose turn is over)');
  });

  it('must not wait elsewhere: only where it stops may it stay', () => {
    const { player, machine } = stage(stopped({ guest: [request('g1', 'write', [4, 2]), request('g2', 'write', [4, 1])], cancel: true }), {
      without: ['wakeWaiters'],
    });
    player.play('job: start', 'g1: ... copy.read c2', 'g2: ...', 'job: ... copy.data c1', 'user: cancel', 'job: copy.store c1');
    expect(machine.job.status.ioStatusSeen).toBe(IoStatus.failed); // the error came after the cancel
    expect(player.finish()?.detail).toBe(
      'nothing can run any more; waiting: job in "drain.copies" for g2, g2 in "wait c2" for g1 (whose turn is over)',
    );
  });

  it.each([
    ['somebody resumes it', { resume: true }],
    ['it is cancelled', { cancel: true }],
  ] as const)('must end if %s', (_, more) => {
    const { player, machine } = stage(stopped(more));
    expect(player.finish()).toBeNull();
    expect(machine.job.hasEnded).toBe(true);
  });

  it('must not stay if the resume that comes does not wake it', () => {
    const { player } = stage(stopped({ resume: true }), { without: ['resumeWakesPausedJob'] });
    expect(player.finish()).toEqual({
      property: 'always-finishes',
      waiting: [1],
      detail: 'nothing can run any more; waiting: job in "paused c1"',
    });
  });

  it('must not stay if it has somebody who resumes it, and he never comes', () => {
    const { player, machine } = stage(stopped({ resume: true }));
    player.play('job: ... copy.store c1');
    player.spoil((world) => world.store(machine.operator!.blockersCell, 1));
    expect(player.finish()?.detail).toBe('nothing can run any more; waiting: job in "paused c1"'); // the operator himself is on call
  });
});

describe('an operator', () => {
  const paused: Scenario = { ...smallScenario('full', [g1]), pause: true };

  it('may stay on call when all is over: there may always be another error', () => {
    const { player, machine } = stage(paused);
    expect(player.play('job: ... copy.done c0', 'operator: ...')).toBeNull();
    expect(player.finish()).toBeNull();
    expect(machine.coroutines.alive().map((c) => machine.stepName(c.pending))).toEqual(['resume.stopped']);
    expect(machine.job.status.stateSeen).toBe(JobState.completed);
  });

  it('who has paused the job must get it going again: caught without resumeWakesPausedJob', () => {
    const { player } = stage(paused, { without: ['resumeWakesPausedJob'] });
    player.play('job: ... copy.read c0', 'operator: pause', 'job: ... copy.done c0', 'operator: resume');
    expect(player.finish()?.detail).toBe('nothing can run any more; waiting: job in "paused c1"'); // no error has stopped it
  });

  it('is caught if he never comes to pause it', () => {
    const { player, machine } = stage(paused);
    player.spoil((world) => world.store(machine.operator!.blockersCell, 2));
    expect(player.finish()?.detail).toBe('nothing can run any more; waiting: operator in "pause"');
  });
});

describe('a step that spins', () => {
  // The last cluster is short and nothing of it is allocated: past the end the answer is "0 sectors".
  const shortTail: Scenario = {
    ...smallScenario('top', [], { sectors: 5 }),
    disk: {
      ...smallScenario('top', [], { sectors: 5 }).disk,
      overlay: { clusterSectors: 2, allocated: [0], zeroClusters: [], baseSectors: 5 },
    },
  };

  it.each([false, true])('is caught at once: the search for allocated sectors past the end of the disk (from the table: %s)', (table) => {
    const { player, machine, observer } = stage(shortTail, { without: ['topStopsAtEndOfDisk'], table });
    for (let run = 0; run < 2; run++) {
      machine.begin();
      observer.begin();
      player.broken = null;
      expect(player.play('job: ... sleep c2')).toBeNull();
      expect(player.play('job: ask c2')).toEqual({
        property: 'always-finishes',
        detail: 'job runs forever without yielding: nothing else can run',
      });
    }
  });

  it('does not come about with the rule, nor if the tail has something allocated', () => {
    expect(stage(shortTail).player.finish()).toBeNull();
    const allocated = { ...shortTail, disk: { ...shortTail.disk, overlay: { ...shortTail.disk.overlay!, allocated: [2] } } };
    expect(stage(allocated, { without: ['topStopsAtEndOfDisk'] }).player.finish()).toBeNull();
  });
});
