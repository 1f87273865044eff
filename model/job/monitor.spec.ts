import { describe, expect, it } from 'vitest';
import type { Fault } from '../block/faults.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { NOBODY, readyNow, request, smallScenario, staged } from '../testing.ts';

const broken: Fault = { side: 'source', op: 'read', cluster: 0, errno: 'EIO', times: 3 };
const stopping: Partial<Scenario> = { faults: [broken], onError: { source: 'stop', target: 'stop' } };

function on(scenario: Scenario) {
  const { machine, player } = staged<never, typeof NOBODY>(scenario, () => NOBODY);
  return {
    machine,
    play: (...lines: string[]) => void player.play(...lines),
    finish: () => void player.finish(),
    at: (who: 'job' | 'user' | 'operator') => machine.stepName(machine[who]!.pending),
    ready: () => readyNow(machine).map((id) => machine.coroutineName(machine.coroutines.byId(id))),
  };
}

const small = (more: Partial<Scenario> = {}): Scenario => ({ ...smallScenario('full', [], { sectors: 2 }), ...more });

describe('an operator', () => {
  it('pauses the job once, any time after T0, and resumes it', () => {
    const stage = on(small({ pause: true }));
    expect(stage.ready()).toEqual(['job']);
    stage.play('job: start');
    expect(stage.ready()).toEqual(['job', 'operator']);
    stage.play('operator: pause', 'operator: resume');
    expect([stage.at('operator'), stage.ready()]).toEqual(['resume.stopped', ['job']]);
    stage.finish();
    expect(stage.ready()).toEqual([]);
  });

  it('resumes the job whenever an error has stopped it', () => {
    const stage = on(small({ ...stopping, resume: true }));
    stage.play('job: start');
    for (let times = 1; times <= 3; times++) {
      expect(stage.ready()).toEqual(['job']);
      stage.play('job: ... copy.read c0');
      expect([stage.at('job'), stage.ready()]).toEqual(['paused c0', ['operator']]);
      stage.play('operator: resume.stopped', 'job: paused c0');
    }
    stage.finish();
    expect(stage.machine.target.contentAt(0)).toBe(stage.machine.contents.atT0(0));
  });

  it('who only pauses does not resume a job that an error has stopped', () => {
    const stage = on(small({ ...stopping, pause: true }));
    stage.play('job: start', 'operator: pause', 'operator: resume', 'job: ... copy.read c0');
    expect(stage.ready()).toEqual([]);
  });

  it('who does both resumes it after either', () => {
    const stage = on(small({ ...stopping, faults: [{ ...broken, times: 1 }], pause: true, resume: true }));
    stage.play('job: ... copy.read c0');
    expect(stage.ready()).toEqual(['operator']);
    stage.play('operator: pause', 'operator: resume', 'job: paused c0'); // the pause comes too late to matter
    expect(stage.ready()).toEqual(['job']);
    stage.finish();
    expect(stage.at('job')).toBe('ended');
  });

  it('who resumes the job between its pause and its stop finds it stopped again', () => {
    const stage = on(small({ ...stopping, faults: [{ ...broken, times: 1 }], pause: true, resume: true }));
    stage.play('job: start', 'operator: pause', 'operator: resume', 'job: sleep c0', 'job: ... copy.read c0');
    expect([stage.at('operator'), stage.ready()]).toEqual(['resume.stopped', ['operator']]);
  });

  it('is not there if nobody pauses or resumes', () => {
    expect(on(small()).machine.operator).toBeNull();
  });

  it('has nothing to do once the job has ended', () => {
    const stage = on(small({ pause: true }));
    stage.play('job: ...');
    const before = stage.machine.job.status.stateSeen;
    stage.play('operator: pause', 'operator: resume');
    expect([stage.machine.job.isPausedSeen, stage.machine.job.status.stateSeen]).toEqual([false, before]);
  });
});

describe('a user', () => {
  it('cancels by force: also a job that is paused', () => {
    const stage = on(small({ pause: true, cancel: true }));
    stage.play('job: start', 'operator: pause', 'user: cancel');
    expect([stage.machine.job.isPausedSeen, stage.machine.job.isCancelledSeen]).toEqual([false, true]);
    stage.finish();
    expect(stage.machine.target.isWrittenAt(0)).toBe(false);
  });

  it('may come any time after T0, or after requests have ended', () => {
    const scenario = smallScenario('none', [request('g1', 'write', [0, 2])], { cancel: true });
    const soon = on(scenario);
    soon.play('job: start');
    expect(soon.ready()).toEqual(['user', 'g1']);
    const late = on({ ...scenario, cancelAfter: ['g1'] });
    late.play('job: start');
    expect(late.ready()).toEqual(['g1']);
    late.play('g1: ...');
    expect(late.ready()).toEqual(['user']);
  });

  it('does not cancel a job that has ended', () => {
    const stage = on(small({ cancel: true }));
    stage.play('job: ...', 'user: cancel');
    expect(stage.machine.job.isCancelledSeen).toBe(false);
  });
});
