/** `cowcheck qemu --validate TRACE...`: whether logs of a real QEMU are runs of the model. No QEMU is needed for it. */
import { FileError, fileError } from '../../files/text.ts';
import { loadTrace, saveTrace } from '../../files/traces.ts';
import { isQemuJob, type Trace } from '../../../trace/format.ts';
import { validate } from '../../../validate/validate.ts';
import { BROKEN, HOLDS, INTERRUPTED, UNFINISHED } from '../io/exit-status.ts';
import { io } from '../io/io.ts';
import { json, painter, shown } from '../io/terminal.ts';
import { TABLE_FROM } from '../reports/table.ts';
import { printShortValidation, printValidation, validationJson } from '../reports/validation-report.ts';

/**
 * @returns the exit status: broken if one is no run of the model;
 * unfinished if a limit came first
 */
export async function validateTraces(
  paths: readonly string[],
  { out, json: asJson, color, quiet, verbose }: { out: string; json: boolean; color: boolean; quiet: boolean; verbose: boolean },
  signal: AbortSignal,
): Promise<number> {
  const traces = paths.map(loadLog);
  const results: object[] = [];
  let [isBroken, isUnfinished] = [false, false];
  for (const [i, trace] of traces.entries()) {
    await new Promise((resolve) => setImmediate(resolve)); // a Ctrl-C is heard
    if (signal.aborted) break;
    const result = validate(trace);
    const run = result.outcome === 'a run of the model' && result.run !== null ? saved(result.run, out) : null;
    results.push(validationJson(paths[i]!, result, run));
    isBroken ||= result.outcome === 'no run of the model';
    isUnfinished ||= result.outcome === 'unfinished';
    const isFine = result.outcome === 'a run of the model';
    const isShort = traces.length >= TABLE_FROM && !verbose && isFine;
    const print = isShort ? printShortValidation : printValidation;
    if (!asJson && !(quiet && isFine))
      print(shown(paths[i]!), shown(result), shown(run), (line = '') => io().out(`${line}\n`), painter(color));
  }
  if (asJson) io().out(json(results));
  if (signal.aborted) return INTERRUPTED;
  return isBroken ? BROKEN : isUnfinished ? UNFINISHED : HOLDS;
}

/** @throws FileError if it is no trace, or one of the model */
function loadLog(path: string): Trace {
  const trace = loadTrace(path);
  if (!isQemuJob(trace.job)) throw fileError(path, 'not a trace of a real QEMU (job: qemu ...)');
  return trace;
}

/** Where a trace has been written; null: it could not be, and standard error says why. */
export function saved(trace: Trace, folder: string): string | null {
  try {
    return saveTrace(trace, folder);
  } catch (error) {
    if (!(error instanceof FileError)) throw error;
    io().err(`cowcheck: ${error.message}\n`);
    return null;
  }
}
