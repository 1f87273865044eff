/** Traces from text, which is not trusted. */
import type { z } from 'zod';
import { fromFormat1, schema1 } from './format-1.ts';
import { schema2 } from './format-2.ts';
import { TRACE_FORMAT, type Trace, TraceError } from './format.ts';
import { complaintOf } from './issue.ts';
import { type Cut, cutPlainSteps, wereSteps } from './plain-steps.ts';
import { TraceContentError } from './parts.ts';
import { fromFormat2 } from './read-format-2.ts';
import { YamlError, offsetOf, parseYaml, valueOf } from './yaml.ts';

const TEXT_MAX = 32 * 1024 * 1024;
const MESSAGE_MAX = 300;

/** What is wrong with a trace, and where in its text, counted from 1. */
export class TraceTextError extends TraceError {
  readonly line: number;
  readonly column: number;

  constructor(message: string, text: string, offset: number) {
    const [line = ''] = message.split('\n', 1);
    super(line.length > MESSAGE_MAX ? `${line.slice(0, MESSAGE_MAX)}...` : line);
    const before = text.slice(0, offset);
    this.line = before.split('\n').length;
    this.column = offset - before.lastIndexOf('\n');
  }
}

/**
 * @param text the file's content
 * @throws TraceError with one line that says what is wrong and what was expected
 */
export function readTrace(text: string): Trace {
  if (text.length > TEXT_MAX) throw new TraceError(`longer than ${TEXT_MAX / 1024 / 1024} MiB, the limit of a trace`);
  const { value, place } = readYaml(text);
  const fail = (message: string, path: readonly PropertyKey[], isOfKey = false): never => {
    throw new TraceTextError(message, text, place(path, isOfKey));
  };
  if (typeof value !== 'object' || value === null || !('trace' in value))
    return fail(`not a trace: the key "trace" is missing (a trace has "trace: ${TRACE_FORMAT}")`, []);
  if (Number.isInteger(value.trace) && Number(value.trace) > TRACE_FORMAT)
    return fail(`format ${String(value.trace)} is too new for this cowcheck, which reads formats up to ${TRACE_FORMAT}: update cowcheck`, [
      'trace',
    ]);
  const lifted = <W>(schema: z.ZodType<W>, lift: (written: W) => Trace): Trace => {
    const { data, error } = schema.safeParse(value);
    if (error !== undefined) {
      const { message, path, isOfKey } = complaintOf(error.issues[0]!, value);
      return fail(message, path, isOfKey);
    }
    try {
      return lift(data);
    } catch (wrong) {
      if (wrong instanceof TraceContentError) return fail(wrong.message, wrong.path);
      throw wrong;
    }
  };
  return value.trace === 1 ? lifted(schema1, fromFormat1) : lifted(schema2, fromFormat2);
}

interface Yaml {
  readonly value: unknown;
  /** Where in the text a path leads. */
  readonly place: (path: readonly PropertyKey[], isOfKey: boolean) => number;
}

/** As a long schedule makes it slow, the plain part of one is not read as YAML, unless it was part of some text that only looks so. */
function readYaml(text: string): Yaml {
  return (
    readWithout(cutPlainSteps(text), text) ?? readWithout({ text, steps: [], schedule: -1, begin: text.length, end: text.length }, text)!
  );
}

/** @returns null if what was cut out were no steps */
function readWithout(cut: Cut, text: string): Yaml | null {
  const { steps, begin, end } = cut;
  const inText = (offset: number): number => (offset < begin ? offset : offset + end - begin);
  try {
    const document = parseYaml(cut.text);
    if (steps.length > 0 && !wereSteps(cut, document)) return null;
    const value = valueOf(document) as { schedule: unknown[] };
    if (steps.length > 0) value.schedule = [...steps, ...value.schedule];
    const place: Yaml['place'] = (path, isOfKey) => {
      const [part, i, ...rest] = path;
      if (part !== 'schedule' || typeof i !== 'number') return inText(offsetOf(document, path, isOfKey));
      return i < steps.length ? lineAfter(text, begin, i) : inText(offsetOf(document, [part, i - steps.length, ...rest], isOfKey));
    };
    return { value, place };
  } catch (error) {
    if (error instanceof YamlError) throw new TraceTextError(error.message, text, inText(error.offset));
    throw error;
  }
}

/** Where the nth line begins, the one at the offset being the first, 0. */
function lineAfter(text: string, offset: number, n: number): number {
  let at = offset;
  for (let i = 0; i < n; i++) at = text.indexOf('\n', at) + 1;
  return at;
}
