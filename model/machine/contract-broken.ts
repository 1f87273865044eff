/** What is told of a job that breaks the replay contract (job.ts): where, and what that may come from. */
import { HiddenState } from '../kernel/engine.ts';
import type { Step } from '../kernel/step.ts';
import type { TwinMachine } from './twin-machine.ts';
import { isCustomJob } from '../families/custom/file-name.ts';
import { ContractError, type JobError } from '../families/custom/job-error.ts';

/** A machine and a twin of it: what both run must come to the same. */
export interface Pair {
  readonly machine: TwinMachine;
  /** With the scenario that is loaded now, to run the other way. */
  readonly readyTwin: () => TwinMachine;
  /** What is told where they part in this step. */
  readonly broken: (id: number, step: Step) => JobError;
}

const CAUSES = 'a variable that changes lives across a yield*, two places wait in this step, or something outside of the cells changes';

/**
 * @param step as traces name it
 * @param place file, line and column of the yield* that waits in it; null: none can be told
 */
export function contractBroken(name: string, step: string, place: string | null): JobError {
  return new ContractError(
    `${name}: from the step "${step}"${place === null ? '' : ` (${place})`} it continues now in one way and now in another: ${CAUSES}`,
  );
}

/** A run came to something else when it was run again, and no step of it can be told. @param what of it */
export const neverTheSame = (name: string, what: string): JobError =>
  new ContractError(`${name}: ${what} when it was run again: something outside of the cells changes`);

/** A failure that does not come again: of a custom job its author's mistake, else ours. @param job as a trace names it */
export function notReproduced(job: string): Error {
  return isCustomJob(job)
    ? neverTheSame(job, 'a run that broke a property broke none')
    : new Error('a failing run did not fail when it was run again: the model is not deterministic');
}

/** @throws what `broken` makes, where the table finds that something is kept outside the cells */
export function orContractBroken<T>(work: () => T, broken: () => JobError): T {
  try {
    return work();
  } catch (error) {
    throw error instanceof HiddenState ? broken() : error;
  }
}
