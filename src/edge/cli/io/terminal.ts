/** How cowcheck writes to people: colour where it is wanted, progress where there is somebody to watch. */
import { clearLine, cursorTo } from 'node:readline';
import { styleText } from 'node:util';
import { Presets, SingleBar } from 'cli-progress';
import { printable } from '../../../trace/printable.ts';
import { io } from './io.ts';

type Style = 'bold' | 'dim' | 'red' | 'green' | 'yellow';

/** Colour if standard output is a terminal and nobody asked for none (`NO_COLOR`, `--no-color`). */
export function painter(colour: boolean): (style: Style, text: string) => string {
  const wanted = colour && process.stdout.isTTY && (process.env['NO_COLOR'] ?? '') === '' && process.env['TERM'] !== 'dumb';
  return (style, text) => (wanted ? styleText(style, text, { validateStream: false }) : text);
}

export const count = (n: number): string => n.toLocaleString('en-US');

export const plural = (n: number, thing: string): string => `${count(n)} ${thing}${n === 1 ? '' : 's'}`;

/** Seconds, as people would say it. */
export function duration(seconds: number): string {
  const [minutes, hours] = [Math.round(seconds / 60), Math.round(seconds / 3600)];
  if (seconds < 90) return `${Math.round(seconds)} s`;
  return minutes < 90 ? `${minutes} min` : `${count(hours)} h`;
}

/** One value as JSON on a line. Characters that a terminal might obey are escaped in it, as JSON allows. */
export function json(value: unknown, replacer?: (key: string, value: unknown) => unknown): string {
  return `${JSON.stringify(value, replacer).replaceAll(OBEYED, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`)}\n`;
}

/** Those that JSON.stringify leaves as they are: what steers the terminal, and the direction of writing. */
const OBEYED = /[\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g;

/** Plain data with all texts in it fit for a terminal: names of files and seeds may be anything. */
export function shown<T>(value: T): T {
  if (typeof value === 'string') return printable(value) as T;
  if (Array.isArray(value)) return value.map(shown) as T;
  const isPlain = typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;
  return isPlain ? (Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, shown(inner)])) as T) : value;
}

export interface Progress {
  update(done: number, text: string): void;
  /** Writes a line above it, on standard error. */
  say(line: string): void;
  stop(): void;
}

const LINE_EVERY_MS = 5_000;
/** When work that may take long before it has anything to show says that it has begun. */
export const SOON_MS = 1_000;

/**
 * A bar on a terminal, a plain line every few seconds elsewhere; always on standard error.
 * @param total what `done` runs up to
 * @param firstMs when the first line may come
 */
export function progress(total: number, firstMs = LINE_EVERY_MS): Progress {
  if (process.stderr.isTTY) {
    const bar = new SingleBar(
      { format: '  {bar} {percentage}%  {text}', stream: process.stderr, clearOnComplete: true, hideCursor: true, barsize: 24 },
      Presets.shades_classic,
    );
    bar.start(total, 0, { text: '' });
    const restore = (): void => bar.stop(); // whatever ends us: the cursor is hidden
    process.once('exit', restore);
    const stop = (): void => {
      process.off('exit', restore);
      bar.stop();
    };
    const say = (line: string): void => {
      clearLine(process.stderr, 0);
      cursorTo(process.stderr, 0);
      io().err(`${line}\n`);
      bar.render();
    };
    return { update: (done, text) => bar.update(Math.min(done, total), { text }), say, stop };
  }
  let next = Date.now() + firstMs;
  return {
    update: (done, text) => {
      if (Date.now() < next) return;
      next = Date.now() + LINE_EVERY_MS;
      io().err(`cowcheck: ${Math.min(100, Math.floor((100 * done) / total))} % done, ${text}\n`);
    },
    say: (line) => io().err(`${line}\n`),
    stop: () => {},
  };
}

/** For news in the middle of long work, on standard error. @param bar null: nothing is there that the line could get between */
export function sayTo(bar: Progress | null): (line: string) => void {
  return (line) => {
    const text = `cowcheck: ${line}`;
    if (bar === null) io().err(`${text}\n`);
    else bar.say(text);
  };
}
