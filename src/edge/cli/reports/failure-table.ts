/** Several failures, two lines each: what `explain` says of one takes a screen. */
import { minimalityOf } from '../../../shrink/failure.ts';
import { wrap } from '../../../explain/wrap.ts';
import type { Told } from '../io/failures.ts';
import type { Out, Paint } from './page.ts';

const WIDTH = 80;
const INDENT = 5;
const COLUMNS = [
  ['broken', 18],
  ['mode', 6],
  ['requests', 10],
  ['preemptions', 13],
  ['steps', 7],
  ['minimal', 11],
] as const;

export function printFailureTable(failures: readonly Told[], out: Out, paint: Paint): void {
  const row = (cells: readonly (string | number)[]): string =>
    cells
      .map((cell, i) => String(cell).padEnd(COLUMNS[i]![1]))
      .join('')
      .trimEnd();
  out(paint('dim', `${' '.repeat(INDENT)}${row(COLUMNS.map(([name]) => name))}`));
  for (const [i, { trace, cost, path }] of failures.entries()) {
    const { verdict, scenario, cause } = trace;
    const { requests, preemptions, steps } = cost;
    const cells = [verdict.property, scenario.mode.toUpperCase(), requests, preemptions, steps, minimalityOf(trace).minimal];
    out(`${paint('red', `${i + 1}.`.padStart(INDENT - 1))} ${row(cells)}`);
    if (cause.length > 0) for (const line of wrap(`without ${cause.join(', ')}`, WIDTH - INDENT)) out(`${' '.repeat(INDENT)}${line}`);
    out(paint('dim', `${' '.repeat(INDENT)}${path}`));
  }
  out();
  out('Why one of them fails, step by step (or all of them: --details):');
  out(`  npx cowcheck explain ${failures[0]!.path}`);
  out();
}
