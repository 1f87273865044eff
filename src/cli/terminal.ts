/** How cowcheck writes to people: colour where it is wanted, progress where there is somebody to watch. */
import { styleText } from 'node:util';
import { Presets, SingleBar } from 'cli-progress';

type Style = 'bold' | 'dim' | 'red' | 'green' | 'yellow';

/** Colour if standard output is a terminal and nobody asked for none (`NO_COLOR`, `--no-color`). */
export function painter(colour: boolean): (style: Style, text: string) => string {
  const wanted = colour && process.stdout.isTTY && (process.env['NO_COLOR'] ?? '') === '' && process.env['TERM'] !== 'dumb';
  return (style, text) => (wanted ? styleText(style, text, { validateStream: false }) : text);
}

export const count = (n: number): string => n.toLocaleString('en-US');

export const plural = (n: number, thing: string): string => `${count(n)} ${thing}${n === 1 ? '' : 's'}`;

export interface Progress {
  update(done: number, text: string): void;
  stop(): void;
}

const LINE_EVERY_MS = 5_000;

/** A bar on a terminal, a plain line every few seconds elsewhere; always on standard error. @param total what `done` runs up to */
export function progress(total: number): Progress {
  if (process.stderr.isTTY) {
    const bar = new SingleBar({ format: '  {bar} {percentage}%  {text}', stream: process.stderr, clearOnComplete: true, hideCursor: true, barsize: 24 }, Presets.shades_classic);
    bar.start(total, 0, { text: '' });
    return { update: (done, text) => bar.update(Math.min(done, total), { text }), stop: () => bar.stop() };
  }
  let next = Date.now() + LINE_EVERY_MS;
  return {
    update: (done, text) => {
      if (Date.now() < next) return;
      next = Date.now() + LINE_EVERY_MS;
      process.stderr.write(`cowcheck: ${Math.min(100, Math.floor((100 * done) / total))} % done, ${text}\n`);
    },
    stop: () => {},
  };
}
