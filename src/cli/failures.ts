/** Traces of failures, which must not be lost. */
import { FileError } from '../files/text.ts';
import { saveTrace, tracePath } from '../files/traces.ts';
import type { Failure } from '../shrink/failure.ts';
import { printable } from '../trace/printable.ts';
import { writeTrace } from '../trace/write.ts';

export type { Failure } from '../shrink/failure.ts';

export interface Saved extends Failure {
  /** Where its trace is, or would be. */
  readonly path: string;
  /** Why it is not there. */
  readonly loss: string | null;
}

/** Writes the trace of a failure to a folder, if that is possible. */
export function saved(failure: Failure, folder: string): Saved {
  try {
    return { ...failure, path: saveTrace(failure.trace, folder), loss: null };
  } catch (error) {
    if (!(error instanceof FileError)) throw error;
    return { ...failure, path: tracePath(failure.trace, folder), loss: error.message };
  }
}

/** A trace that could not be written, for standard error: what was found must not be lost with it. */
export function describeLoss({ trace, loss }: Saved): string {
  const lines = writeTrace(trace).trimEnd().split('\n');
  return `cowcheck: ${loss}; this is the trace:\n${lines.map((line) => `${printable(line)}\n`).join('')}`;
}
