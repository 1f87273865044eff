/** How far a backup has come, told from cells and from the job's pending step. */
import type { Coroutine } from '../../../kernel/coroutine.ts';
import { atOf, nameOf } from '../../../kernel/step.ts';
import { Requester } from '../../../block/requester.ts';
import { CLOSE, CLOSE_DRAIN, FIRST_YIELD, JOB_START, START_DRAIN } from '../../../job/steps.ts';
import type { BackupState } from '../../../job/backup-state.ts';

export function isHooked({ world, source }: BackupState): boolean {
  return world.cells[source.hook.cell] === 1;
}

/** Whether this coroutine has a copy in flight of the cluster. */
export function holds({ inFlight }: BackupState, who: Coroutine, cluster: number): boolean {
  return who instanceof Requester && inFlight.coversSeen(who, cluster);
}

/** Whether the loop is past a cluster, and will not come back to it. */
export function hasPassed(job: BackupState, cluster: number): boolean {
  const { at, index } = nameOf(job.pending);
  // One that has ended has passed them all, too.
  if (at === 'nothing') return index !== JOB_START.index && index !== START_DRAIN.index && index !== FIRST_YIELD.index;
  return cluster < (at === 'cluster' ? atOf(job.pending) : Math.floor(atOf(job.pending) / job.clusterSectors));
}

/** Whether the last copy has ended, and there will be none. */
export function isPastCopies(job: BackupState): boolean {
  const { index } = nameOf(job.pending);
  return job.hasEnded || index === CLOSE_DRAIN.index || index === CLOSE.index;
}

/** Whether nobody waits any more for the guest's requests to end. */
export function isPastDrains(job: BackupState): boolean {
  return job.hasEnded || nameOf(job.pending).index === CLOSE.index;
}
