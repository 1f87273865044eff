/** What a custom job throws in runs that are tried: a smaller scenario may be the first that its author has not thought of. */
import { isOfOneRun } from '../../model/families/custom/job-error.ts';

export class Thrown {
  /** The first, in one line. */
  first: string | null = null;

  /** @returns null: the job threw in it @throws what is not about one run of the job */
  within<T>(work: () => T): T | null {
    try {
      return work();
    } catch (error) {
      if (!isOfOneRun(error)) throw error;
      this.first ??= error.message;
      return null;
    }
  }
}
