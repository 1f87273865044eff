/** The trace and the same choices on the correct job, step by step, in two columns. */
import type { ColumnOptions } from './columns.ts';
import type { Explanation } from './explanation.ts';

/** So many steps before the two part, and so many after. */
const BEFORE = 6;
const AFTER = 12;

export interface Pair {
  readonly n: number;
  readonly here: string;
  readonly correct: string;
  readonly isParting: boolean;
}

/** The steps around the first place where they part; all of them, if they never do. */
export function pairsOf({ rows, correct }: Explanation, isFull: boolean): Pair[] {
  if (correct === null) return [];
  const { steps, parts } = correct;
  const length = Math.max(rows.length, steps.length);
  const [first, end] = isFull || parts === null ? [0, length] : [Math.max(0, parts - 1 - BEFORE), Math.min(length, parts + AFTER)];
  return Array.from({ length: end - first }, (_, i) => {
    const [here, there] = [rows[first + i], steps[first + i]];
    return {
      n: first + i + 1,
      here: here === undefined ? '' : said(here),
      correct: there === undefined ? '' : said(there),
      isParting: first + i + 1 === parts,
    };
  });
}

const said = ({ who, what, saw }: { who: string; what: string; saw: string }): string => `${who}: ${what}${saw === '' ? '' : ` ${saw}`}`;

export function sideBySide(explanation: Explanation, { width, full }: ColumnOptions & { readonly full: boolean }): string[] {
  const { correct } = explanation;
  if (correct === null) return ['No rule of this job is off, so there is no other job to compare it with.'];
  const pairs = pairsOf(explanation, full);
  const column = Math.floor((width - '<> 1234  '.length - 2) / 2);
  const cell = (text: string): string => (text.length > column ? `${text.slice(0, column - 3)}...` : text).padEnd(column);
  const line = (mark: string, n: string, here: string, there: string): string =>
    `${mark} ${n.padStart(4)}  ${cell(here)}  ${cell(there)}`.trimEnd();
  const left = pairs.length > 0 && pairs[0]!.n > 1 ? [`         ... ${pairs[0]!.n - 1} identical steps ...`] : [];
  return [
    line('  ', 'step', 'this job', 'correct job'),
    ...left,
    ...pairs.map(({ n, here, correct: there, isParting }) => line(isParting ? '<>' : '  ', String(n), here, there)),
    '',
    correct.breaks === null ? 'Nothing breaks in the correct job.' : `${correct.breaks} breaks in the correct job.`,
  ];
}
