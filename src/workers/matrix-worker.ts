/** A worker thread: fills one cell of the matrix of rules at a time, or searches the pairs with one rule. */
import type { SyncMode } from '../../model/backup/drive-backup.ts';
import type { RuleName } from '../../model/backup/rules.ts';
import { rulesAsked } from '../matrix/asked.ts';
import { type Cell, searchCell } from '../matrix/cell.ts';
import { type Pair, PairSearch } from '../matrix/pairs.ts';
import type { MatrixJob } from './job.ts';

const searches = new Map<SyncMode, PairSearch>();

export default function run({ task, seed, deadline, stop }: MatrixJob): RuleName[] | Cell | Pair[] {
  const shouldStop = (): boolean => Atomics.load(stop, 0) !== 0 || (deadline !== null && Date.now() >= deadline);
  if (task.what === 'asked') return [...rulesAsked(task.mode, seed, shouldStop)];
  if (task.what === 'cell') return searchCell(task.rule, task.mode, seed, shouldStop);
  const search = searches.get(task.mode) ?? new PairSearch(task.mode);
  searches.set(task.mode, search);
  return task.others.flatMap((other) => search.search(task.rule, other, shouldStop) ?? []);
}
