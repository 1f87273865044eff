/** `cowcheck rules --matrix`: each rule off, in each mode: what breaks, and what was searched where nothing does. */
import { SYNC_MODES, type SyncMode } from '../../../../model/sync.ts';
import type { RuleName } from '../../../../model/families/notifier/rules.ts';
import { FileError } from '../../files/text.ts';
import { saveTraceAs } from '../../files/traces.ts';
import type { Cell } from '../../../matrix/cell.ts';
import { type Broken, type MatrixCell, type MatrixRow, fileNameOf, matrixOf, tracesOf } from '../../../matrix/matrix.ts';
import { printable } from '../../../trace/printable.ts';
import { type MatrixOutcome, searchMatrix } from '../../workers/matrix.ts';
import { barOf } from '../io/failures.ts';
import { INTERRUPTED, UNFINISHED } from '../io/exit-status.ts';
import { interruptible } from '../io/interrupt.ts';
import { wrap } from '../../../explain/wrap.ts';
import { io } from '../io/io.ts';
import { json, painter, plural } from '../io/terminal.ts';

export interface MatrixFlags {
  readonly seed: string;
  readonly seconds?: number;
  readonly workers: number;
  readonly out: string;
  readonly json: boolean;
  readonly color: boolean;
}

/** @param rules those whose rows are filled @returns the exit status */
export async function printMatrix(rules: readonly RuleName[], flags: MatrixFlags): Promise<number> {
  return interruptible(async (signal) => {
    const outcome = await watched(rules, flags, signal);
    const rows = matrixOf(rules, outcome);
    io().out(flags.json ? json(rows) : `${rows.map((row) => describe(row, painter(flags.color))).join('\n')}${pairsInWords(rows)}`);
    if (!outcome.complete)
      io().err(
        `cowcheck: ${signal.aborted ? 'interrupted' : 'out of time'}: unanswered cells are null in the ` +
          `JSON, and pairs may be missing\n`,
      );
    const traces = tracesOf(outcome);
    // last: the matrix took minutes, whether or not they can be written
    for (const trace of traces) saveTraceAs(fileNameOf(trace), trace, flags.out);
    if (traces.length > 0) io().err(`cowcheck: ${plural(traces.length, 'trace')} in ${printable(flags.out)}\n`);
    if (signal.aborted) return INTERRUPTED;
    return outcome.complete ? 0 : UNFINISHED;
  });
}

async function watched(rules: readonly RuleName[], flags: MatrixFlags, signal: AbortSignal): Promise<MatrixOutcome> {
  const bar = barOf(flags, 1_000);
  try {
    return await searchMatrix(
      { rules, seed: flags.seed, workers: flags.workers, seconds: flags.seconds ?? null },
      signal,
      (share, what) => bar?.update(1_000 * share, what),
      (cell) => keep(cell, flags.out),
    );
  } finally {
    bar?.stop();
  }
}

/** At once: the matrix takes minutes, and whatever ends it should leave what was found. If it can't be written, that is told at the end. */
function keep({ findings }: Cell, folder: string): void {
  try {
    for (const {
      failure: { trace },
    } of findings)
      saveTraceAs(fileNameOf(trace), trace, folder);
  } catch (error) {
    if (!(error instanceof FileError)) throw error;
  }
}

const INDENT = 10;

function describe({ name, modes }: MatrixRow, paint: ReturnType<typeof painter>): string {
  const lines = SYNC_MODES.flatMap((mode) => {
    const [first = '', ...more] = wrap(inWords(mode, modes[mode]), 80 - INDENT);
    return [`  ${mode.toUpperCase().padEnd(INDENT - 2)}${first}`, ...more.map((line) => `${' '.repeat(INDENT)}${line}`)];
  });
  return `${[paint('bold', name), ...lines].join('\n')}\n`;
}

function inWords(mode: SyncMode, { asked, necessary, wake, underQemu, maskedBy, ...broken }: MatrixCell): string {
  if (necessary === null) return 'not searched to the end';
  if (asked === false) return 'not applicable in this mode';
  if (!necessary)
    return (
      `${maskedBy.length === 0 ? 'no failure found' : `masked by ${maskedBy.join(', ')}`}: nothing at random, ` +
      `nor in any schedule of a small scope of ${mode.toUpperCase()} (--json says which)`
    );
  const onlyAny = wake.includes('qemu') ? '' : "; not found in QEMU's wake order";
  const qemu = underQemu === undefined ? '' : `; in QEMU's wake order: ${brokenInWords(underQemu)}`;
  return `necessary: ${brokenInWords(broken as Broken)}${qemu}${onlyAny}`;
}

/** Of pairs, each once. */
function pairsInWords(rows: readonly MatrixRow[]): string {
  const pairs = rows.flatMap(({ name, modes }) =>
    SYNC_MODES.flatMap((mode) => modes[mode].together.map((other) => `${mode.toUpperCase()}: ${[name, other].toSorted().join(' and ')}`)),
  );
  const lines = [...new Set(pairs)].flatMap((pair) => wrap(pair, 78)).map((line) => `  ${line}`);
  return lines.length === 0
    ? ''
    : `\nThese rules matter only together: the scenario holds if only one of them is off:\n${lines.join('\n')}\n`;
}

function brokenInWords({ property, requests, preemptions, steps, minimal }: Broken): string {
  return (
    `${property}, ${plural(requests, 'request')}, ${plural(preemptions, 'preemption')}, ${plural(steps, 'step')} ` +
    `(${minimal === 'proven' ? 'proven minimal' : minimal})`
  );
}
