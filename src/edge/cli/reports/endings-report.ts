/** The table of how jobs with a bitmap ended. */
import type { EndingsRow } from '../../qemu/campaign/endings.ts';
import type { Out } from './page.ts';
import { count } from '../io/terminal.ts';

const COLUMNS = [
  ['runs', 'runs'],
  ['success', 'success'],
  ['cancelled', 'cancelled'],
  ['source', 'sourceError'],
  ['target', 'targetError'],
  ["guest's", 'guestCopyFailed'],
] as const satisfies readonly (readonly [string, keyof EndingsRow])[];
const NAME_WIDTH = 23;

/** Properties that say that a cluster was lost. */
const LOSSES = ['next-increment', 'snapshot-kept'];

/** @param broken the properties that some run broke */
export function printEndings(rows: readonly EndingsRow[], broken: readonly string[], out: Out): void {
  if (rows.length === 0) return;
  out('  how jobs with a bitmap ended: well, cancelled, or with an error of the source');
  out("  or the target; and in how many runs a guest's own copy failed:");
  out(`    ${'sync, bitmap-mode'.padEnd(NAME_WIDTH)}${COLUMNS.map(([name], i) => name.padStart(widthOf(i))).join('')}`);
  for (const row of rows) {
    const cells = COLUMNS.map(([, field], i) => count(row[field]).padStart(widthOf(i)));
    out(`    ${`${row.sync}, ${row.bitmapMode}`.padEnd(NAME_WIDTH)}${cells.join('')}`);
  }
  if (!broken.some((property) => LOSSES.includes(property))) {
    out('    No cluster was lost: after each of them the next increment showed the');
    out('    disk as it was.');
  }
  out();
}

const widthOf = (column: number): number => COLUMNS[column]![0].length + (column < 3 ? 1 : 2);
