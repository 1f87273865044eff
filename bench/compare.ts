/**
 * Figures beside those of an earlier run, maybe of an earlier release on another machine. Seconds and
 * schedules a second tell of the machine, too; ratios to a peer that ran beside hardly do, so these are
 * what is compared.
 */
import { z } from 'zod';
import { fileError, readTextFile } from '../src/edge/files/text.ts';
import type { Figure } from './figure.ts';

const BYTES_MAX = 2 ** 20;
const EARLIER = z.array(z.looseObject({ name: z.string(), ratio: z.number().positive().nullable() }));

/** Ratios by name of figure. */
export type EarlierRatios = ReadonlyMap<string, number>;

export interface Compared extends Figure {
  /** What the ratio was. Null: there was none. */
  readonly earlierRatio: number | null;
  /** How many times better the ratio is now. */
  readonly change: number | null;
}

/**
 * Reads what `cowcheck bench --json` has written.
 * @throws FileError if the file can't be read or holds something else
 */
export function readEarlierRatios(path: string): EarlierRatios {
  const figures = EARLIER.safeParse(parse(path, readTextFile(path, BYTES_MAX)));
  if (!figures.success)
    throw fileError(path, 'these are no figures: expected what "cowcheck bench --json" writes, a list of objects with a name and a ratio');
  return new Map(figures.data.flatMap(({ name, ratio }) => (ratio === null ? [] : [[name, ratio]])));
}

export function compare(figures: readonly Figure[], earlier: EarlierRatios): Compared[] {
  return figures.map((figure) => {
    const earlierRatio = earlier.get(figure.name) ?? null;
    return { ...figure, earlierRatio, change: figure.ratio === null || earlierRatio === null ? null : figure.ratio / earlierRatio };
  });
}

function parse(path: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw fileError(path, 'it is not JSON');
  }
}
