import { describe, expect, it } from 'vitest';
import '../src/families/custom.ts';
import type { SyncMode } from '../model/sync.ts';
import { JobState } from '../model/job/job-status.ts';
import type { World } from '../model/kernel/world.ts';
import { Machine } from '../model/machine/machine.ts';
import { shapeOf } from '../model/machine/shape.ts';
import type { Backup } from '../model/families/custom/job.ts';
import { registerJob } from '../model/families/custom/registry.ts';
import type { Scenario } from '../model/scenario/scenario.ts';
import { request, smallScenario, staged } from '../model/testing.ts';
import { Properties } from './all.ts';
import type { Violation } from './property.ts';

type Setting = Parameters<typeof staged>[2];
const stage = (scenario: Scenario, setting?: Setting) =>
  staged<Violation, Properties>(scenario, (machine) => new Properties(machine), setting);

const MODES: readonly SyncMode[] = ['full', 'top', 'none'];
const g1 = request('g1', 'write', [0, 2]);
const g2 = request('g2', 'write', [1, 1]);
const cancelled = (mode: SyncMode, ...guest: Scenario['guest']): Scenario => smallScenario(mode, guest, { cancel: true });

const setState =
  ({ machine }: ReturnType<typeof stage>, state: JobState) =>
  (): void =>
    machine.world.store(machine.job.status.stateCell, state);

describe('cancel-is-clean', () => {
  it('says that a cancelled job lets the copies in flight end, unlinks its hook, and only then tells of its end', () => {
    const { player, machine } = stage(cancelled('none', g1, g2, request('g3', 'write', [4, 2])));
    player.play('job: start', 'g1: ... copy.read c0', 'g2: ...', 'user: cancel', 'job: park');
    expect(machine.stepName(machine.job.pending)).toBe('drain.copies');
    player.play('g1: ...', 'g2: ...', 'job: drain.copies');
    expect(machine.world.cells[machine.sourceNode.hook.cell]).toBe(0);
    expect(machine.job.status.stateSeen).toBe(JobState.active);
    expect(player.play('g3: write.start')).toBeNull();
    expect(machine.stepName(machine.guests[2]!.pending)).toBe('write.send c2'); // not copied any more
    expect(player.finish()).toBeNull();
    expect(machine.job.status.stateSeen).toBe(JobState.cancelled);
    expect(machine.coroutines.alive()).toEqual([]);
  });

  it.each<[string, SyncMode, string[]]>([
    ['asleep', 'full', ['job: ... copy.done c0']],
    ['asking what is allocated', 'top', ['job: ... sleep c1']],
    ['waiting for a copy', 'full', ['job: start', 'g1: ... copy.read c0', 'job: ...']],
    ['reading', 'full', ['job: ... copy.read c0']],
    ['storing', 'full', ['job: ... copy.store c0']],
    ['parked', 'none', ['job: start']],
    ['paused', 'full', ['job: ... copy.read c0', 'operator: pause', 'job: ...']],
    ['stopped by an error', 'full', ['job: ... copy.store c1']],
    [
      'waiting for the last copies',
      'full',
      ['job: start', 'g2: ... copy.read c0', 'g1: ...', 'job: ...', 'g2: ... copy.done c0', 'job: ...'],
    ],
    ['closing the target', 'full', ['job: ... copy.done c2']],
  ])('holds when the cancel finds the job %s', (where, mode, until) => {
    const pause = where === 'paused';
    const faults: Scenario['faults'] =
      where === 'stopped by an error' ? [{ side: 'target', op: 'write', cluster: 1, errno: 'EIO', times: 1 }] : [];
    const { player, machine } = stage({ ...cancelled(mode, g1, g2), pause, faults, onError: { source: 'stop', target: 'stop' } });
    expect(player.play(...until, 'user: cancel')).toBeNull();
    expect(player.finish()).toBeNull();
    expect(machine.job.status.stateSeen).toBe(JobState.cancelled);
  });
});

describe('the end', () => {
  it.each<[string, SyncMode, JobState, JobState]>([
    ['CANCELLED, then COMPLETED', 'none', JobState.cancelled, JobState.completed],
    ['COMPLETED, then CANCELLED', 'full', JobState.completed, JobState.cancelled],
  ])('is caught if it is told twice: %s', (_, mode, first, second) => {
    const on = stage(smallScenario(mode, []));
    expect(on.player.finish()).toBeNull();
    expect(on.machine.job.status.stateSeen).toBe(first);
    expect(on.player.spoil(setState(on, second))).toEqual({ property: 'cancel-is-clean', detail: 'the job ended twice' });
  });

  it('of NONE is CANCELLED: it is caught if it completes by itself', () => {
    const on = stage(smallScenario('none', [], { cancel: false }));
    expect(on.player.play('job: start')).toBeNull();
    expect(on.player.spoil(setState(on, JobState.completed))).toEqual({
      property: 'cancel-is-clean',
      detail: 'the job has completed: a NONE job ends only when cancelled',
    });
  });

  describe('tells whether the job was cancelled', () => {
    const lost = { property: 'cancel-is-clean', detail: 'the job was cancelled, but reported COMPLETED: the cancel was lost' };
    const unasked = { property: 'cancel-is-clean', detail: 'the job reported CANCELLED, although nothing cancelled it' };
    /** The job forgets that it was cancelled, or believes that it was. */
    const believes =
      ({ machine }: ReturnType<typeof stage>, isCancelled: boolean) =>
      (world: World): void => {
        const { job } = machine;
        const cell = world.cells.findIndex((value, at) => {
          const before = job.isCancelledSeen;
          world.cells[at] = value === 1 ? 0 : 1;
          const isIt = job.isCancelledSeen !== before;
          world.cells[at] = value;
          return isIt;
        });
        world.store(cell, isCancelled ? 1 : 0);
      };

    it.each<[SyncMode, string]>([
      ['full', 'job: ... copy.read c0'],
      ['full', 'job: ... copy.done c2'],
      ['top', 'job: ... sleep c1'],
    ])('is caught if a cancel is lost: %s, after %s', (mode, until) => {
      const on = stage(cancelled(mode));
      expect(on.player.play(until)).toBeNull();
      on.player.playSpoiled('user: cancel', believes(on, false));
      expect(on.player.finish()).toEqual(lost);
    });

    it.each(MODES)('is caught if a job that nobody cancelled tells of CANCELLED: %s', (mode) => {
      const on = stage({ ...smallScenario(mode, [], { cancel: false }), pause: true });
      on.player.play('job: start', 'operator: pause');
      on.player.playSpoiled('operator: resume', believes(on, true));
      expect(on.player.finish()).toEqual(unasked);
    });

    it('holds if the cancel comes when the job has told of its end, or was refused', () => {
      for (const scenario of [cancelled('full'), { ...cancelled('full'), existingTarget: { sectors: 7, backed: false, data: [] } }]) {
        const on = stage(scenario);
        expect(on.player.play('job: ...', 'user: cancel')).toBeNull();
        expect(on.player.finish()).toBeNull();
      }
    });
  });

  it('is not the refusal of a target, nor anything before the event', () => {
    const on = stage({ ...smallScenario('full', [g1]), existingTarget: { sectors: 7, backed: false, data: [] } });
    expect(on.player.play('job: start', 'g1: ...')).toBeNull();
    expect(on.player.spoil((world) => world.store(on.machine.target.dataCell, 1))).toBeNull(); // whose target it is now, nobody knows
    expect(on.player.finish()).toBeNull();
    expect(on.machine.job.status.stateSeen).toBe(JobState.refused);
  });

  it('is the last step that may write to the target', () => {
    const spoilt = (when: 'with it' | 'after it'): Violation | null => {
      const on = stage(cancelled('none'));
      const write = (): void => on.machine.world.store(on.machine.target.dataCell, on.machine.contents.atT0(3));
      on.player.play('job: start', 'user: cancel', 'job: park');
      if (when === 'with it') return on.player.playSpoiled('job: close', write);
      on.player.play('job: close');
      return on.player.spoil(write);
    };
    expect(spoilt('with it')).toBeNull();
    expect(spoilt('after it')).toEqual({
      property: 'cancel-is-clean',
      detail: 'job wrote to the target after the job had reported its end',
    });
  });
});

describe('a write to the target after the event', () => {
  const detail = 'g1 wrote to the target after the job had reported its end';
  const inBase = request('g1', 'write', [2, 2]); // TOP skips this cluster, so it does not wait for the copy

  it.each<[string, Scenario, string[]]>([
    ['CANCELLED, none', cancelled('none', g1), ['g1: ... copy.data c0', 'user: cancel', 'job: park']],
    ['CANCELLED, full', cancelled('full', g1), ['g1: ... copy.data c0', 'user: cancel', 'job: sleep c0']],
    ['CANCELLED, top', cancelled('top', g1), ['g1: ... copy.data c0', 'user: cancel', 'job: sleep c0']],
    ['COMPLETED, top', smallScenario('top', [inBase]), ['g1: ... copy.data c1', 'job: ...']],
  ])('is caught where the event comes before the copies in flight have ended (%s)', (_, scenario, lines) => {
    const land = `g1: ... copy.land ${scenario.guest[0] === inBase ? 'c1' : 'c0'}`;
    const early = stage(scenario, { without: ['eventComesLast'] });
    expect(early.player.play('job: start', ...lines)).toBeNull();
    expect(early.machine.job.status.stateSeen).not.toBe(JobState.active);
    expect(early.player.play(land)).toEqual({ property: 'cancel-is-clean', detail });

    const last = stage(scenario);
    expect(last.player.play('job: start', ...lines, land)).toBeNull();
    expect(last.machine.stepName(last.machine.job.pending)).toBe('drain.copies');
    expect(last.player.finish()).toBeNull();
  });

  it('is caught in every cell that the target shows', () => {
    for (const cells of ['dataCell', 'placeCell', 'writtenCell'] as const) {
      const on = stage(cancelled('none'));
      expect(on.player.finish()).toBeNull();
      expect(on.player.spoil((world) => world.store(on.machine.target[cells] + 1, 1))).toMatchObject({ property: 'cancel-is-clean' });
    }
  });

  it('is none if it is a write of the guest to its own disk', () => {
    const on = stage(cancelled('none', { ...g1, after: [] }));
    expect(on.player.play('job: start', 'user: cancel', 'job: ...', 'g1: ...')).toBeNull();
    expect(on.machine.contentName(on.machine.source.contentAt(0))).toBe('s0.g1');
    expect(on.player.finish()).toBeNull();
  });
});

describe('a hook that is gone', () => {
  const gone =
    ({ machine }: ReturnType<typeof stage>) =>
    (): void =>
      machine.world.store(machine.sourceNode.hook.cell, 0);
  const detail = 'g1 began a copy after the hook was unlinked';

  it('is called no more: caught where a guest calls it after its write', () => {
    const late = (): ReturnType<typeof stage> => {
      const on = stage(cancelled('full', g1), { without: ['copyBeforeWrite'] });
      expect(on.player.play('job: ... copy.land c0', 'g1: ... write.land c0')).toBeNull(); // the target has the old data
      return on;
    };
    const [linked, unlinked] = [late(), late()];
    expect(linked.player.play('g1: write.done')).toBeNull();
    expect(unlinked.player.playSpoiled('g1: write.done', gone(unlinked))).toEqual({ property: 'cancel-is-clean', detail });
  });

  it.each<[string, string[]]>([
    ['to copy', []],
    ['to wait for a copy', ['g2: ... copy.read c0']],
  ])('is called no more: caught where a guest begins %s before its write', (_, before) => {
    const on = stage(cancelled('none', g1, g2));
    expect(on.player.play('job: start', ...before)).toBeNull();
    expect(on.player.playSpoiled('g1: write.start', gone(on))).toEqual({ property: 'cancel-is-clean', detail });
  });

  // Without drainBeforeUnhook the hook goes first, as in QEMU 1.6: a copy that was begun before goes on.
  const unhooked = (scenario: Scenario, ...before: string[]): ReturnType<typeof stage> => {
    const on = stage(scenario, { without: ['drainBeforeUnhook'] });
    expect(on.player.play('job: start', ...before, 'user: cancel', 'job: sleep c0')).toBeNull();
    expect(on.machine.world.cells[on.machine.sourceNode.hook.cell]).toBe(0);
    return on;
  };

  it('does not end a copy that was begun before, nor one that waits for it', () => {
    const on = unhooked(cancelled('full', g1, g2), 'g1: ... copy.read c0', 'g2: ...');
    expect(on.player.play('g1: ... copy.done c0', 'g2: wait c0')).toBeNull();
    expect(on.player.finish()).toBeNull();
  });

  it('does not end one that has another cluster to go', () => {
    const on = unhooked(cancelled('full', request('g1', 'write', [0, 4])), 'g1: ... copy.read c0');
    expect(on.player.play('g1: ... copy.read c1')).toBeNull();
    expect(on.player.finish()).toBeNull();
  });

  it('does not end one that waits for the I/O limits', () => {
    const on = unhooked({ ...cancelled('full', g1), disk: { ...cancelled('full').disk, throttled: true } }, 'g1: ... throttle');
    expect(on.machine.stepName(on.machine.guests[0]!.pending)).toBe('copy.throttle c0');
    expect(on.player.play('g1: copy.throttle c0')).toBeNull();
  });

  it('is not asked by those who change nothing, nor by those who come later', () => {
    const on = unhooked(cancelled('full', g1, request('g2', 'read', [0, 2])));
    expect(on.player.play('g1: ...', 'g2: ...')).toBeNull();
    expect(on.player.finish()).toBeNull();
  });
});

describe('a guest that waits for a copy', () => {
  it('goes on when the job has been cancelled, and ends', () => {
    for (const mode of MODES) {
      const { player, machine } = stage(cancelled(mode, g1, g2));
      expect(player.play('job: start', 'g1: ... copy.read c0', 'g2: ...', 'user: cancel')).toBeNull();
      expect(player.finish()).toBeNull();
      expect(machine.guests.every((guest) => guest.hasEnded)).toBe(true);
    }
  });

  it('is caught if nobody wakes him, but by always-finishes', () => {
    const { player } = stage(cancelled('none', g1, g2), { without: ['wakeWaiters'] });
    player.play('job: start', 'g1: ... copy.read c0', 'g2: ...', 'user: cancel');
    expect(player.finish()).toMatchObject({ property: 'always-finishes' });
  });
});

describe('a job that is over', () => {
  it('must have told of its end', () => {
    const job = (tells: boolean): unknown => ({
      modes: ['full'],
      *run(backup: Backup) {
        backup.begin();
        yield* backup.closeTarget();
        if (tells) backup.end();
      },
      *beforeWrite() {
        return 0;
      },
    });
    const ends = [false, true].map((tells) => {
      registerJob('own.mjs', job(tells));
      const scenario = smallScenario('full', [], { sectors: 0, zero: [] });
      const machine = new Machine(
        shapeOf(scenario, { effects: 'cluster', wake: 'any', without: [], requestsMin: 0, customJob: 'own.mjs' }),
      );
      const properties = new Properties(machine);
      machine.load(scenario);
      machine.begin();
      properties.begin();
      for (const ids = new Int32Array(8); machine.ready(ids) > 0;) machine.step(ids[0]!);
      return properties.all.find(({ name }) => name === 'cancel-is-clean')!.end()?.detail;
    });
    expect(ends).toEqual(['the job is over and has not reported its end', undefined]);
  });
});
