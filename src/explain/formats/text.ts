/** An explanation for a terminal: what broke, how, why, and how to go on. */
import { columns, markOf } from '../columns.ts';
import { type Explanation, isFold, linesOf } from '../explanation.ts';
import { type Reason, commandsFor, headline, reasonsOf } from '../reasons.ts';
import { shellWord } from '../shell-word.ts';
import { printable } from '../../trace/printable.ts';
import { sideBySide } from '../side-by-side.ts';
import { wrap } from '../wrap.ts';

export type TextStyle = 'bold' | 'dim' | 'red' | 'yellow';

export interface TextOptions {
  readonly width: number;
  readonly ascii: boolean;
  /** All steps, not only those that had a part in it. */
  readonly full: boolean;
  /** With the same choices on the correct job beside it. */
  readonly compare: boolean;
  /** Where the trace is; or how to go on without a file. */
  readonly path: string | readonly Reason[];
  /** No style is put in unless asked: pass `(_, text) => text`. */
  readonly paint: (style: TextStyle, text: string) => string;
  /** `1.`, where there are several. */
  readonly number?: string;
}

const LABEL_WIDTH = 14;

/** @returns lines without trailing spaces, the first of which is the verdict */
export function textOfExplanation(explanation: Explanation, options: TextOptions): string[] {
  const { number, paint } = options;
  const indent = number === undefined ? '' : ' '.repeat(number.length + 1);
  const inner = { ...options, width: options.width - indent.length };
  const blocks = [
    how(explanation, inner),
    why(explanation, inner),
    ...(options.compare ? [compared(explanation, inner)] : []),
    next(explanation, inner),
  ];
  const head = `${number === undefined ? '' : `${number} `}${headline(explanation)}`;
  const lines = [...what(explanation, inner), ...blocks.flatMap((block) => ['', ...block])];
  return [paint('red', head), ...lines.map((line) => (line === '' ? '' : `${indent}${line}`))];
}

/** The fact, and the sentence. */
function what(explanation: Explanation, { width }: TextOptions): string[] {
  const { detail, sentence } = explanation;
  return [...wrap(printable(detail), width), '', ...wrap(`Why: ${printable(sentence)}`, width)];
}

function how(explanation: Explanation, options: TextOptions): string[] {
  const { guilty, rows } = explanation;
  const lines = linesOf(explanation, options.full);
  const picture = columns(explanation, lines, options).map(printable);
  const styled = picture.map((text, i) => {
    const line = lines[i - 1];
    if (line === undefined || isFold(line)) return options.paint('dim', text);
    return line.n === rows.length ? options.paint('red', text) : line.note === null ? text : options.paint('yellow', text);
  });
  const notes = guilty.flatMap(({ step, note }) => hanging(markOf(explanation, rows[step - 1]!), printable(note), options.width, 2));
  return [...wrap(printable(explanation.scenario), options.width), ...styled, ...(notes.length === 0 ? [] : ['', ...notes])];
}

function why(explanation: Explanation, options: TextOptions): string[] {
  return reasonsOf(explanation).flatMap(({ label, text }) =>
    hanging(options.paint('dim', label.padEnd(LABEL_WIDTH)), printable(text), options.width, LABEL_WIDTH),
  );
}

function compared(explanation: Explanation, options: TextOptions): string[] {
  return sideBySide(explanation, options)
    .map(printable)
    .map((line) => (line.startsWith('<>') ? options.paint('yellow', line) : line));
}

/** Commands are not broken into lines: they are there to be copied. */
function next(explanation: Explanation, { path, paint }: TextOptions): string[] {
  const waysOn = typeof path === 'string' ? commandsFor(explanation, printable(shellWord(path))) : path;
  return waysOn.map(({ label, text }) => `${paint('dim', label.padEnd(LABEL_WIDTH))} ${text}`);
}

function hanging(label: string, text: string, width: number, labelWidth: number): string[] {
  return wrap(text, width - labelWidth - 1).map((line, i) => `${i === 0 ? label.padEnd(labelWidth) : ' '.repeat(labelWidth)} ${line}`);
}
