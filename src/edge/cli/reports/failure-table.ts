/** Several failures, two lines each: what `explain` says of one takes a screen. */
import { minimalityOf } from '../../../shrink/failure.ts';
import { wrap } from '../../../explain/wrap.ts';
import type { Told } from '../io/failures.ts';
import type { Out, Paint } from './page.ts';

const WIDTH = 80;
const INDENT = 5;
const COLUMNS = [
  ['broken', 20],
  ['mode', 8],
  ['requests', 10],
  ['preemptions', 13],
  ['steps', 7],
  ['minimal', 11],
] as const;

/** A failure, as the table has it. */
export interface FailureRow {
  readonly property: string;
  readonly mode: string;
  readonly requests: number;
  readonly preemptions: number;
  readonly steps: number;
  readonly minimal: string;
  /** In words; empty: none is known. */
  readonly cause: string;
  readonly path: string;
}

export function printFailureTable(failures: readonly Told[], out: Out, paint: Paint): void {
  const rows = failures.map(({ trace, cost, path }) => {
    const { verdict, scenario, cause } = trace;
    const { requests, preemptions, steps } = cost;
    const { minimal } = minimalityOf(trace);
    const without = cause.length === 0 ? '' : `without ${cause.join(', ')}`;
    return { property: verdict.property, mode: scenario.mode, requests, preemptions, steps, minimal, cause: without, path };
  });
  printFailureRows(rows, '--details', out, paint);
}

/** @param more the option that prints all of each */
export function printFailureRows(failures: readonly FailureRow[], more: string, out: Out, paint: Paint): void {
  const row = (cells: readonly (string | number)[]): string =>
    cells
      .map((cell, i) => String(cell).padEnd(COLUMNS[i]![1]))
      .join('')
      .trimEnd();
  out(paint('dim', `${' '.repeat(INDENT)}${row(COLUMNS.map(([name]) => name))}`));
  for (const [i, { property, mode, requests, preemptions, steps, minimal, cause, path }] of failures.entries()) {
    const cells = [property, mode.toUpperCase(), requests, preemptions, steps, minimal];
    out(`${paint('red', `${i + 1}.`.padStart(INDENT - 1))} ${row(cells)}`);
    if (cause !== '') for (const line of wrap(cause, WIDTH - INDENT)) out(`${' '.repeat(INDENT)}${line}`);
    out(paint('dim', `${' '.repeat(INDENT)}${path}`));
  }
  out();
  out(`To see why one of them fails (or all of them: ${more}):`);
  out(`  npx cowcheck explain ${failures[0]!.path}`);
  out();
}
