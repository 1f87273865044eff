/** What `check` throws when something breaks. */
import type { SyncMode } from '../../model/sync.ts';
import { notReproduced } from '../../model/machine/contract-broken.ts';
import { explain } from '../explain/explain-any.ts';
import { textOfExplanation } from '../explain/formats/text.ts';
import type { Failure } from '../shrink/failure.ts';
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

  /**
   * @param options with the seed
   * @param thrownBy which is left out of the stack, so that the stack begins at its caller
   */
  constructor(failure: Failure, options: CheckOptions, thrownBy: (...args: never[]) => unknown) {
    const explanation = explain(failure.trace);
    if (explanation === null) throw notReproduced(failure.trace.job);
    super(
      textOfExplanation(explanation, {
        width: 80,
        ascii: false,
        full: false,
        compare: false,
        path: [
          { label: 'run it again', text: callOf(options) },
          ...(failure.thrown === undefined ? [] : [{ label: 'besides', text: failure.thrown }]),
        ],
        paint: (_, text) => text,
      }).join('\n'),
    );
    const { verdict, scenario } = failure.trace;
    this.property = verdict.property;
    this.mode = scenario.mode;
    this.sector = verdict.sector;
    this.trace = writeTrace(failure.trace);
    Error.captureStackTrace(this, thrownBy);
  }
}
