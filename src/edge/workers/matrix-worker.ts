/** A worker thread: fills one cell of the matrix of rules at a time, or searches the pairs with one rule. */
import type { SyncMode } from '../../../model/sync.ts';
import { rulesAsked } from '../../matrix/asked.ts';
import { searchCell } from '../../matrix/cell.ts';
import { PairSearch } from '../../matrix/pairs.ts';
import type { MatrixJob, MatrixResult } from './job.ts';

const searches = new Map<SyncMode, PairSearch>();

export default function run({ task, seed, stop }: MatrixJob): MatrixResult {
  const shouldStop = (): boolean => Atomics.load(stop, 0) !== 0;
  if (task.what === 'asked') {
    const asked = [...rulesAsked(task.mode, seed, shouldStop)];
    return shouldStop() ? {} : { asked }; // a search that was stopped does not know which rules are not asked
  }
  if (task.what === 'cell') return { cell: searchCell(task.rule, task.mode, seed, shouldStop) };
  const search = searches.get(task.mode) ?? new PairSearch(task.mode);
  searches.set(task.mode, search);
  return { pairs: task.others.flatMap((other) => search.search(task.rule, other, shouldStop) ?? []) };
}
