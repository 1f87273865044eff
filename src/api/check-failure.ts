/** What `check` throws when something breaks. */
import { isCustomJob } from '../../model/families/custom/file-name.ts';
import type { SyncMode } from '../../model/sync.ts';
import { notReproduced } from '../../model/machine/contract-broken.ts';
import { explain } from '../explain/explain-any.ts';
import { FileError } from '../edge/files/text.ts';
import { saveTrace } from '../edge/files/traces.ts';
import { textOfExplanation } from '../explain/formats/text.ts';
import type { Reason } from '../explain/reasons.ts';
import { shellWord } from '../explain/shell-word.ts';
import type { Failure } from '../shrink/failure.ts';
import type { FailingTrace } from '../trace/format.ts';
import { writeTrace } from '../trace/write.ts';
import { callOf } from './call.ts';
import type { CheckOptions } from './check-options.ts';

/** A property broke. The `message` is the explanation that `cowcheck check` prints. */
export class CheckFailure extends Error {
  /** For `instanceof` across threads, and for test runners. */
  override readonly name = 'CheckFailure';
  /** Which property broke. */
  readonly property: string;
  /** The mode in which it broke. */
  readonly mode: SyncMode;
  /** The sector that it is about, if it is about one. */
  readonly sector: number | undefined;
  /** The trace, as text of a `.trace.yaml` file: for `replay`, or for `cowcheck replay FILE --job FILE`. */
  readonly trace: string;
  /** The file to which `out` had it written; null: none. */
  readonly file: string | null;

  /**
   * @param options with the seed
   * @param thrownBy which is left out of the stack, so that the stack begins at its caller
   */
  constructor(failure: Failure, options: CheckOptions, thrownBy: (...args: never[]) => unknown) {
    const explanation = explain(failure.trace);
    if (explanation === null) throw notReproduced(failure.trace.job);
    const written = write(failure.trace, options.out);
    const path = [
      { label: 'run it again', text: callOf(options) },
      ...wayOn(failure.trace, written, options),
      ...(failure.thrown === undefined ? [] : [{ label: 'besides', text: failure.thrown }]),
    ];
    super(
      textOfExplanation(explanation, { width: 80, ascii: false, full: false, compare: false, path, paint: (_, text) => text }).join('\n'),
    );
    const { verdict, scenario } = failure.trace;
    this.property = verdict.property;
    this.mode = scenario.mode;
    this.sector = verdict.sector;
    this.trace = writeTrace(failure.trace);
    this.file = written?.path ?? null;
    Error.captureStackTrace(this, thrownBy);
  }
}

interface Written {
  /** Null: it could not be written. */
  readonly path: string | null;
  /** Why. */
  readonly loss: string | null;
}

/** @returns null: it is to be written nowhere */
function write(trace: FailingTrace, folder: string | undefined): Written | null {
  if (folder === undefined) return null;
  try {
    return { path: saveTrace(trace, folder), loss: null };
  } catch (error) {
    if (!(error instanceof FileError)) throw error;
    return { path: null, loss: error.message };
  }
}

/** From the message of a test to the trace in a file. */
function wayOn(trace: FailingTrace, written: Written | null, options: CheckOptions): Reason[] {
  if (written === null) return [{ label: 'write a trace', text: callOf({ ...options, out: 'cowcheck-traces' }) }];
  if (written.path === null) return [{ label: 'its trace', text: written.loss! }];
  const job = isCustomJob(trace.job) ? ` --job ${options.name === undefined ? 'FILE' : shellWord(options.name)}` : '';
  return [
    { label: 'its trace', text: written.path },
    { label: 'explain it', text: `npx cowcheck explain ${shellWord(written.path)}${job}` },
  ];
}
