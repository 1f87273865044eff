/** Errors that a custom job hands on, and the one that it may return of its own. */
import { type BlockError, NO_ERROR, blockError } from '../../block/errors.ts';

/** Two sides, two errnos. */
const ERRORS = 4;

export const isError = (value: unknown): value is BlockError =>
  typeof value === 'number' && Number.isInteger(value) && value >= NO_ERROR && value <= ERRORS;

/** What readers get, and the event tells of, once the job has given up its point in time. */
export const GIVEN_UP_ERROR: BlockError = blockError('target', 'EIO');
