/** Traces from text, which is not trusted. */
import { parseDocument } from 'yaml';
import { z } from 'zod';
import { TRACE_FORMAT, type Trace, TraceError, fromWritten, traceSchema } from './format.ts';

const TEXT_MAX = 32 * 1024 * 1024;

/**
 * @param text the file's content
 * @throws TraceError with one line that says what is wrong and what was expected
 */
export function readTrace(text: string): Trace {
  if (text.length > TEXT_MAX) throw new TraceError(`longer than ${TEXT_MAX / 1024 / 1024} MiB; no trace is`);
  const written = parseYaml(text);
  if (typeof written !== 'object' || written === null || !('trace' in written)) throw new TraceError('not a trace: it should begin with "trace: 1"');
  if (typeof written.trace === 'number' && written.trace > TRACE_FORMAT) throw new TraceError(`format ${written.trace} is newer than this cowcheck, which reads up to format ${TRACE_FORMAT}`);
  const result = traceSchema.safeParse(written);
  if (!result.success) throw new TraceError(firstIssue(result.error));
  return fromWritten(result.data);
}

function parseYaml(text: string): unknown {
  let document;
  try {
    document = parseDocument(text, { prettyErrors: true, uniqueKeys: true });
    if (document.errors.length === 0) return document.toJS({ maxAliasCount: 0 });
  } catch (error) {
    throw new TraceError(`not YAML that a trace may use (${firstLine(String(error))})`);
  }
  throw new TraceError(`not YAML: ${firstLine(document.errors[0]!.message)}`);
}

function firstIssue(error: z.ZodError): string {
  const issue = error.issues[0]!;
  const where = issue.path.map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`)).join('').replace(/^\./, '');
  return `${where === '' ? 'at the top' : where}: ${firstLine(issue.message)}`;
}

const firstLine = (text: string): string => text.split('\n')[0]!.slice(0, 300);
