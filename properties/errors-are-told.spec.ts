import { describe, expect, it } from 'vitest';
import { ERROR_POLICIES, type ErrorPolicies, type ErrorPolicy } from '../model/job/error-policy.ts';
import { ErrorAction, IoStatus, JobState } from '../model/job/job-status.ts';
import { ERRNOS, type Errno, NO_ERROR, SIDES, type Side, blockError } from '../model/block/errors.ts';
import type { Fault } from '../model/block/faults.ts';
import type { World } from '../model/kernel/world.ts';
import type { Scenario } from '../model/scenario/scenario.ts';
import { request, smallScenario, staged } from '../model/testing.ts';
import { Properties } from './all.ts';
import type { Violation } from './property.ts';

type Setting = Parameters<typeof staged>[2];
const stage = (scenario: Scenario, setting?: Setting) =>
  staged<Violation, Properties>(scenario, (machine) => new Properties(machine), setting);

const fault = (side: Side, more: Partial<Fault> = {}): Fault => ({
  side,
  op: side === 'source' ? 'read' : 'write',
  cluster: 1,
  errno: 'EIO',
  times: 1,
  ...more,
});
/** The step of the job's copy of cluster 1 in which that fault strikes. */
const STRIKES: Record<Side, string> = { source: 'copy.read c1', target: 'copy.store c1' };
const both = (policy: ErrorPolicy): ErrorPolicies => ({ source: policy, target: policy });
const failing = (planned: Fault, onError: ErrorPolicies, more: Partial<Scenario> = {}): Scenario => ({
  ...smallScenario('full', []),
  faults: [planned],
  onError,
  ...more,
});
const told = (detail: string): Violation => ({ property: 'errors-are-told', detail });

describe('errors-are-told', () => {
  it('says that an error is told when the job meets it, with errno and side, and again when it has ended the job', () => {
    const { player, machine } = stage(failing(fault('target', { errno: 'ENOSPC' }), both('report')));
    const { status } = machine.job;
    expect(player.play('job: ... copy.data c1')).toBeNull();
    expect(status.eventsSeen).toBe(0);
    expect(player.play('job: copy.store c1')).toBeNull();
    expect(status.eventsSeen).toBe(1);
    expect(status.eventSeen).toEqual({ action: ErrorAction.report, error: blockError('target', 'ENOSPC') });
    expect(player.finish()).toBeNull();
    expect([status.stateSeen, status.errorSeen]).toEqual([JobState.completed, blockError('target', 'ENOSPC')]);
  });

  // What the policy wants of each errno, and what the job shows then.
  const WANTED: Record<ErrorPolicy, Record<Errno, [ErrorAction, IoStatus]>> = {
    report: { EIO: [ErrorAction.report, IoStatus.ok], ENOSPC: [ErrorAction.report, IoStatus.ok] },
    ignore: { EIO: [ErrorAction.ignore, IoStatus.ok], ENOSPC: [ErrorAction.ignore, IoStatus.ok] },
    stop: { EIO: [ErrorAction.stop, IoStatus.failed], ENOSPC: [ErrorAction.stop, IoStatus.nospace] },
    enospc: { EIO: [ErrorAction.report, IoStatus.ok], ENOSPC: [ErrorAction.stop, IoStatus.nospace] },
  };
  const CASES = ERROR_POLICIES.flatMap((policy) => SIDES.flatMap((side) => ERRNOS.map((errno) => ({ policy, side, errno }))));

  it.each(CASES)('holds where the $side meets $errno under $policy, and then nothing more', ({ policy, side, errno }) => {
    // The other side has another policy, which must not be asked.
    const onError = {
      source: 'report',
      target: 'report',
      [side === 'source' ? 'target' : 'source']: policy === 'ignore' ? 'report' : 'ignore',
      [side]: policy,
    } as ErrorPolicies;
    const { player, machine } = stage(failing(fault(side, { errno }), onError, { resume: true }));
    const { status } = machine.job;
    const [action, ioStatus] = WANTED[policy][errno];
    expect(player.play(`job: ... ${STRIKES[side]}`)).toBeNull();
    expect(status.eventSeen).toEqual({ action, error: blockError(side, errno) });
    expect(status.ioStatusSeen).toBe(ioStatus);
    expect(player.finish()).toBeNull();
    expect(status.eventsSeen).toBe(1);
    expect([status.stateSeen, status.errorSeen]).toEqual([
      JobState.completed,
      action === ErrorAction.report ? blockError(side, errno) : NO_ERROR,
    ]);
  });

  it.each(CASES)('catches any other action: the $side meets $errno under $policy', ({ policy, side, errno }) => {
    const [right] = WANTED[policy][errno];
    for (const action of Object.values(ErrorAction)) {
      const { player, machine } = stage(failing(fault(side, { errno }), both(policy)));
      player.play(`job: ... ${side === 'source' ? 'sleep c1' : 'copy.data c1'}`);
      const broken = player.playSpoiled(`job: ${STRIKES[side]}`, (world) => world.store(machine.job.status.eventsCell + 1, action));
      expect(broken?.property).toBe(action === right ? undefined : 'errors-are-told');
    }
  });
});

describe('an error that the job meets', () => {
  it('is caught if no event tells of it: an allocation query failed', () => {
    const scenario = { ...smallScenario('top', []), faults: [fault('source', { op: 'ask', cluster: 0 })] };
    const { player } = stage(scenario, { without: ['allocationErrorIsHandled'] });
    player.play('job: ... sleep c0');
    expect(player.play('job: ask c0')).toEqual(told('the job got EIO from the source, but no event reports it'));
    expect(stage(scenario).player.finish()).toBeNull();
  });

  it('is caught if the event accuses the other side', () => {
    const { player } = stage(failing(fault('source'), both('report')), { without: ['sideOfErrorIsTold'] });
    expect(player.finish()).toEqual(told('the job got EIO from the source and reported EIO from the target'));
  });

  /** The job meets EIO of the target, and something is changed in the same step. */
  const spoilt = (policy: ErrorPolicy, change: (world: World, on: ReturnType<typeof stage>) => void): Violation | null => {
    const on = stage(failing(fault('target'), both(policy)));
    on.player.play('job: ... copy.data c1');
    return on.player.playSpoiled('job: copy.store c1', (world) => change(world, on));
  };

  it('is caught if the event tells of another errno', () => {
    const broken = spoilt('report', (world, { machine }) => world.store(machine.job.status.eventsCell + 2, blockError('target', 'ENOSPC')));
    expect(broken).toEqual(told('the job got EIO from the target and reported ENOSPC from the target'));
  });

  it('is caught if it is handled in another way than the policy wants', () => {
    const instead =
      (action: ErrorAction) =>
      (world: World, { machine }: ReturnType<typeof stage>): void =>
        world.store(machine.job.status.eventsCell + 1, action);
    expect(spoilt('report', instead(ErrorAction.ignore))).toEqual(
      told('the job got EIO from the target, and its policy "report" requires report; it did ignore'),
    );
    expect(spoilt('enospc', instead(ErrorAction.stop))).toEqual(
      told('the job got EIO from the target, and its policy "enospc" requires report; it did stop'),
    );
    expect(spoilt('stop', instead(ErrorAction.none))).toEqual(
      told('the job got EIO from the target, and its policy "stop" requires stop; it did nothing'),
    );
  });

  it('is caught if the job stops and does not show it, or shows it and does not stop', () => {
    const stopped = told('after EIO the job does not show that it has stopped');
    expect(spoilt('stop', (_, { machine }) => machine.job.status.setIoStatus(IoStatus.ok))).toEqual(stopped);
    expect(spoilt('stop', (_, { machine }) => machine.job.status.setIoStatus(IoStatus.nospace))).toEqual(stopped);
    expect(spoilt('stop', (_, { machine }) => (machine.job.resume(), machine.job.status.setIoStatus(IoStatus.failed)))).toEqual(stopped);
  });

  it.each(['report', 'ignore'] as const)('is caught if the job shows that it has stopped, under %s', (policy) => {
    const broken = spoilt(policy, (_, { machine }) => machine.job.status.setIoStatus(IoStatus.failed));
    expect(broken).toEqual(told('after EIO the job does not show that it has continued'));
  });

  it('is no less told if the job is paused by its user at the time', () => {
    expect(spoilt('ignore', (_, { machine }) => machine.job.pause())).toBeNull();
  });
});

describe('an error that the job has not met', () => {
  it('is caught if it is told: a target that is too short is no fault of the disk, and the message says what it was', () => {
    const scenario: Scenario = { ...smallScenario('full', []), existingTarget: { sectors: 4, backed: false, data: [] } };
    const { player } = stage(scenario, { without: ['targetLengthIsSourceLength'] });
    player.play('job: ... copy.data c2');
    expect(player.play('job: copy.store c2')).toEqual(
      told('the job reported EIO from the target, and no disk had failed: the target ends at sector 4, the disk at 6'),
    );
    expect(stage(scenario).player.finish()).toBeNull(); // refused
  });

  it('is caught if it is told again later', () => {
    const { player, machine } = stage(failing(fault('target'), both('ignore')));
    player.play('job: ... copy.store c1');
    const { eventsCell } = machine.job.status;
    expect(player.playSpoiled('job: sleep c1', (world) => world.store(eventsCell, 2))).toEqual(
      told('the job reported EIO from the target, but no such error occurred'),
    );
  });

  it("is caught if it is told of another's: a guest met it", () => {
    const { player, machine } = stage(failing(fault('target'), both('report'), { guest: [request('g1', 'write', [2, 2])] }));
    player.play('job: start', 'g1: ... copy.data c1');
    const broken = player.playSpoiled('g1: copy.store c1', () => machine.job.status.tell(ErrorAction.report, blockError('target', 'EIO')));
    expect(broken).toEqual(told('the job reported EIO from the target, but no such error occurred'));
  });

  it.each([
    ['a copy of a guest', fault('target'), 'copy.store c1'],
    ["a guest's own write", fault('source', { op: 'write' }), 'write.send c1'],
  ])('need not be told: %s met it, and the guest is who hears of it', (_, planned, strikes) => {
    const { player, machine } = stage(failing(planned, both('report'), { guest: [request('g1', 'write', [2, 2])] }));
    expect(player.play('job: start', `g1: ... ${strikes}`, 'g1: write.EIO')).toBeNull();
    expect(player.finish()).toBeNull();
    expect(machine.job.status.eventsSeen).toBe(0);
    expect(machine.job.status.errorSeen).toBe(NO_ERROR);
  });
});

describe('COMPLETED', () => {
  it('is caught without the error that ended the job', () => {
    const { player } = stage(failing(fault('target'), both('report')), { without: ['completedTellsError'] });
    player.play('job: ... copy.store c1');
    expect(player.play('job: close')).toEqual(told('COMPLETED without an error, although EIO from the target ended the job'));
  });

  it('is caught with an error that the job has got over', () => {
    // TOP: the job stops at cluster 1, a discard takes away what was allocated there, and the job passes over it.
    const scenario: Scenario = {
      ...smallScenario('top', [request('g1', 'discard', [4, 2])]),
      disk: { ...smallScenario('top', []).disk, discardReads: 'backing' },
      faults: [fault('source', { cluster: 2 })],
      onError: both('ignore'),
    };
    const lines = ['job: ... copy.read c2', 'g1: ...'];
    const { player, machine } = stage(scenario, { without: ['staleErrorIsForgotten'] });
    expect(player.play(...lines)).toBeNull();
    expect(player.finish()).toEqual(told('COMPLETED with EIO from the source, which did not end the job'));
    expect(machine.source.isAllocatedAt(4)).toBe(false);
    const right = stage(scenario);
    right.player.play(...lines);
    expect(right.player.finish()).toBeNull();
    expect(right.machine.job.status.errorSeen).toBe(NO_ERROR);
  });

  it('is caught with another error than the one that ended the job', () => {
    const { player, machine } = stage(failing(fault('target'), both('report')));
    player.play('job: ... copy.store c1');
    // 1: EIO from the source
    const broken = player.playSpoiled('job: close', () => machine.job.status.setErrorFrom(machine.job.status.eventsCell));
    expect(broken).toEqual(told('COMPLETED with EIO from the source, and EIO from the target ended it'));
  });

  it('is caught with any error where there was none at all', () => {
    const { player, machine } = stage(smallScenario('full', []));
    player.play('job: ... copy.done c2');
    const broken = player.playSpoiled('job: close', (world) => world.store(machine.job.status.errorCells[0]!, blockError('target', 'EIO')));
    expect(broken).toEqual(told('COMPLETED with EIO from the target, which did not end the job'));
  });

  it('goes by the latest error: one that was ignored, then one that was reported', () => {
    const scenario = failing(fault('target'), { source: 'ignore', target: 'report' });
    const { player, machine } = stage({ ...scenario, faults: [fault('source', { cluster: 0 }), fault('target')] });
    expect(player.finish()).toBeNull();
    expect(machine.job.status.eventsSeen).toBe(2);
    expect(machine.job.status.errorSeen).toBe(blockError('target', 'EIO'));
  });

  it('comes without an error after any number that were got over, each of them told', () => {
    for (const policy of ['ignore', 'stop'] as const) {
      const { player, machine } = stage({ ...failing(fault('target', { times: 3 }), both(policy)), resume: true });
      expect(player.finish()).toBeNull();
      expect(machine.job.status.eventsSeen).toBe(3);
      expect([machine.job.status.stateSeen, machine.job.status.errorSeen]).toEqual([JobState.completed, NO_ERROR]);
    }
  });
});

describe('CANCELLED', () => {
  it.each(ERROR_POLICIES)('need not tell of an error, be it from before the cancel or after it (%s)', (policy) => {
    for (const lines of [
      ['job: ... copy.store c1', 'user: cancel'],
      ['job: ... copy.data c1', 'user: cancel', 'job: copy.store c1'],
    ]) {
      const { player, machine } = stage(failing(fault('target'), both(policy), { cancel: true }));
      expect(player.play(...lines)).toBeNull();
      expect(machine.job.status.eventsSeen).toBe(1); // an event tells of it all the same
      expect(player.finish()).toBeNull();
      expect(machine.job.status.stateSeen).toBe(JobState.cancelled);
    }
  });

  it.each(['ignore', 'stop'] as const)('is caught if it carries an error that was got over, as in QEMU 1.6 (%s)', (policy) => {
    const scenario = failing(fault('target'), both(policy), { cancel: true });
    const { player, machine } = stage(scenario, { without: ['staleErrorIsForgotten'] });
    expect(player.play('job: ... copy.store c1', 'user: cancel')).toBeNull();
    expect(player.finish()).toEqual(told('CANCELLED with EIO from the target, which did not end the job'));
    expect([machine.job.status.stateSeen, machine.job.status.errorSeen]).toEqual([JobState.cancelled, blockError('target', 'EIO')]);
    const right = stage(scenario);
    right.player.play('job: ... copy.store c1', 'user: cancel');
    expect(right.player.finish()).toBeNull();
    expect(right.machine.job.status.errorSeen).toBe(NO_ERROR);
  });

  it('may carry the error that ended the job, and is caught with another', () => {
    const { player, machine } = stage(failing(fault('target'), both('report'), { cancel: true }));
    expect(player.play('job: ... copy.store c1', 'user: cancel')).toBeNull();
    const { status } = machine.job;
    // 1: EIO from the source
    const broken = player.playSpoiled('job: close', () => status.setErrorFrom(status.eventsCell));
    expect(broken).toEqual(told('CANCELLED with EIO from the source, and EIO from the target ended it'));
  });
});
