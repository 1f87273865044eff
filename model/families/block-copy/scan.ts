/**
 * TOP: before it copies, the job scans the topmost image and clears the bits of what is not allocated there (QEMU: `backup_run`,
 * block/backup.c; D.1 of the reference).
 *
 *   block-copy.c                      here
 *   --------------------------------  ------------------------------------------
 *   block_copy_is_cluster_allocated   blockCopyIsClusterAllocated
 *   block_copy_reset_unallocated      blockCopyResetUnallocated
 */
import { type BlockError, NO_ERROR } from '../../block/errors.ts';
import type { SectorRange } from '../../block/requester.ts';
import type { Run } from '../../kernel/coroutine.ts';
import { backupLoop } from './loop.ts';
import type { BlockCopyState } from './state.ts';
import { CALL_ENTERED, SCAN, SCAN_PAUSED } from './steps.ts';

/** Some clusters in a row that are alike, from `first` up to `end`. */
interface Extent extends SectorRange {
  readonly isAllocated: boolean;
  /** Else nothing has been learned of them. */
  readonly error: BlockError;
}

/**
 * Asks for runs of sectors until at least one cluster is known. A cluster of which any part is allocated counts as allocated.
 * Each answer is settled when it is asked for, in one step; QEMU may yield between the two, which makes no difference, since
 * a guest that has a cluster allocated meanwhile has cleared its bit before.
 * @param first cluster
 */
function* blockCopyIsClusterAllocated(job: BlockCopyState, first: number): Run<Extent> {
  const { clusterSectors, rules, sectors, source } = job;
  for (let sector = first * clusterSectors; ;) {
    yield job.step(SCAN, sector); //                                         J3
    const error = source.askFails(sector);
    const isIgnored = error !== NO_ERROR && !rules.failedScanEndsJob;
    if (isIgnored) return { first, end: first + 1, isAllocated: false, error: NO_ERROR };
    if (error !== NO_ERROR) return { first, end: first, isAllocated: false, error };
    const run = source.image.isAllocated(sector, sectors - sector);
    sector += run.sectors;
    if (run.allocated || sector === sectors || !rules.topAsksWholeCluster)
      return { first, end: Math.ceil(sector / clusterSectors), isAllocated: run.allocated, error };
    const end = Math.floor(sector / clusterSectors);
    if (end > first) return { first, end, isAllocated: false, error };
  }
}

/** Clears the bits of the next clusters if they are not allocated. @returns what it has learned of them */
function* blockCopyResetUnallocated(job: BlockCopyState, first: number): Run<Extent> {
  const extent = yield* blockCopyIsClusterAllocated(job, first);
  if (extent.isAllocated || !job.rules.topSkipsUnallocated) return extent;
  for (let c = first; c < extent.end; c++) if (job.isDirty(c)) job.setSkipped(c); // J4
  return extent;
}

/** The scan and, unless that fails or is cancelled, the copy. No policy is asked about an error of the scan, and no event tells of it. */
export function* backupTop(job: BlockCopyState): Run {
  for (let first = 0; first < job.clusters;) {
    while (job.isPaused && !job.isCancelled) yield* job.park(SCAN_PAUSED, first); // J2
    if (job.isCancelled) return;
    const { end, error } = yield* blockCopyResetUnallocated(job, first);
    job.setResult(error);
    if (error !== NO_ERROR) return;
    first = end;
  }
  job.skipUnallocated(false);
  yield* job.launchCall(CALL_ENTERED);
  yield* backupLoop(job);
}
