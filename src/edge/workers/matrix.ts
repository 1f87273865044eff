/** Fills the matrix of rules on worker threads. The outcome is the same for any number of workers. */
import { SYNC_MODES, type SyncMode } from '../../../model/sync.ts';
import { RULE_NAMES, type RuleName } from '../../../model/families/notifier/rules.ts';
import type { Cell } from '../../matrix/cell.ts';
import type { Searched } from '../../matrix/matrix.ts';
import type { Pair } from '../../matrix/pairs.ts';
import { runInOrder } from './in-order.ts';
import type { MatrixJob, MatrixResult, MatrixTask } from './job.ts';
import { SearchLimit } from './search-limit.ts';

export interface MatrixOptions {
  /** The rows to fill. */
  readonly rules: readonly RuleName[];
  readonly seed: string;
  readonly workers: number;
  /** Null: no limit. */
  readonly seconds: number | null;
}

export interface MatrixOutcome extends Searched {
  /** Whether every cell and every pair was searched. */
  readonly complete: boolean;
}

/**
 * @param onProgress called whenever something is done, with the share of all that is, from 0 to 1, and what it was
 * @param onCell called with each cell that has been searched
 */
export async function searchMatrix(
  { rules, seed, workers, seconds }: MatrixOptions,
  signal: AbortSignal,
  onProgress: (share: number, what: string) => void,
  onCell: (cell: Cell) => void,
): Promise<MatrixOutcome> {
  const limit = new SearchLimit(seconds, false);
  const asked = new Map<SyncMode, ReadonlySet<RuleName>>();
  const cells: Cell[] = [];
  const pairs: Pair[] = [];
  const run = (tasks: readonly MatrixTask[]): Promise<boolean> => {
    let done = 0;
    return runAll(tasks, { seed, limit, workers }, signal, (result) => {
      const task = tasks[done++]!;
      if (result.asked !== undefined) asked.set(task.mode, new Set(result.asked));
      if (result.cell !== undefined) {
        cells.push(result.cell);
        onCell(result.cell);
      }
      pairs.push(...(result.pairs ?? []));
      const [from, to] = SHARES[task.what];
      onProgress(from + ((to - from) * done) / tasks.length, inWords(task));
    });
  };
  const whole = [
    await run(SYNC_MODES.map((mode) => ({ what: 'asked', mode }))),
    await run(cellTasks(rules, asked)),
    await run(pairTasks(rules, asked)),
  ];
  limit.clear();
  return { asked, cells, pairs, complete: whole.every(Boolean) && cells.every((cell) => cell.complete) };
}

/** How much of the whole each part takes, roughly. */
const SHARES: Record<MatrixTask['what'], readonly [from: number, to: number]> = { asked: [0, 0.01], cell: [0.01, 0.6], pairs: [0.6, 1] };

function inWords(task: MatrixTask): string {
  const mode = task.mode.toUpperCase();
  if (task.what === 'asked') return `what ${mode} asks`;
  return task.what === 'cell' ? `${task.rule}, ${mode}` : `pairs with ${task.rule}, ${mode}`;
}

/** Rules that the code of a mode asks. */
const askedBy = (mode: SyncMode, asked: Searched['asked']): RuleName[] => RULE_NAMES.filter((rule) => asked.get(mode)?.has(rule) === true);

function cellTasks(rules: readonly RuleName[], asked: Searched['asked']): MatrixTask[] {
  return SYNC_MODES.flatMap((mode) =>
    askedBy(mode, asked)
      .filter((rule) => rules.includes(rule))
      .map((rule) => ({ what: 'cell', mode, rule }) as const),
  );
}

/** Each pair once, of which one rule has a row: with the later ones of the table, or with any that has no row. */
function pairTasks(rules: readonly RuleName[], asked: Searched['asked']): MatrixTask[] {
  return SYNC_MODES.flatMap((mode) => {
    const all = askedBy(mode, asked);
    return all
      .filter((rule) => rules.includes(rule))
      .map(
        (rule) =>
          ({
            what: 'pairs',
            mode,
            rule,
            others: all.filter((other) => other !== rule && (!rules.includes(other) || all.indexOf(other) > all.indexOf(rule))),
          }) as const,
      );
  });
}

/** @returns whether all tasks were done before somebody said stop */
async function runAll(
  tasks: readonly MatrixTask[],
  { seed, limit, workers }: { seed: string; limit: SearchLimit; workers: number },
  signal: AbortSignal,
  onResult: (result: MatrixResult) => void,
): Promise<boolean> {
  let done = 0;
  await runInOrder<MatrixJob, MatrixResult>(
    {
      filename: new URL('./matrix-worker.js', import.meta.url).href,
      workers,
      *jobs(stop) {
        for (const task of tasks) yield { task, seed, stop };
      },
      limit,
      onResult: (result) => {
        done++;
        onResult(result);
        return true;
      },
    },
    signal,
  );
  return done === tasks.length && !limit.isOver && !signal.aborted;
}
