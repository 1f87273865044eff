/** The table of what was found, as it is printed: at most 80 columns, but for the lines of code of a mistake that was not found. */
import type { Outcome, Searched } from './laboratory.ts';

/** A mistake that was searched. */
export interface Row {
  /** Its id, or nothing where it has a name. */
  readonly id: string;
  readonly file: string;
  readonly kind: string;
  /** The code, which is shown unless the mistake was found. */
  readonly says: string;
  readonly searched: Searched;
}

const WIDTH = 80;
const FOUND_MIN = 0.95;
const OUTCOMES: readonly Outcome[] = ['found', 'missed', 'refused', 'crashed'];

/** @param n its number, of so many */
export function lineOf({ id, file, kind, says, searched }: Row, n: number, of: number): string {
  const { outcome, schedules, why } = searched;
  const place = `${String(n).padStart(3)}/${String(of).padEnd(3)}`;
  const line = `${place} ${id.padEnd(8)} ${outcome.padEnd(7)} ${String(schedules).padStart(5)} ${file.padEnd(20)} ${kind}`.slice(0, WIDTH);
  return outcome === 'found' ? `${line}\n` : `${line}\n  ${says}\n${why === '' ? '' : `  ${why}\n`}`;
}

/** @param same how many were not searched, because they are the same job */
export function conclusionOf(rows: readonly Row[], same: number): { readonly text: string; readonly isEnough: boolean } {
  const count = (some: readonly Row[], outcome: Outcome): number => some.filter(({ searched }) => searched.outcome === outcome).length;
  const line = (name: string, some: readonly Row[]): string =>
    `${name.padEnd(30)}${OUTCOMES.map((outcome) => String(count(some, outcome)).padStart(9)).join('')}\n`;
  const kinds = [...new Set(rows.map(({ kind }) => kind))].toSorted();
  const [found, missed] = [count(rows, 'found'), count(rows, 'missed')];
  const isEnough = found > 0 && found >= FOUND_MIN * (found + missed); // a search that finds nothing has gone wrong
  const head = `\n${'kind of mistake'.padEnd(30)}${OUTCOMES.map((outcome) => outcome.padStart(9)).join('')}\n`;
  const body = kinds
    .map((kind) =>
      line(
        kind,
        rows.filter((row) => row.kind === kind),
      ),
    )
    .join('');
  const end =
    `${found} of ${found + missed} mistakes were found, and at least ${100 * FOUND_MIN} % should be;\n` +
    `${same} make the same job, and were not searched\n`;
  return { text: `${head}${body}${line('all', rows)}\n${end}`, isEnough };
}
