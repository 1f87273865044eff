/** A line over time or over runs, as SVG in the page's own colours. */
import { count } from '../../io/terminal.ts';
import { element, xml } from '../../../../explain/formats/xml.ts';

export interface Point {
  readonly x: number;
  readonly y: number;
}

interface Axis {
  readonly label: string;
  readonly text: (value: number) => string;
}

const [WIDTH, HEIGHT] = [560, 240];
const [LEFT, RIGHT, TOP, BOTTOM] = [64, 16, 12, 44];

/** @param points in the order of `x` @param title what it shows, for those who cannot see it */
export function chart(points: readonly Point[], x: Axis, y: Axis, title: string): string {
  const [xMax, yMax] = [niceAbove(Math.max(...points.map((point) => point.x))), niceAbove(Math.max(...points.map((point) => point.y)))];
  const atX = (value: number): number => LEFT + (value / xMax) * (WIDTH - LEFT - RIGHT);
  const atY = (value: number): number => HEIGHT - BOTTOM - (value / yMax) * (HEIGHT - TOP - BOTTOM);
  const path = [{ x: 0, y: 0 }, ...points].map((point, i) => `${i === 0 ? 'M' : 'L'}${atX(point.x).toFixed(1)} ${atY(point.y).toFixed(1)}`);
  const last = points.at(-1)!;
  const grid = TICKS.flatMap((share) => [
    element('line', { class: 'grid', x1: LEFT, x2: WIDTH - RIGHT, y1: atY(share * yMax), y2: atY(share * yMax) }),
    element('text', { class: 'tick', x: LEFT - 8, y: atY(share * yMax) + 4, 'text-anchor': 'end' }, xml(y.text(share * yMax))),
    element('text', { class: 'tick', x: atX(share * xMax), y: HEIGHT - BOTTOM + 18, 'text-anchor': 'middle' }, xml(x.text(share * xMax))),
  ]);
  return element(
    'svg',
    { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: 'img', 'aria-label': title, class: 'chart' },
    [
      ...grid,
      element('path', { class: 'line', d: path.join('') }),
      element('circle', { class: 'dot', cx: atX(last.x), cy: atY(last.y), r: 3.5 }),
      element('text', { class: 'label', x: (LEFT + WIDTH - RIGHT) / 2, y: HEIGHT - 6, 'text-anchor': 'middle' }, xml(x.label)),
    ].join(''),
  );
}

const TICKS = [0, 0.25, 0.5, 0.75, 1];

/** The next number that divides into quarters that people can read. */
function niceAbove(value: number): number {
  if (value <= 0) return 1;
  const unit = 10 ** Math.floor(Math.log10(value));
  return unit * [1, 1.2, 1.6, 2, 2.4, 3, 4, 5, 6, 8, 10].find((times) => times * unit >= value)!;
}

/** `1.5k`: short enough for an axis. */
export function short(value: number): string {
  if (value >= 1e6) return `${Number((value / 1e6).toPrecision(3))}M`;
  if (value >= 1e4) return `${Number((value / 1e3).toPrecision(3))}k`;
  return Number.isInteger(value) ? count(value) : String(Number(value.toPrecision(3)));
}
