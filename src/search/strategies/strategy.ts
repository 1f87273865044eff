/**
 * The seam for search strategies: which of the ready coroutines runs next. A strategy knows nothing
 * of backup. What cuts across strategies (recording, statistics) wraps or listens; it is not here.
 *
 * A new strategy is one file and one line in strategies.ts; strategy.spec.ts holds every one of
 * them to the same contract.
 */
import type { Step } from '../../../model/kernel/step.ts';
import type { RandomNumbers } from './random-numbers.ts';

/** The steps that could run now. `ids` and `steps` hold `count` of them, ascending by id; they are reused. */
export interface ReadySteps {
  readonly count: number;
  readonly ids: Int32Array;
  /** The pending step of the i-th ready coroutine. */
  step(i: number): Step;
}

/** Of the runs of a strategy that looks for bugs of this depth: bugs that take so many ordering constraints. */
export interface DepthBound {
  readonly depth: number;
  /** The most coroutines of a run, and the most steps that one was taken to have. */
  readonly coroutines: number;
  readonly steps: number;
  readonly runs: number;
  /** Runs that were longer than they were taken to be. They promise nothing. */
  readonly overshoots: number;
  /** Logarithm of the probability, at most, that all other runs miss a bug of this depth that each scenario has. */
  readonly logMiss: number;
}

export interface Strategy {
  readonly name: string;
  /** Runs from now on are of another scenario. */
  newScenario?(): void;
  /** A run begins. All randomness comes from `random`, which goes on from run to run. */
  start(random: RandomNumbers): void;
  /** @returns an index into the ready steps, below `ready.count`, which is at least 1 */
  pick(ready: ReadySteps): number;
  /** The picked step has run. */
  done(id: number, step: Step): void;
  /** What all runs so far promise; absent: nothing. Asked between runs. */
  bounds?(): readonly DepthBound[];
}
