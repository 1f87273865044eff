/** What `check` throws when it has broken nothing and has not run enough to say that the job holds. */
import type { CheckResult } from './check-result.ts';

/** A search that broke nothing, and was too short to say that the job holds. */
export class Unfinished extends Error {
  /** For `instanceof` across threads, and for test runners. */
  override readonly name = 'Unfinished';
  /** What was run by then. */
  readonly result: CheckResult;

  constructor(message: string, result: CheckResult) {
    super(message);
    this.result = result;
  }
}
