import { describe, expect, it } from 'vitest';
import { ERRNOS, type Errno, SIDES, type Side, printError } from '../../block/errors.ts';
import type { Fault } from '../../block/faults.ts';
import type { Coroutine } from '../../kernel/coroutine.ts';
import type { Machine } from '../../machine/machine.ts';
import type { Scenario } from '../../scenario/scenario.ts';
import { NOBODY, type Player, request, smallScenario, staged } from '../../testing.ts';
import { ERROR_POLICIES, type ErrorPolicies, type ErrorPolicy } from '../../job/error-policy.ts';
import { ErrorAction, IoStatus, JobState } from '../../job/job-status.ts';
import type { RuleName } from './rules.ts';

const keyOf = (of: Record<string, number>, value: number): string => Object.keys(of).find((key) => of[key] === value)!;

/** A job under somebody's hands, and what it tells. */
class Stage {
  readonly machine: Machine;
  readonly player: Player<never>;

  constructor(scenario: Scenario, without: RuleName[] = []) {
    const { machine, player } = staged<never, typeof NOBODY>(scenario, () => NOBODY, { without });
    this.machine = machine;
    this.player = player;
  }

  play(...lines: string[]): this {
    this.player.play(...lines);
    return this;
  }
  finish(): this {
    this.player.finish();
    return this;
  }

  /** The pending step. */
  at(who: string): string {
    return this.machine.stepName(this.#named(who).pending);
  }
  canRun(who: string): boolean {
    const ids = new Int32Array(this.machine.coroutines.all.length);
    return ids.subarray(0, this.machine.ready(ids)).includes(this.#named(who).id);
  }
  get state(): string {
    return keyOf(JobState, this.machine.job.status.stateSeen);
  }
  get ioStatus(): string {
    return keyOf(IoStatus, this.machine.job.status.ioStatusSeen);
  }
  get offset(): number {
    return this.machine.job.status.offsetSeen;
  }
  /** The error in COMPLETED. */
  get error(): string {
    const { errorSeen } = this.machine.job.status;
    return errorSeen === 0 ? 'none' : printError(errorSeen);
  }
  /** The latest error event, and how many there were: `2: stop, EIO from the source`. */
  get event(): string {
    const { eventsSeen, eventSeen } = this.machine.job.status;
    return eventsSeen === 0 ? 'none' : `${eventsSeen}: ${keyOf(ErrorAction, eventSeen.action)}, ${printError(eventSeen.error)}`;
  }
  get target(): string {
    const { target } = this.machine;
    return Array.from({ length: target.sectors }, (_, s) =>
      target.isWrittenAt(s) ? this.machine.contentName(target.contentAt(s)) : '.',
    ).join(' ');
  }

  #named(who: string): Coroutine {
    return this.machine.coroutines.all.find((c) => this.machine.coroutineName(c) === who)!;
  }
}

const fault = (side: Side, errno: Errno = 'EIO', more: Partial<Fault> = {}): Fault => ({
  side,
  op: side === 'source' ? 'read' : 'write',
  cluster: 0,
  errno,
  times: 1,
  ...more,
});

/** A FULL of two clusters. */
const full = (more: Partial<Scenario> = {}): Scenario => ({ ...smallScenario('full', more.guest ?? [], { sectors: 4 }), ...more });

describe('a job', () => {
  it('copies cluster after cluster, sleeps in between, and tells how far it is', () => {
    const stage = new Stage(full()).play('job: start', 'job: sleep c0');
    expect([stage.state, stage.offset, stage.at('job')]).toEqual(['active', 0, 'copy.read c0']);
    stage.play('job: ... copy.done c0');
    expect([stage.offset, stage.at('job'), stage.target]).toEqual([2, 'sleep c1', 's0@0 s1@0 . .']);
    stage.play('job: ... close');
    expect([stage.state, stage.offset, stage.error, stage.event, stage.at('job')]).toEqual(['completed', 4, 'none', 'none', 'ended']);
  });
});

describe('the point in time', () => {
  const early = full({ guest: [request('g1', 'write', [0, 2], { early: true }), request('g2', 'read', [2, 2], { early: true })] });

  it('is taken when the requests in flight have ended', () => {
    const stage = new Stage(early).play('g1: write.start', 'g2: read.start', 'job: start');
    expect([stage.at('job'), stage.state, stage.canRun('job')]).toEqual(['start.drain', 'created', false]);
    stage.play('g1: ... write.done');
    expect(stage.canRun('job')).toBe(false);
    stage.play('g2: ... read.done', 'job: start.drain');
    expect([stage.state, stage.at('job')]).toEqual(['active', 'sleep c0']);
  });

  it('waits for nobody without drainGuestAtStart (S-06)', () => {
    const stage = new Stage(early, ['drainGuestAtStart']).play('g1: write.start', 'job: start');
    expect([stage.state, stage.at('g1')]).toEqual(['active', 'write.send c0']);
  });
});

/** What becomes of an error of one side under each policy for that side: the action, what the job does next, what it shows. */
const REPORTED = { action: 'report', next: 'close', ioStatus: 'ok', error: true };
const IGNORED = { action: 'ignore', next: 'sleep c0', ioStatus: 'ok', error: false };
const STOPPED = { action: 'stop', next: 'paused c0', error: false };
const OUTCOMES: Record<ErrorPolicy, Record<Errno, { action: string; next: string; ioStatus: string; error: boolean }>> = {
  report: { EIO: REPORTED, ENOSPC: REPORTED },
  ignore: { EIO: IGNORED, ENOSPC: IGNORED },
  stop: { EIO: { ...STOPPED, ioStatus: 'failed' }, ENOSPC: { ...STOPPED, ioStatus: 'nospace' } },
  enospc: { EIO: REPORTED, ENOSPC: { ...STOPPED, ioStatus: 'nospace' } },
};

describe('an error of the loop', () => {
  const cases = SIDES.flatMap((side) => ERRNOS.flatMap((errno) => ERROR_POLICIES.map((policy) => ({ side, errno, policy }))));

  it.each(cases)('$errno from the $side, policy $policy', ({ side, errno, policy }) => {
    const { action, next, ioStatus, error } = OUTCOMES[policy][errno];
    for (const other of ERROR_POLICIES) {
      const onError: ErrorPolicies = side === 'source' ? { source: policy, target: other } : { source: other, target: policy };
      const stage = new Stage(full({ faults: [fault(side, errno)], onError, resume: true }));
      stage.play(side === 'source' ? 'job: ... copy.read c0' : 'job: ... copy.store c0');
      expect([stage.event, stage.ioStatus, stage.at('job'), stage.offset]).toEqual([
        `1: ${action}, ${errno} from the ${side}`,
        ioStatus,
        next,
        0,
      ]);
      stage.finish();
      expect([stage.state, stage.error, stage.ioStatus, stage.event]).toEqual([
        'completed',
        error ? `${errno} from the ${side}` : 'none',
        'ok',
        `1: ${action}, ${errno} from the ${side}`,
      ]);
      expect(stage.target).toBe(error ? '. . . .' : 's0@0 s1@0 s2@0 s3@0');
    }
  });

  it('is met again as often as it comes: the same cluster is tried until it is copied', () => {
    const stage = new Stage(
      full({ faults: [fault('source', 'EIO', { cluster: 1, times: 3 })], onError: { source: 'ignore', target: 'report' } }),
    );
    stage.play('job: ... copy.done c0');
    for (const events of [1, 2, 3]) {
      stage.play('job: sleep c1', 'job: copy.read c1');
      expect([stage.event, stage.at('job'), stage.offset]).toEqual([`${events}: ignore, EIO from the source`, 'sleep c1', 2]);
    }
    expect([stage.finish().error, stage.offset]).toEqual(['none', 4]);
  });

  it('without retrySameClusterAfterError leaves a hole', () => {
    const stage = new Stage(full({ faults: [fault('source')], onError: { source: 'ignore', target: 'report' } }), [
      'retrySameClusterAfterError',
    ]).finish();
    expect([stage.target, stage.error]).toEqual(['. . s2@0 s3@0', 'none']);
  });

  it("of the source is the target's without sideOfErrorIsTold", () => {
    const stage = new Stage(full({ faults: [fault('source')], onError: { source: 'report', target: 'ignore' } }), [
      'sideOfErrorIsTold',
    ]).finish();
    expect([stage.event, stage.error]).toEqual(['1: ignore, EIO from the target', 'none']);
  });

  it('that ends the job leaves what was copied, and the offset', () => {
    const stage = new Stage(full({ faults: [fault('target', 'EIO', { cluster: 1 })] })).finish();
    expect([stage.state, stage.error, stage.offset, stage.target]).toEqual(['completed', 'EIO from the target', 2, 's0@0 s1@0 . .']);
  });

  it('is not told without completedTellsError', () => {
    const stage = new Stage(full({ faults: [fault('target')] }), ['completedTellsError']).finish();
    expect([stage.state, stage.error, stage.event]).toEqual(['completed', 'none', '1: report, EIO from the target']);
  });

  it("of a copy that a guest has asked for is the guest's alone", () => {
    const stage = new Stage(full({ guest: [request('g1', 'write', [0, 2])], faults: [fault('target', 'ENOSPC')] }));
    stage.play('job: start', 'g1: ... copy.store c0');
    expect([stage.at('g1'), stage.event]).toEqual(['write.ENOSPC', 'none']);
    stage.finish();
    expect([stage.error, stage.event, stage.target]).toEqual(['none', 'none', 's0@0 s1@0 s2@0 s3@0']);
  });
});

describe('a cluster whose copy failed', () => {
  const scenario = full({
    guest: [request('g1', 'write', [0, 2])],
    faults: [fault('target')],
    onError: { source: 'report', target: 'ignore' },
  });
  const failed = (without: RuleName[]): boolean => new Stage(scenario, without).play('job: ... copy.store c0').machine.job.copied.hasNow(0);

  it('is not marked, so that the next who comes copies it', () => {
    expect(failed([])).toBe(false);
    const stage = new Stage(scenario).play('job: ... copy.store c0', 'g1: ... write.done');
    expect(stage.target).toBe('s0@0 s1@0 . .');
  });

  it('is marked without failedCopyIsNotMarked, and without markAfterTargetHasData', () => {
    expect(failed(['failedCopyIsNotMarked'])).toBe(true);
    expect(failed(['markAfterTargetHasData'])).toBe(true);
  });

  it('is not marked if it could not even be read', () => {
    for (const without of [[], ['failedCopyIsNotMarked'], ['markAfterTargetHasData']] satisfies RuleName[][]) {
      const stage = new Stage({ ...scenario, faults: [fault('source')], onError: { source: 'ignore', target: 'report' } }, without).play(
        'job: ... copy.read c0',
      );
      expect(stage.machine.job.copied.hasNow(0)).toBe(false);
    }
  });
});

describe('the question what is allocated', () => {
  const scenario = { ...smallScenario('top', []), faults: [fault('source', 'EIO', { op: 'ask' })] };

  it('that fails is an error of the source, and the policy for it decides', () => {
    const reported = new Stage(scenario).finish();
    expect([reported.event, reported.error, reported.offset]).toEqual(['1: report, EIO from the source', 'EIO from the source', 0]);
    const ignored = new Stage({ ...scenario, onError: { source: 'ignore', target: 'report' } }).play('job: ... ask c0');
    expect([ignored.event, ignored.at('job')]).toEqual(['1: ignore, EIO from the source', 'sleep c0']);
    expect([ignored.finish().error, ignored.target]).toEqual(['none', 's0@0 s1@0 . . s4@0 s5@0']);
  });

  it('is asked again and again without allocationErrorIsHandled, and nobody is told', () => {
    const stage = new Stage({ ...scenario, faults: [fault('source', 'EIO', { op: 'ask', times: 2 })] }, ['allocationErrorIsHandled']).play(
      'job: ... sleep c0',
    );
    stage.play('job: ask c0', 'job: ask c0', 'job: ask c0');
    expect([stage.at('job'), stage.event, stage.finish().error]).toEqual(['copy.read c0', 'none', 'none']);
  });
});

describe('a job that an error has stopped', () => {
  const scenario = full({
    guest: [request('g1', 'write', [2, 2])],
    faults: [fault('source', 'ENOSPC')],
    onError: { source: 'stop', target: 'report' },
    resume: true,
    cancel: true,
  });
  const stopped = (without: RuleName[] = []): Stage => new Stage(scenario, without).play('job: ... copy.read c0');

  it('stays where it is until it is resumed, and tries the same cluster again', () => {
    const stage = stopped();
    expect([stage.at('job'), stage.canRun('job'), stage.ioStatus, stage.state]).toEqual(['paused c0', false, 'nospace', 'active']);
    stage.play('operator: resume.stopped');
    expect([stage.canRun('job'), stage.ioStatus, stage.machine.job.isPausedSeen]).toEqual([true, 'ok', false]);
    stage.play('job: paused c0', 'job: ... copy.done c0');
    expect([stage.target, stage.error]).toEqual(['s0@0 s1@0 . .', 'none']);
  });

  it('goes on copying what guests overwrite', () => {
    expect(stopped().play('g1: ... write.done').target).toBe('. . s2@0 s3@0');
  });

  it('is ended by a cancel, which is no error', () => {
    const stage = stopped().play('user: cancel');
    expect([stage.ioStatus, stage.machine.job.isPausedSeen, stage.canRun('job')]).toEqual(['ok', false, true]);
    stage.play('job: paused c0', 'job: close');
    expect([stage.state, stage.error]).toEqual(['cancelled', 'none']);
    stage.play('operator: resume.stopped'); // too late: there is no job
    expect([stage.state, stage.finish().target]).toEqual(['cancelled', '. . . .']);
  });

  it('sleeps for ever if nobody resumes or cancels it', () => {
    const stage = new Stage({ ...scenario, guest: [], resume: false, cancel: false }).finish();
    expect([stage.state, stage.at('job')]).toEqual(['active', 'paused c0']);
  });

  it('sleeps for ever without resumeWakesPausedJob, though no longer paused', () => {
    const stage = stopped(['resumeWakesPausedJob']).play('operator: resume.stopped');
    expect([stage.machine.job.isPausedSeen, stage.canRun('job')]).toEqual([false, false]);
  });

  it('is not woken by the cancel without cancelWakesParkedJob', () => {
    expect(stopped(['cancelWakesParkedJob']).play('user: cancel').canRun('job')).toBe(false);
  });
});

describe('an error that is over', () => {
  /** The job can't read cluster 0, and goes on; then the guest throws the cluster away, which TOP skips when it tries again. */
  function over(without: RuleName[]): Stage {
    const small = smallScenario('top', [request('g1', 'discard', [0, 2])], { sectors: 2 });
    const scenario: Scenario = {
      ...small,
      disk: { ...small.disk, discardReads: 'backing' },
      faults: [fault('source')],
      onError: { source: 'ignore', target: 'report' },
    };
    return new Stage(scenario, without).play('job: ... copy.read c0', 'g1: ... discard.done', 'job: ...');
  }

  it('is forgotten: the job completes without it', () => {
    expect([over([]).state, over([]).error]).toEqual(['completed', 'none']);
  });

  it('is told by COMPLETED without staleErrorIsForgotten (S-19)', () => {
    expect([over(['staleErrorIsForgotten']).state, over(['staleErrorIsForgotten']).error]).toEqual(['completed', 'EIO from the source']);
  });

  it('is carried by CANCELLED without it, too, as a build of fc5d3f84 did (reference A.15)', () => {
    const cancelled = (without: RuleName[]): Stage => {
      const scenario: Scenario = { ...full({ cancel: true }), faults: [fault('source')], onError: { source: 'stop', target: 'report' } };
      return new Stage(scenario, without).play('job: ... copy.read c0', 'user: cancel', 'job: ...');
    };
    const seen = (without: RuleName[]): string[] => [cancelled(without).state, cancelled(without).error];
    expect(seen(['staleErrorIsForgotten'])).toEqual(['cancelled', 'EIO from the source']);
    expect(seen([])).toEqual(['cancelled', 'none']);
  });
});

describe('a pause', () => {
  const guest = [request('g1', 'write', [2, 2])];

  it('holds the job at its next sleep, not in a copy and not in the sleep that it is in', () => {
    const stage = new Stage(full({ pause: true })).play('job: start', 'operator: pause');
    expect([stage.at('job'), stage.canRun('job'), stage.machine.job.isPausedSeen]).toEqual(['sleep c0', true, true]);
    stage.play('job: sleep c0', 'job: ... copy.done c0');
    expect([stage.at('job'), stage.canRun('job')]).toEqual(['paused c1', false]);
    stage.play('operator: resume', 'job: paused c1');
    expect(stage.at('job')).toBe('copy.read c1'); // it has slept enough
    expect(stage.finish().target).toBe('s0@0 s1@0 s2@0 s3@0');
  });

  it('does not keep the hook from copying what guests overwrite', () => {
    const stage = new Stage(full({ guest, pause: true })).play(
      'job: start',
      'operator: pause',
      'job: ... copy.done c0',
      'g1: ... write.done',
    );
    expect([stage.at('job'), stage.target]).toEqual(['paused c1', 's0@0 s1@0 s2@0 s3@0']);
    expect([stage.offset, stage.finish().offset]).toEqual([4, 4]);
  });

  it('does, without hookGoesOnWhilePaused', () => {
    const stage = new Stage(full({ guest, pause: true }), ['hookGoesOnWhilePaused']).play(
      'job: start',
      'operator: pause',
      'g1: ... write.done',
    );
    expect([stage.target, stage.finish().target.slice(-11)]).toEqual(['. . . .', 's2.g1 s3.g1']);
  });

  it('and loses no more than that', () => {
    const stage = new Stage(full({ pause: true }), ['hookGoesOnWhilePaused']).play('job: start', 'operator: pause').finish();
    expect(stage.target).toBe('s0@0 s1@0 s2@0 s3@0');
  });

  it('is no stop: the io-status stays ok, and no event is sent', () => {
    const stage = new Stage(full({ pause: true })).play('job: start', 'operator: pause');
    expect([stage.ioStatus, stage.event]).toEqual(['ok', 'none']);
  });

  it('is ended by a cancel', () => {
    const stage = new Stage(full({ pause: true, cancel: true })).play(
      'job: start',
      'operator: pause',
      'job: ... copy.done c0',
      'user: cancel',
      'job: paused c1',
      'job: close',
    );
    expect([stage.state, stage.target]).toEqual(['cancelled', 's0@0 s1@0 . .']);
  });

  it('and a resume that come while the job sleeps leave no trace', () => {
    const stage = new Stage(full({ pause: true })).play(
      'job: start',
      'operator: pause',
      'operator: resume',
      'job: sleep c0',
      'job: ... copy.done c0',
    );
    expect(stage.at('job')).toBe('sleep c1');
  });

  it('leaves a NONE job parked; a resume wakes it, and it parks again', () => {
    const none = { ...smallScenario('none', guest, { cancel: true }), pause: true };
    const stage = new Stage(none).play('job: start', 'operator: pause');
    expect([stage.at('job'), stage.canRun('job')]).toEqual(['park', false]);
    stage.play('g1: ... write.done');
    expect(stage.target).toBe('. . s2@0 s3@0 . .');
    stage.play('operator: resume', 'job: park');
    expect([stage.at('job'), stage.canRun('job'), stage.state]).toEqual(['park', false, 'active']);
    stage.play('user: cancel', 'job: park', 'job: close');
    expect(stage.state).toBe('cancelled');
  });

  it('of a NONE job is ended by a cancel, too', () => {
    const stage = new Stage({ ...smallScenario('none', [], { cancel: true }), pause: true }).play(
      'job: start',
      'operator: pause',
      'user: cancel',
      'job: park',
      'job: close',
    );
    expect(stage.state).toBe('cancelled');
  });
});

describe('a speed', () => {
  /** The names of the sleeps of a FULL of four clusters, of which the last is short. */
  const sleeps = (speed: number | undefined, ...lines: string[]): string[] => {
    const scenario: Scenario = {
      ...smallScenario('full', [request('g1', 'write', [6, 1])], { sectors: 7 }),
      ...(speed !== undefined && { speed }),
    };
    const stage = new Stage(scenario).play('job: start', ...lines);
    const names: string[] = [];
    for (; stage.at('job') !== 'close'; stage.play(`job: ${stage.at('job')}`))
      if (stage.at('job').startsWith('sleep')) names.push(stage.at('job'));
    return names;
  };

  it('has the job sleep longer once it has copied so many sectors in a slice of time', () => {
    expect(sleeps(4)).toEqual(['sleep c0', 'sleep c1', 'sleep.limit c2', 'sleep c3']);
  });

  it.each([1, 2])('below a cluster a slice (%i) still lets a cluster through each time', (speed) => {
    expect(sleeps(speed)).toEqual(['sleep c0', 'sleep.limit c1', 'sleep.limit c2', 'sleep.limit c3']);
  });

  it.each([undefined, 0])('of %s is no limit', (speed) => {
    expect(sleeps(speed)).toEqual(['sleep c0', 'sleep c1', 'sleep c2', 'sleep c3']);
  });

  it('counts the copies of the hook, too', () => {
    expect(sleeps(2, 'g1: ... write.done', 'job: sleep c0')).toEqual(['sleep.limit c1', 'sleep.limit c2', 'sleep.limit c3']);
    expect(sleeps(4, 'g1: ... write.done', 'job: sleep c0')).toEqual(['sleep.limit c1', 'sleep c2', 'sleep.limit c3']);
  });

  it('does not keep a cancel from ending the sleep at once', () => {
    const stage = new Stage(full({ speed: 1, cancel: true })).play(
      'job: ... copy.done c0',
      'user: cancel',
      'job: sleep.limit c1',
      'job: close',
    );
    expect(stage.state).toBe('cancelled');
  });
});

describe('a start that is refused', () => {
  const scenario: Scenario = {
    ...smallScenario('none', [request('g1', 'write', [0, 2]), request('g2', 'readT0', [0, 2])], { cancel: true }),
    existingTarget: { sectors: 5, backed: true, data: [] },
    pause: true,
  };

  it('leaves no job, no hook and an untouched target, and everybody else goes on', () => {
    const stage = new Stage(scenario).play('job: start');
    expect([stage.state, stage.at('job'), stage.machine.job.isRefused]).toEqual(['refused', 'ended', true]);
    expect(stage.machine.world.cells[stage.machine.sourceNode.hook.cell]).toBe(0);
    stage.play('g1: ... write.done', 'g2: readT0.start', 'operator: pause', 'operator: resume', 'user: cancel');
    expect([stage.at('g1'), stage.at('g2'), stage.at('user')]).toEqual(['ended', 'ended', 'ended']);
    expect([stage.state, stage.offset, stage.target]).toEqual(['refused', 0, '. . . . .']);
    expect([stage.machine.job.isCancelledSeen, stage.machine.job.isPausedSeen]).toEqual([false, false]);
  });

  it('waits for nobody', () => {
    const stage = new Stage({ ...scenario, guest: [request('g1', 'write', [0, 2], { early: true })] }).play(
      'g1: write.start',
      'job: start',
    );
    expect(stage.state).toBe('refused');
  });

  it('is not, without its rule: a short target fails what is past its end', () => {
    const stage = new Stage({ ...smallScenario('full', []), existingTarget: { sectors: 3, backed: false, data: [] } }, [
      'targetLengthIsSourceLength',
    ]).finish();
    expect([stage.state, stage.error, stage.offset, stage.target]).toEqual(['completed', 'EIO from the target', 2, 's0@0 s1@0 .']);
  });
});

describe('the offset', () => {
  it('counts each cluster once, copied by the job or by a guest, and the short one by its sectors', () => {
    const scenario = smallScenario('full', [request('g1', 'write', [1, 2])], { sectors: 5 });
    const stage = new Stage(scenario).play('job: start', 'g1: ... write.done');
    expect(stage.offset).toBe(4);
    expect(stage.finish().offset).toBe(5);
  });

  it('without hookCopiesAreCounted stays behind', () => {
    const scenario = smallScenario('full', [request('g1', 'write', [1, 2])], { sectors: 5 });
    expect(new Stage(scenario, ['hookCopiesAreCounted']).play('job: start', 'g1: ... write.done').finish().offset).toBe(1);
  });

  it('of TOP counts what it skips, once, even if a guest has it copied then', () => {
    const scenario = smallScenario('top', [request('g1', 'write', [2, 2])], { sectors: 6 });
    const stage = new Stage(scenario).play('job: ... ask c1');
    expect([stage.at('job'), stage.offset]).toEqual(['sleep c2', 4]);
    stage.play('g1: ... write.done');
    expect([stage.offset, stage.target]).toEqual([4, 's0@0 s1@0 s2@0 s3@0 . .']);
    expect(stage.finish().offset).toBe(6);
  });

  it('of TOP does not count again what a guest has had copied before it is skipped', () => {
    const small = smallScenario('top', [request('g1', 'discard', [2, 2])], { sectors: 6 });
    const stage = new Stage({ ...small, disk: { ...small.disk, discardReads: 'backing' } }).play(
      'job: start',
      'g1: ... discard.done',
      'job: ... ask c1',
    );
    expect([stage.offset, stage.finish().offset]).toEqual([4, 6]);
  });

  it('of TOP ends below the length without skippedAreCounted', () => {
    expect(new Stage(smallScenario('top', []), ['skippedAreCounted']).finish().offset).toBe(4);
  });

  it('of NONE counts what the hook has copied', () => {
    const stage = new Stage(smallScenario('none', [request('g1', 'write', [1, 2])], { cancel: true })).play(
      'job: start',
      'g1: ... write.done',
    );
    expect([stage.offset, stage.finish().offset]).toEqual([4, 4]);
  });

  it('does not count a copy that failed', () => {
    const stage = new Stage(full({ faults: [fault('target')], onError: { source: 'report', target: 'ignore' } })).play(
      'job: ... copy.store c0',
    );
    expect([stage.offset, stage.finish().offset]).toEqual([0, 4]);
  });
});

describe('the end', () => {
  it('waits for copies of the hook, then unlinks it, then for all requests, and only then closes the target and tells', () => {
    const guest = [request('g1', 'write', [0, 2]), request('g2', 'read', [2, 2])];
    const stage = new Stage(smallScenario('none', guest, { cancel: true })).play(
      'job: start',
      'g1: ... copy.read c0',
      'user: cancel',
      'job: park',
    );
    const hook = (): number | undefined => stage.machine.world.cells[stage.machine.sourceNode.hook.cell];
    expect([stage.at('job'), stage.canRun('job'), hook()]).toEqual(['drain.copies', false, 1]);
    stage.play('g1: ... copy.done c0', 'g2: read.start', 'job: drain.copies');
    expect([stage.at('job'), hook(), stage.state]).toEqual(['close.drain', 0, 'active']);
    stage.play('g1: ... write.done');
    expect(stage.canRun('job')).toBe(false);
    stage.play('g2: ... read.done', 'job: close.drain', 'job: close');
    expect(stage.state).toBe('cancelled');
  });

  it('is not hurried by a cancel that finds the job in a copy: it is seen when the copy has ended', () => {
    const stage = new Stage(full({ guest: [request('g1', 'write', [2, 2])], cancel: true })).play(
      'job: ... copy.read c0',
      'g1: write.start',
      'user: cancel',
    );
    expect(stage.at('job')).toBe('copy.took c0');
    stage.play('job: ... copy.done c0');
    expect([stage.at('job'), stage.canRun('job'), stage.target]).toEqual(['drain.copies', false, 's0@0 s1@0 . .']);
    stage.play('g1: ... copy.done c1');
    expect(stage.canRun('job')).toBe(true);
  });

  it('is CANCELLED even if all was copied when the cancel came', () => {
    const stage = new Stage(full({ cancel: true })).play('job: ... copy.done c1');
    expect(stage.at('job')).toBe('close');
    stage.play('user: cancel', 'job: close');
    expect([stage.state, stage.offset]).toEqual(['cancelled', 4]);
  });
});
