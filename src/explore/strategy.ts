/**
 * The seam for search strategies: which of the ready coroutines runs next. A strategy knows nothing
 * of backup. What cuts across strategies (recording, statistics) wraps or listens; it is not here.
 *
 * A new strategy is one file and one line in strategies.ts; strategy.spec.ts holds every one of
 * them to the same contract.
 */
import type { Step } from '../../model/kernel/step.ts';
import type { RandomNumbers } from './random-numbers.ts';

/** The steps that could run now. `ids` and `steps` hold `count` of them, ascending by id; they are reused. */
export interface ReadySteps {
  readonly count: number;
  readonly ids: Int32Array;
  /** The pending step of the i-th ready coroutine. */
  step(i: number): Step;
}

export interface Strategy {
  readonly name: string;
  /** A run begins. All randomness comes from `random`, which goes on from run to run. */
  start(random: RandomNumbers): void;
  /** @returns an index into the ready steps, below `ready.count`, which is at least 1 */
  pick(ready: ReadySteps): number;
  /** The picked step has run. */
  done(id: number, step: Step): void;
}
