/**
 * What a sector may show at some time: what somebody wrote who may have been the last. A request takes effect
 * at one instant between issue and answer, and nobody outside knows which.
 */
import { type Content, ZERO } from '../../../../model/block/content.ts';
import type { CaseView } from './oracle.ts';

/** Contents that a sector may have shown at some time from `from` to `to`, both counted in steps. */
export function mayShow({ disks, runs }: CaseView, sector: number, from: number, to: number): Content[] {
  const writes = runs
    .filter(({ operation, issuedAt }) => (operation.kind === 'write' || operation.kind === 'zero') && issuedAt <= to)
    .filter((run) => run.covers(sector));
  const isOver = (endedAt: number): boolean => writes.some((later) => !later.hasFailed && later.issuedAt > endedAt && later.endedAt < from);
  const shown = writes
    .filter((run) => !isOver(run.endedAt))
    .map((run) => (run.operation.kind === 'zero' ? ZERO : disks.contents.byGuest(run.index, sector)));
  if (!isOver(-1)) shown.push(disks.shownAtBegin(sector));
  // What a discarded sector shows is for the disk to say.
  const isDiscarded = runs.some((run) => run.operation.kind === 'discard' && run.issuedAt <= to && run.covers(sector));
  return isDiscarded ? [...shown, ZERO, disks.contents.atT0(sector), disks.contents.inBase(sector)] : shown;
}
