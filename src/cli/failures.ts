/** What `check` reports of what a campaign found: one failure of each cause, with a trace that is not lost. */
import type { Found } from '../explore/campaign.ts';
import { FileError } from '../files/text.ts';
import { saveTrace, tracePath } from '../files/traces.ts';
import { type Failure, type Search, bucketOf } from '../shrink/failure.ts';
import { printable } from '../trace/printable.ts';
import { writeTrace } from '../trace/write.ts';
import { shrinkAll } from '../workers/failures.ts';
import type { Flags } from './flags.ts';
import { type Progress, plural, progress } from './terminal.ts';

/** Nothing where a terminal's user gets JSON: a bar would get between. @param total what its progress runs up to */
export const barOf = ({ json: asJson }: Pick<Flags, 'json'>, total: number): Progress | null => (asJson && process.stderr.isTTY ? null : progress(total));

/** Makes what was found smaller, with progress, and keeps it. Ctrl-C leaves it as small as it has become. */
export async function savedFailures(found: readonly Found[], search: Search, flags: Pick<Flags, 'workers' | 'out' | 'json'>, signal: AbortSignal): Promise<Saved[]> {
  if (found.length === 0) return [];
  const bar = barOf(flags, found.length);
  try {
    const failures = await failuresOf(found, search, flags.workers, signal, bar);
    if (failures.length === 0) process.stderr.write(`cowcheck: ${plural(found.length, 'failure')} found, but none could be told in the time after the interrupt\n`);
    return failures.map((failure) => saved(failure, flags.out));
  } finally {
    bar?.stop();
  }
}

/** Failures of different causes; of each cause the first that was found. */
async function failuresOf(found: readonly Found[], search: Search, workers: number, signal: AbortSignal, bar: Progress | null): Promise<Failure[]> {
  const failures = await shrinkAll(found, search, workers, signal, (done, of) => bar?.update((done / of) * found.length, `${done} of ${of} failures shrunk`));
  const byCause = new Map(failures.toReversed().map((failure) => [causeOf(failure), failure]));
  return failures.filter((failure) => byCause.get(causeOf(failure)) === failure);
}

/** What was found as two may have become one while it was shrunk. */
const causeOf = ({ trace: { scenario, verdict, cause } }: Failure): string => bucketOf(scenario.mode, verdict.property, cause);

export interface Saved extends Failure {
  /** Where its trace is, or would be. */
  readonly path: string;
  /** Why it is not there. */
  readonly loss: string | null;
}

/** Writes the trace of a failure to a folder, if that is possible. */
function saved(failure: Failure, folder: string): Saved {
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
