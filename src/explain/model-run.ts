/**
 * Why a run on a real QEMU came to what it did: nobody sees what QEMU does within, but a run of the model that shows the same log does
 * the same, and its cause is a rule. Validation finds it.
 */
import { NotRunnable, recordAgain } from '../replay/record-again.ts';
import type { Trace } from '../trace/format.ts';
import { type ValidationLimits, validate } from '../validate/validate.ts';
import { explain } from './explain-any.ts';
import type { Explanation } from './explanation.ts';

export type ModelRun =
  /** It breaks a property, too. */
  | { readonly outcome: 'breaks'; readonly explanation: Explanation }
  /** It goes on to its end, and nothing breaks. */
  | { readonly outcome: 'holds'; readonly run: Trace }
  /** There is none, or it was not found. */
  | { readonly outcome: 'none'; readonly why: string };

/** @param trace of a run on a real QEMU @param limits of the search for the model's run */
export function modelRunOf(trace: Trace, limits?: ValidationLimits): ModelRun {
  const result = validate(trace, limits, (run) => isBroken(toItsEnd(run)?.verdict?.property, trace));
  if (result.outcome === 'not compared') return { outcome: 'none', why: `the log is not compared with the model: ${result.why}` };
  if (result.outcome === 'unfinished') return { outcome: 'none', why: 'the search for it reached its limit' };
  if (result.outcome === 'no run of the model')
    return { outcome: 'none', why: `the model can follow the log up to step ${result.refusals[0]!.step}` };
  if (result.run === null) return { outcome: 'none', why: 'no set of injected errors makes exactly those requests fail' };
  const run = toItsEnd(result.run);
  if (run === null) return { outcome: 'none', why: 'the run that shows the log does not come to an end' };
  const explanation = explain(run);
  return explanation === null ? { outcome: 'holds', run } : { outcome: 'breaks', explanation };
}

/** What breaks `given-up` in the model is told on a real QEMU by what was read or what the target shows: the break itself is not seen. */
const isBroken = (property: string | undefined, { verdict }: Trace): boolean =>
  property !== undefined && (property === verdict?.property || property === 'given-up');

/** The model's run, on to its end or to what breaks. Null: it comes to none. */
function toItsEnd(run: Trace): Trace | null {
  try {
    return recordAgain(run);
  } catch (error) {
    if (error instanceof NotRunnable) return null;
    throw error;
  }
}
