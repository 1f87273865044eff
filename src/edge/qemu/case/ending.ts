/** How a job has come to its end, as its user sees it. */
import type { Side } from '../../../../model/block/errors.ts';
import type { CaseView } from '../observe/oracle.ts';

export type Ending = 'success' | 'cancelled' | `${Side} error`;

/** Null: it has not ended, or failed and blamed neither side. */
export function endingOf({ end, blamed }: CaseView): Ending | null {
  if (end === 'completed') return 'success';
  if (end === 'cancelled') return 'cancelled';
  return end === null || blamed === null ? null : `${blamed} error`;
}
