/**
 * always-finishes: every request, the job and a cancel end. Not one waits for ever, and no step
 * goes on without yielding. A NONE job that nobody cancels is not expected to end; FULL and TOP must end by themselves, even if the guest
 * never stops. That a run comes back to where it was before, src/search/cycle-detector.ts tells.
 */
import { roleOf } from '../model/meaning.ts';
import { Misuse } from '../model/kernel/misuse.ts';
import type { Coroutine } from '../model/kernel/coroutine.ts';
import { NO_ERROR, sideOf } from '../model/block/errors.ts';
import { GuestRequest } from '../model/block/guest.ts';
import { ErrorAction, IoStatus } from '../model/job/job-status.ts';
import type { Machine } from '../model/machine/machine.ts';
import { policiesOf } from '../model/scenario/scenario.ts';
import { promisedAction } from './promised-errors.ts';
import type { Property, Violation } from './property.ts';
import { describeWaiting } from './waiting.ts';
import { Watched } from './watch.ts';

const SAYS: Partial<Record<Misuse, string>> = {
  [Misuse.spins]: 'runs forever without yielding: nothing else can run',
  [Misuse.waitsForItself]: 'would wait for its own request: QEMU asserts against that and aborts',
};

export class AlwaysFinishes implements Property {
  readonly name = 'always-finishes';
  readonly sentence = 'Every request, the job and a cancel finish: no coroutine waits forever, and no step spins.';
  readonly watches = Watched.misuse;
  readonly #machine: Machine;

  constructor(machine: Machine) {
    this.#machine = machine;
  }

  begin(): void {}

  after(coroutine: Coroutine): Violation | null {
    const { world } = this.#machine;
    const says = SAYS[world.cells[world.misuseCell] as Misuse];
    return says === undefined ? null : { property: this.name, detail: `${this.#machine.coroutineName(coroutine)} ${says}` };
  }

  end(): Violation | null {
    const waiting = this.#machine.coroutines
      .alive()
      .filter((c) => !this.#mayStay(c))
      .map(({ id }) => id);
    return waiting.length === 0 ? null : { property: this.name, waiting, detail: describeWaiting(this.#machine, waiting) };
  }

  /**
   * NONE parked for a cancel that never comes, a job stopped by an error that nobody sees to, the operator on call for such an error,
   * or an endless guest that would go on after the next step of such a job.
   */
  #mayStay(coroutine: Coroutine): boolean {
    const { job, operator, scenario, second, shape, sync } = this.#machine;
    const role = roleOf(coroutine.pending);
    if (coroutine === operator) return role === 'resumesStopped';
    if (coroutine instanceof GuestRequest && coroutine.waitsForJobSeen) return !job.hasEnded && this.#mayStay(job);
    if (coroutine === second?.job && shape.transaction !== 'grouped') return role === 'isParked' && !sync.endsByItself;
    if ((coroutine !== job && coroutine !== second?.job) || scenario.cancel) return false;
    return (role === 'isParked' && !sync.endsByItself) || (role === 'isPaused' && this.#wasToStop() && scenario.resume !== true);
  }

  /** Whether the latest error that the job told of was to stop it, by the policy for its side. */
  #wasToStop(): boolean {
    const { job, scenario } = this.#machine;
    const { error } = job.status.eventSeen;
    return (
      job.status.ioStatusSeen !== IoStatus.ok &&
      error !== NO_ERROR &&
      promisedAction(policiesOf(scenario)[sideOf(error)], error) === ErrorAction.stop
    );
  }
}
