/** What the page must show of a run, computed here by the engine that the page has in it. */
import '../../src/families/block-copy.ts';
import type { Trace } from '../../src/trace/format.ts';
import { type Cell, type Grid, gridOf } from '../../src/run/grid.ts';
import { runOfTrace } from '../../src/run/of-trace.ts';
import type { Run } from '../../src/run/run.ts';
import { sentenceOfStep } from '../../src/run/step-words.ts';
import type { ShownCell } from './screen.ts';

export const runOf = (trace: Trace): Run => runOfTrace(trace).run;

/** Beside the usual rows the page has this one only where a lesson asks for it. */
const NOT_SHOWN = 'target alone';

/** By row of the grid, its cells after so many steps. */
export function cellsAfter(run: Run, n: number): Record<string, ShownCell[]> {
  const [grid, before] = [gridOf(run, n), n === 0 ? null : gridOf(run, n - 1)];
  return Object.fromEntries(
    rowsOf(grid).map(({ name, cells }) => [
      name,
      cells.map((cell, i) => asShown(cell, before?.rows.find((row) => row.name === name)?.cells[i] ?? null)),
    ]),
  );
}

const rowsOf = ({ rows }: Grid): Grid['rows'] => rows.filter(({ name }) => name !== NOT_SHOWN);

/** What a cell says in words of the page. */
export const WORDS: Readonly<Record<string, string>> = { '··': 'empty', nothing: 'empty', '0': 'no', '1': 'yes', freed: 'gone' };

function asShown({ text, kind, want, chips }: Cell, before: Cell | null): ShownCell {
  const told = chips?.map((chip) => chip.text).join(' ') ?? WORDS[text] ?? text;
  return {
    text: `${want === null ? '' : '✗ '}${told}${want === null ? '' : ` want ${want}`}`,
    isWrong: want !== null,
    // That it was not known before T0 is no change.
    isRinged: before !== null && text !== '' && before.text !== '?' && (before.text !== text || before.kind !== kind),
  };
}

/** What the step did. */
export function sentenceAfter({ steps }: Run, n: number): string {
  const step = steps[n - 1];
  return step === undefined
    ? 'Step 0 Nothing has happened yet.'
    : `Step ${n} ${sentenceOfStep(step.who, step.what, step.saw).replace('→ T0, hook linked', '→ hook linked')}.`;
}

/** After which steps a disk, or what the backup shows of it, is another than before. */
export function changesOf(run: Run): number[] {
  const told = (n: number): string => JSON.stringify(gridOf(run, n).rows.map(({ cells }) => cells.map(({ text, kind }) => [text, kind])));
  return Array.from({ length: run.length }, (_, i) => i + 1).filter((n) => told(n) !== told(n - 1));
}
