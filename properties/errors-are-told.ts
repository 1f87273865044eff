/**
 * errors-are-told: whoever meets an injected fault says so, as the policies want it, and nobody else does.
 *
 * Whenever the job meets a fault, an event tells of this errno and this side, with the action of the
 * policy for this side, in the same step; a job that stops shows its io-status. COMPLETED tells of an
 * error exactly if the latest error was to be reported: then of that one. That a job which completed
 * without an error has a right snapshot is for snapshot-kept to say.
 */
import { type BlockError, NO_ERROR, errnoOf, printError, sideOf } from '../model/block/errors.ts';
import type { Coroutine } from '../model/kernel/coroutine.ts';
import { ErrorAction, JobState } from '../model/job/job-status.ts';
import type { Machine } from '../model/machine/machine.ts';
import { policiesOf } from '../model/scenario/scenario.ts';
import { promisedAction, promisedIoStatus } from './promised-errors.ts';
import type { Property, Violation } from './property.ts';
import { Watched } from './watch.ts';

const ACTION: Record<ErrorAction, string> = {
  [ErrorAction.none]: 'nothing',
  [ErrorAction.report]: 'report',
  [ErrorAction.ignore]: 'ignore',
  [ErrorAction.stop]: 'stop',
};

export class ErrorsAreTold implements Property {
  readonly name = 'errors-are-told';
  readonly sentence = 'Every error that the job meets is told with its errno and side, as the policies want it, and no other is.';
  readonly watches = Watched.fault | Watched.error | Watched.jobState;
  readonly #machine: Machine;
  /** How many events there have been. */
  readonly #eventsCell: number;

  constructor(machine: Machine) {
    this.#machine = machine;
    this.#eventsCell = machine.world.alloc('oracle.errorEvents', 1);
  }

  begin(): void {}

  after(coroutine: Coroutine): Violation | null {
    const { world, job } = this.#machine;
    const told = job.status.eventsSeen !== world.cells[this.#eventsCell];
    world.store(this.#eventsCell, job.status.eventsSeen);
    const met = coroutine === job ? this.#machine.faultStruck() : NO_ERROR;
    if (met === NO_ERROR && told) return this.#wrong(`the job told of ${printError(job.status.eventSeen.error)}, and met no such fault`);
    const violation =
      met === NO_ERROR ? null : told ? this.#judge(met) : this.#wrong(`the job met ${printError(met)}, and no event tells of it`);
    return violation ?? this.#judgeEnd();
  }

  end(): null {
    return null;
  }

  #judge(met: BlockError): Violation | null {
    const { job, scenario } = this.#machine;
    const { action, error } = job.status.eventSeen;
    if (error !== met) return this.#wrong(`the job met ${printError(met)}, and told of ${printError(error)}`);
    const policy = policiesOf(scenario)[sideOf(met)];
    const wanted = promisedAction(policy, met);
    if (action !== wanted)
      return this.#wrong(`the job met ${printError(met)}, and its policy "${policy}" wants ${ACTION[wanted]}; it did ${ACTION[action]}`);
    if (job.status.ioStatusSeen !== promisedIoStatus(wanted, met) || (wanted === ErrorAction.stop && !job.isPausedSeen))
      return this.#wrong(`after ${errnoOf(met)} the job does not show that it has ${wanted === ErrorAction.stop ? 'stopped' : 'gone on'}`);
    return null;
  }

  #judgeEnd(): Violation | null {
    const { status } = this.#machine.job;
    if (status.stateSeen !== JobState.completed) return null;
    const { action, error } = status.eventSeen;
    const expected = action === ErrorAction.report ? error : NO_ERROR;
    const told = status.errorSeen;
    if (told === expected) return null;
    if (told === NO_ERROR) return this.#wrong(`COMPLETED without an error, and ${printError(expected)} ended the job`);
    return this.#wrong(
      `COMPLETED with ${printError(told)}, ${expected === NO_ERROR ? 'which did not end the job' : `and ${printError(expected)} ended it`}`,
    );
  }

  #wrong(detail: string): Violation {
    return { property: this.name, detail };
  }
}
