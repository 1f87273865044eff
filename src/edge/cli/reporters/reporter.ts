/** A format in which results are handed to other programs. */
import type { Result } from './result.ts';

/** @returns the whole text, of all that the command has checked */
export type Reporter = (results: readonly Result[]) => string;
