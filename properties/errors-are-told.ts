/**
 * errors-are-told: a job tells of each injected fault that it meets, as the policies want it, and of no other error.
 *
 * Whenever the job meets a fault, an event tells of this errno and this side, with the action of the
 * policy for this side, in the same step; a job that stops shows its io-status. COMPLETED tells of an
 * error exactly if the latest error was to be reported: then of that one. CANCELLED, which in QEMU 1.6 carries one, too, carries no
 * other than that. That a job which completed without an error has a right snapshot is for snapshot-kept to say.
 *
 * Of the tasks of a job several may fail before it looks. It tells of one of these errors, once, whichever; and of none only
 * if it was paused or cancelled before: then its tasks end, it tries again what they have not copied, and need not tell.
 *
 * An error of TOP's scan ends the job whatever the policy says, and is told by COMPLETED alone (QEMU: `backup_run` returns it).
 */
import { type BlockError, NO_ERROR, errnoOf, printError, sideOf } from '../model/block/errors.ts';
import type { Coroutine } from '../model/kernel/coroutine.ts';
import type { Step } from '../model/kernel/step.ts';
import { ErrorAction, JobState } from '../model/job/job-status.ts';
import type { DiskOfMachine } from '../model/machine/disk-of-machine.ts';
import { roleOf } from '../model/meaning.ts';
import { policiesOf } from '../model/scenario/scenario.ts';
import { endOfTarget } from './end-of-target.ts';
import { promisedAction, promisedIoStatus } from './promised-errors.ts';
import { type FaultSet, faultsIn, hasFault, isAboutIo, withFault } from './fault-set.ts';
import type { Property, Violation } from './property.ts';
import { isScan } from './scan.ts';
import { Watched } from './watch.ts';

const ACTION: Record<ErrorAction, string> = {
  [ErrorAction.none]: 'nothing',
  [ErrorAction.report]: 'report',
  [ErrorAction.ignore]: 'ignore',
  [ErrorAction.stop]: 'stop',
};

/** It shows a stop that it did not keep: a job that an error has stopped notices that only where it yields (QEMU: at a pause point). */
const CONTINUED_WHILE_STOPPED = 'the job made another request after an error had stopped it';

export class ErrorsAreTold implements Property {
  readonly name = 'errors-are-told';
  readonly sentence = 'The job reports every error that it gets, with errno and side, as its policies require, and no other error.';
  readonly watches = Watched.fault | Watched.error | Watched.jobState;
  readonly #machine: DiskOfMachine;
  /** How many events there have been. */
  readonly #eventsCell: number;
  /** What tasks of the job have met, and the job has not told of. */
  readonly #metCell: number;
  /** The error of the scan. */
  readonly #scanCell: number;

  constructor(machine: DiskOfMachine) {
    this.#machine = machine;
    this.#eventsCell = machine.world.alloc('oracle.errorEvents', 1);
    this.#metCell = machine.world.alloc('oracle.errorsMet', 1);
    this.#scanCell = machine.world.alloc('oracle.scanError', 1);
  }

  begin(): void {}

  after(coroutine: Coroutine, step: Step): Violation | null {
    const { world, job } = this.#machine;
    const told = job.status.eventsSeen !== world.cells[this.#eventsCell];
    world.store(this.#eventsCell, job.status.eventsSeen);
    if (coroutine !== job) this.#noteMet(coroutine, step);
    const before = this.#takeMet(told);
    const struck = coroutine === job ? this.#machine.faultStruck() : NO_ERROR;
    const met = isScan(job, step) ? NO_ERROR : struck;
    if (met !== struck) world.store(this.#scanCell, struck);
    if (met === NO_ERROR && told && hasFault(before, job.status.eventSeen.error))
      return this.#judge(job.status.eventSeen.error) ?? this.#judgeEnd();
    if (met === NO_ERROR && told) return this.#toldUnmet(printError(job.status.eventSeen.error));
    const violation =
      met === NO_ERROR ? null : told ? this.#judge(met) : this.#wrong(`the job got ${printError(met)}, but no event reports it`);
    return violation ?? this.#judgeEnd();
  }

  end(): null {
    return null;
  }

  /** A task of the job may have met a fault. */
  #noteMet(coroutine: Coroutine, step: Step): void {
    const { world, shape } = this.#machine;
    if (!shape.faults || this.#machine.guestOf(coroutine) !== null || !isAboutIo(step)) return;
    const fault = this.#machine.faultStruck();
    if (fault !== NO_ERROR) world.store(this.#metCell, withFault(world.cells[this.#metCell]!, fault));
  }

  /** @returns what was met and not told before this step */
  #takeMet(told: boolean): FaultSet {
    const { world } = this.#machine;
    const met = world.cells[this.#metCell]!;
    if (told) world.store(this.#metCell, 0);
    return met;
  }

  #toldUnmet(error: string): Violation {
    const why = error === 'EIO from the target' ? endOfTarget(this.#machine) : null;
    return this.#wrong(`the job reported ${error}, ${why === null ? 'but no such error occurred' : `and ${why}`}`);
  }

  /** Whether somebody has paused the job or cancelled it by now. */
  get #mayBeSilent(): boolean {
    const { job, operator, scenario } = this.#machine;
    const hasPaused = scenario.pause === true && operator !== null && roleOf(operator.pending) !== 'pauses';
    return hasPaused || job.isCancelledSeen;
  }

  #judge(met: BlockError): Violation | null {
    const { job, scenario } = this.#machine;
    const { action, error } = job.status.eventSeen;
    if (error !== met) return this.#wrong(`the job got ${printError(met)} and reported ${printError(error)}`);
    const policy = policiesOf(scenario)[sideOf(met)];
    const wanted = promisedAction(policy, met);
    if (action !== wanted)
      return this.#wrong(`the job got ${printError(met)}, and its policy "${policy}" requires ${ACTION[wanted]}; it did ${ACTION[action]}`);
    if (job.status.ioStatusSeen !== promisedIoStatus(wanted, met) || (wanted === ErrorAction.stop && !job.isPausedSeen))
      return this.#wrong(
        wanted !== ErrorAction.stop && job.isPausedSeen
          ? CONTINUED_WHILE_STOPPED
          : `after ${errnoOf(met)} the job does not show that it has ${wanted === ErrorAction.stop ? 'stopped' : 'continued'}`,
      );
    return null;
  }

  #judgeEnd(): Violation | null {
    const {
      world,
      job: { status },
    } = this.#machine;
    const isCancelled = status.stateSeen === JobState.cancelled;
    if (!isCancelled && status.stateSeen !== JobState.completed) return null;
    const [untold] = this.#mayBeSilent ? [] : faultsIn(world.cells[this.#metCell]!);
    if (untold !== undefined) return this.#wrong(`the job got ${printError(untold)}, but no event reports it`);
    const { action, error } = status.eventSeen;
    const expected = world.cells[this.#scanCell]! || (action === ErrorAction.report ? error : NO_ERROR);
    const told = status.errorSeen;
    if (told === expected || status.isGivenUpSeen) return null; // a job that gave up ends with an error of its own: given-up judges it
    if (told === NO_ERROR)
      return isCancelled ? null : this.#wrong(`COMPLETED without an error, although ${printError(expected)} ended the job`);
    const andYet = expected === NO_ERROR ? 'which did not end the job' : `and ${printError(expected)} ended it`;
    return this.#wrong(`${isCancelled ? 'CANCELLED' : 'COMPLETED'} with ${printError(told)}, ${andYet}`);
  }

  #wrong(detail: string): Violation {
    return { property: this.name, detail };
  }
}
