import { describe, expect, it } from 'vitest';
import '../../../src/families/block-copy.ts';
import { Properties } from '../../../properties/all.ts';
import type { Scenario } from '../../scenario/scenario.ts';
import { smallScenario, staged } from '../../testing.ts';
import type { Step } from '../../kernel/step.ts';
import type { Machine } from '../../machine/machine.ts';

const CANCELLED: Scenario = { ...smallScenario('full', [], { sectors: 2, cancel: true }) };
const STOPS: Scenario = {
  ...CANCELLED,
  onError: { source: 'report', target: 'stop' },
  faults: [{ side: 'target', op: 'write', cluster: 0, errno: 'EIO', times: 1 }],
};

/** The properties, and the steps of the job's call since the cancel. */
class CallsAfterCancel extends Properties {
  readonly steps: string[] = [];
  readonly #one: Machine;

  constructor(machine: Machine) {
    super(machine);
    this.#one = machine;
  }
  override after(coroutine: Parameters<Properties['after']>[0], step: Step): ReturnType<Properties['after']> {
    if (coroutine.name === 'call' && this.#one.job.isCancelledSeen) this.steps.push(this.#one.stepName(step));
    return super.after(coroutine, step);
  }
}

describe('a job that is cancelled while it stands still (block/backup.c, backup_loop)', () => {
  it('begins one more call if an error has stopped it, whose first copy is made', () => {
    const { observer, player } = staged(STOPS, (machine) => new CallsAfterCancel(machine), { job: 'block-copy' });
    player.play('job: start', 'job.call: call', 'job: copying.begun', 'job.call: ...', 'job: copying', 'user: cancel');
    expect(player.finish()).toBeNull();
    expect(observer.steps).toEqual([
      'call',
      'copy.status c0',
      'copy.read c0',
      'copy.took c0',
      'copy.data c0',
      'copy.store c0',
      'copy.land c0',
      'copy.done c0',
    ]);
  });

  it('begins none if a user has paused it', () => {
    const { observer, player } = staged({ ...CANCELLED, pause: true }, (machine) => new CallsAfterCancel(machine), { job: 'block-copy' });
    player.play(
      'job: start',
      'job.call: call',
      'job: copying.begun',
      'operator: pause',
      'job: copying',
      'job.call: ...',
      'job: copying.stops',
      'user: cancel',
    );
    expect(player.finish()).toBeNull();
    expect(observer.steps).toEqual([]);
  });
});
