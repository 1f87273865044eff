/** A run in columns, for a terminal: a lane for each coroutine, then what the sector in question shows. */
import { type Explanation, type Lane, type Line, type Row, isFold } from './explanation.ts';
import type { SectorState } from './story/story.ts';
import { plural } from './story/words.ts';

export interface ColumnOptions {
  readonly width: number;
  /** Only characters that every terminal has. */
  readonly ascii: boolean;
}

const STATES = ['source', 'target', 'bit', 'shows'] as const satisfies readonly (keyof SectorState)[];
/** How the columns are headed. */
export const HEADS: Record<(typeof STATES)[number], string> = { source: 'source', target: 'target', bit: 'bit', shows: 'shows' };
/** Contents of many sectors are cut to the first and the last. */
const SAW_MAX = 36;
/** Between what is done and what it makes of the disks there is more room than between the disks. */
const GAP = '  ';
const STATE_GAP = ' ';

/**
 * Steps that had a part are marked `!` with the number of their footnote; the one that broke is marked `X`,
 * and so is what is wrong. A bar says that a coroutine is under way.
 * @returns lines of at most `width` columns where the names allow it, without colour
 */
export function columns(explanation: Explanation, lines: readonly Line[], { width, ascii }: ColumnOptions): string[] {
  const { lanes } = explanation;
  const bar = ascii ? '|' : '│';
  const laneCell = (row: Row, { who, first, last }: Lane): string =>
    row.who === who ? textOf(row) : first < row.n && row.n <= last ? bar : '';
  const sideBySide = lines.map((line) => (isFold(line) ? line : { line, texts: lanes.map((lane) => laneCell(line, lane)) }));
  const table = laidOut(
    explanation,
    lanes.map(({ who }) => who),
    sideBySide,
  );
  return widest(table) <= width ? table : inOneLane(explanation, lines, width);
}

/** Where the lanes don't fit side by side: one, with names, cut where it must be. */
function inOneLane(explanation: Explanation, lines: readonly Line[], width: number): string[] {
  const within = (room: number): Cells[] =>
    lines.map((line) => (isFold(line) ? line : { line, texts: [cut(`${line.who}: ${textOf(line)}`, room)] }));
  const table = laidOut(explanation, [''], within(Infinity));
  const tooWide = widest(table) - width;
  if (tooWide <= 0) return table;
  const longest = lines.reduce((max, line) => (isFold(line) ? max : Math.max(max, line.who.length + 2 + textOf(line).length)), 0);
  return laidOut(explanation, [''], within(Math.max(TEXT_MIN, longest - tooWide)));
}

/** What is left of a step where there is hardly any room. */
const TEXT_MIN = 12;

export const cut = (text: string, length: number): string => (text.length > length ? `${text.slice(0, length - 3)}...` : text);

type Cells = { readonly line: Row; readonly texts: readonly string[] } | { readonly folded: number };

function laidOut(explanation: Explanation, heads: readonly string[], lines: readonly Cells[]): string[] {
  const rows = lines.filter((line) => 'line' in line);
  const states = rows.some(({ line }) => line.state !== null) ? STATES : [];
  const table = [
    ['   step', ...heads, ...states.map((key) => HEADS[key])],
    ...rows.map(({ line, texts }) => [
      `${markOf(explanation, line).padEnd(2)} ${String(line.n).padStart(4)}`,
      ...texts,
      ...states.map((key) => stateCell(explanation, line, key)),
    ]),
  ];
  const widths = table[0]!.map((_, i) => table.reduce((max, row) => Math.max(max, row[i]!.length), 0));
  const gapBefore = (i: number): string => (i === 0 ? '' : i > heads.length + 1 ? STATE_GAP : GAP);
  const printed = table.map((row) =>
    row
      .map((cell, i) => `${gapBefore(i)}${cell.padEnd(widths[i]!)}`)
      .join('')
      .trimEnd(),
  );
  let next = 1;
  return [
    printed[0]!,
    ...lines.map((line) => ('folded' in line ? `         ... ${plural(line.folded, 'unrelated step')} ...` : printed[next++]!)),
  ];
}

export const isLast = ({ rows }: Explanation, { n }: Row): boolean => n === rows.length;

/** `!2`, `X`, `X4`: what a step is marked with, and its footnote. */
export const markOf = (explanation: Explanation, row: Row): string =>
  `${isLast(explanation, row) ? 'X' : row.note === null ? '' : '!'}${row.note ?? ''}`;

/** What the step does and shows. */
export const textOf = ({ what, saw }: Row): string => (saw === '' ? what : `${what} ${shortened(saw)}`);

function shortened(saw: string): string {
  const words = saw.split(' ');
  return saw.length <= SAW_MAX || words.length < 3 ? saw : `${words[0]} ... ${words.at(-1)}`;
}

function stateCell(explanation: Explanation, row: Row, key: (typeof STATES)[number]): string {
  const value = row.state?.[key] ?? '';
  return key === 'shows' && isLast(explanation, row) && explanation.expected !== null && value !== explanation.expected
    ? `${value} X`
    : value;
}

const widest = (lines: readonly string[]): number => lines.reduce((max, { length }) => Math.max(max, length), 0);
