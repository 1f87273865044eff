/** What is wrong with a custom job, for its author, in one line. */
export class JobError extends Error {
  static {
    this.prototype.name = 'JobError'; // and so the stack begins with it, which is all that is left of a class on the way between threads
  }
}

/** A job that breaks the replay contract (job.ts): what its runs come to says nothing. */
export class ContractError extends JobError {
  static {
    this.prototype.name = 'ContractError';
  }
}

/** Whether it is one, whichever thread it comes from. */
export const isJobError = (error: unknown): error is Error => isOfOneRun(error) || isNamed(error, 'ContractError');

/** Whether it is about one run of a job, so that what others have come to is as true as before. */
export const isOfOneRun = (error: unknown): error is Error => isNamed(error, 'JobError');

const isNamed = (error: unknown, name: string): error is Error =>
  error instanceof Error && (error.name === name || (error.stack ?? '').startsWith(`${name}: `));
