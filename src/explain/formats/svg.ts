/** An explanation as a picture: one file without a script, a font or an address, in both themes. */
import { HEADS, cut, isLast, markOf, textOf } from '../columns.ts';
import { type Explanation, type Line, type Row, isFold, linesOf } from '../explanation.ts';
import { headline } from '../reasons.ts';
import type { SectorState } from '../story/story.ts';
import { plural } from '../story/words.ts';
import { wrap } from '../wrap.ts';
import { DEFINITIONS, STYLE } from './svg-style.ts';
import { element, xml } from './xml.ts';

const ROW = 24;
const CHAR = 7.3;
const SANS_CHAR = 7;
const MARGIN = 16;
const STEP_WIDTH = 62;
const STATE_GAP = 10;
const LANE_TEXT_MAX = 34;
/** More lines than a picture should have. */
const LINES_MAX = 80;
const STATES = ['source', 'target', 'bit', 'shows'] as const;

interface Layout {
  readonly explanation: Explanation;
  readonly lines: readonly Line[];
  readonly laneX: ReadonlyMap<string, number>;
  readonly stateX: readonly { readonly key: (typeof STATES)[number]; readonly x: number; readonly width: number }[];
  readonly width: number;
  /** The top of the first row. */
  readonly top: number;
  readonly words: readonly string[];
}

/** @param hasWords whether the verdict and the sentence are in the picture, or only in its title and description */
export function svgOfExplanation(explanation: Explanation, hasWords = true): string {
  const layout = layoutOf(explanation, hasWords);
  const { lines, width, top, words } = layout;
  const arrow = neededArrow(layout);
  const notes = [...footnotes(explanation, width), ...(arrow === '' ? [] : ['-> dashed: this should have happened first'])];
  const notesTop = top + lines.length * ROW + 20;
  const height = notesTop + notes.length * 18 + MARGIN;
  const parts = [
    element('title', { id: 'title' }, xml(headline(explanation))),
    element('desc', { id: 'desc' }, xml(explanation.sentence)),
    element('style', {}, STYLE),
    element('defs', {}, DEFINITIONS),
    element('rect', { class: 'page', width, height }),
    hasWords ? text(MARGIN, MARGIN + 14, headline(explanation), 'sans head wrong') : '',
    ...words.map((line, i) => text(MARGIN, MARGIN + 38 + i * 18, line, 'sans')),
    ...heads(layout),
    ...lanes(layout),
    ...lines.map((line, i) => rowOf(layout, line, top + i * ROW)),
    arrow,
    ...notes.map((line, i) => text(MARGIN, notesTop + 14 + i * 18, line, '')),
  ];
  const viewBox = `0 0 ${width} ${height}`;
  const attributes = { xmlns: 'http://www.w3.org/2000/svg', width, height, viewBox, role: 'img', 'aria-labelledby': 'title desc' };
  return `${element('svg', attributes, `\n${parts.filter((part) => part !== '').join('\n')}\n`)}\n`;
}

function footnotes(explanation: Explanation, width: number): string[] {
  return explanation.guilty.flatMap(({ step, note }) =>
    wrap(`${markOf(explanation, explanation.rows[step - 1]!)} ${note}`, Math.floor((width - 2 * MARGIN) / CHAR)),
  );
}

function layoutOf(explanation: Explanation, hasWords: boolean): Layout {
  const all = linesOf(explanation, false);
  const lines =
    all.length <= LINES_MAX
      ? all
      : [...all.slice(0, LINES_MAX / 4), { folded: foldedIn(all.slice(LINES_MAX / 4, -LINES_MAX / 2)) }, ...all.slice(-LINES_MAX / 2)];
  const shown = lines.filter((line): line is Row => !isFold(line));
  const laneX = new Map<string, number>();
  let x = MARGIN + STEP_WIDTH;
  for (const { who } of explanation.lanes) {
    const widest = Math.max(who.length, ...shown.filter((row) => row.who === who).map((row) => cut(textOf(row), LANE_TEXT_MAX).length));
    laneX.set(who, x);
    x += Math.ceil(widest * CHAR) + 32;
  }
  const states = shown.some(({ state }) => state !== null) ? STATES : [];
  const stateX = states.map((key) => {
    const widest = Math.max(HEADS[key].length, ...shown.map((row) => cellText(explanation, row, key).length + 2));
    const placed = { key, x, width: Math.ceil(widest * CHAR) + 8 };
    x += placed.width + STATE_GAP;
    return placed;
  });
  const width = Math.max(560, Math.ceil(x + MARGIN));
  const words = hasWords ? wrap(explanation.sentence, Math.floor((width - 2 * MARGIN) / SANS_CHAR)) : [];
  return { explanation, lines, laneX, stateX, width, words, top: MARGIN + (hasWords ? 38 : 0) + words.length * 18 + 24 };
}

const foldedIn = (lines: readonly Line[]): number => lines.reduce((sum, line) => sum + (isFold(line) ? line.folded : 1), 0);

function heads({ laneX, stateX, top }: Layout): string[] {
  return [
    text(MARGIN, top - 10, 'step', 'dim'),
    ...[...laneX].map(([who, x]) => text(x, top - 10, who, 'strong')),
    ...stateX.map(({ key, x }) => text(x + 6, top - 10, HEADS[key], 'strong')),
  ];
}

/** A line as long as a coroutine is under way. */
function lanes({ explanation, lines, laneX, top }: Layout): string[] {
  return explanation.lanes.flatMap(({ who, first, last }) => {
    const x = laneX.get(who)! + 6;
    const inside = lines.flatMap((line, i) => (!isFold(line) && line.n >= first && line.n <= last ? [i] : []));
    return inside.length < 2
      ? []
      : [element('line', { class: 'lane', x1: x, x2: x, y1: middle(top, inside[0]!), y2: middle(top, inside.at(-1)!) })];
  });
}

const middle = (top: number, i: number): number => top + i * ROW + ROW / 2;

function rowOf(layout: Layout, line: Line, y: number): string {
  if (isFold(line)) return text(MARGIN + STEP_WIDTH + 18, y + 16, `... ${plural(line.folded, 'unrelated step')} ...`, 'dim');
  const { explanation, laneX, stateX, width } = layout;
  const [x, broke] = [laneX.get(line.who)!, isLast(explanation, line)];
  const isEffect = /\.(?:land|took)$/.test(line.what.split(' ', 1)[0]!);
  const mark = broke ? 'broke' : line.note !== null ? 'guilty' : isEffect ? 'effect' : '';
  const parts = [
    line.note !== null || broke
      ? element('rect', { class: 'row', x: MARGIN - 6, y: y + 1, width: width - 2 * MARGIN + 12, height: ROW - 2, rx: 4 })
      : '',
    text(MARGIN, y + 16, `${String(line.n).padStart(4)} ${markOf(explanation, line)}`, broke ? 'wrong' : 'dim'),
    laneLines(layout, line, y),
    element('circle', { class: `dot ${mark}`.trim(), cx: x + 6, cy: y + ROW / 2, r: mark === '' || mark === 'effect' ? 4 : 6 }),
    text(x + 18, y + 16, cut(textOf(line), LANE_TEXT_MAX), line.note === null ? '' : 'strong'),
    ...stateX.map(({ key, x: left, width: wide }) => cell(explanation, line, key, left, y, wide)),
  ];
  return parts.join('');
}

/** The row's band hides the lanes beneath it: they are drawn again. */
function laneLines({ explanation, laneX }: Layout, { n, note }: Row, y: number): string {
  if (note === null && n !== explanation.rows.length) return '';
  return explanation.lanes
    .filter(({ first, last }) => first <= n && n <= last)
    .map(({ who, first, last }) =>
      element('line', {
        class: 'lane',
        x1: laneX.get(who)! + 6,
        x2: laneX.get(who)! + 6,
        y1: n === first ? y + ROW / 2 : y,
        y2: n === last ? y + ROW / 2 : y + ROW,
      }),
    )
    .join('');
}

const cellText = (explanation: Explanation, { state, n }: Row, key: keyof SectorState): string =>
  `${state?.[key] ?? ''}${key === 'shows' && n === explanation.rows.length && isWrong(explanation, state?.shows) ? ' ✗' : ''}`;

const isWrong = ({ expected }: Explanation, shows: string | undefined): boolean =>
  expected !== null && shows !== undefined && shows !== expected;

function cell(explanation: Explanation, row: Row, key: (typeof STATES)[number], x: number, y: number, width: number): string {
  const value = cellText(explanation, row, key);
  if (value === '') return '';
  if (key === 'bit') return text(x + 6, y + 16, value, row.changed.includes(key) ? 'strong' : '');
  const kind = kindOf(explanation, row, key);
  const box = { x, y: y + 3, width, height: ROW - 6, rx: 3 };
  const pattern = kind === 'new' ? 'hatch' : kind === 'bad' ? 'cross' : null;
  return [
    element('rect', { class: `cell-${kind}`, ...box }),
    pattern === null ? '' : element('rect', { fill: `url(#${pattern})`, ...box }),
    kind === 'bad' ? element('rect', { class: 'double', x: x + 3, y: y + 6, width: width - 6, height: ROW - 12, rx: 2 }) : '',
    text(x + 6, y + 16, value, row.changed.includes(key) ? 'strong' : ''),
  ].join('');
}

function kindOf({ expected }: Explanation, { state }: Row, key: 'source' | 'target' | 'shows'): 'old' | 'new' | 'bad' | 'none' {
  const value = state![key];
  if (value === '-' && key !== 'shows') return 'none';
  if (expected === null || value === expected) return value === '-' ? 'none' : 'old';
  return key === 'source' ? 'new' : value === '-' && !state!.source ? 'none' : 'bad';
}

/** From the step that should have come first to the one that it should have come before. */
function neededArrow({ explanation: { order }, lines, laneX, top }: Layout): string {
  const place = (n: number): number => lines.findIndex((line) => !isFold(line) && line.n === n);
  if (order?.first.step == null || order.second.step === null) return '';
  const [from, to] = [place(order.first.step), place(order.second.step)];
  const [a, b] = [lines[from], lines[to]];
  if (a === undefined || b === undefined || isFold(a) || isFold(b)) return '';
  const [x1, x2, y1, y2] = [laneX.get(a.who)! + 6, laneX.get(b.who)! + 6, middle(top, from), middle(top, to)];
  const bend = Math.min(x1, x2) - 28;
  return element('path', { class: 'needed', 'marker-end': 'url(#tip)', d: `M${x1 - 7} ${y1}C${bend} ${y1} ${bend} ${y2} ${x2 - 8} ${y2}` });
}

function text(x: number, y: number, content: string, style: string): string {
  return element('text', { x, y, 'xml:space': 'preserve', ...(style === '' ? {} : { class: style }) }, xml(content));
}
