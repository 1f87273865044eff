/** What is wrong with a custom job, for its author, in one line. */
export class JobError extends Error {
  static {
    this.prototype.name = 'JobError'; // and so the stack begins with it, which is all that is left of a class on the way between threads
  }
}

/** Whether it is one, whichever thread it comes from. */
export const isJobError = (error: unknown): error is Error =>
  error instanceof JobError || (error instanceof Error && (error.stack ?? '').startsWith('JobError: '));
