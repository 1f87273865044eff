/** Which runs of a real QEMU the model has a run for at all, and what it is told of them. */
import type { GuestOperation, Scenario } from '../../model/scenario/scenario.ts';
import type { TraceStep } from '../trace/format.ts';
import { CLUSTER_BYTES } from './log.ts';

/** One worker and chunks of a cluster: as near as 7.2 comes to the loop of 1.6. */
export const LIKE_1_6 = `start workers 1 chunk ${CLUSTER_BYTES}`;
export const FILTER = 'start filter';

/** Why the log of a run can't be compared; null: it can. */
export function whyNotComparable(
  { disk, faults = [], targetClusterSectors, guest }: Scenario,
  schedule: readonly TraceStep[],
): string | null {
  const start = schedule.find(({ who, what }) => who === 'user' && what.startsWith('start '));
  if (start === undefined) return 'the job is never started';
  if (targetClusterSectors > disk.clusterSectors)
    return 'the clusters of the target are larger than those of the backup, and are filled up in I/O of their own';
  if (start.what !== LIKE_1_6 && start.what !== FILTER) return 'it has more than one worker, or chunks of more than a cluster';
  if (faults.length > 0) return 'errors are injected: 7.2 retries by its own rules';
  if (disk.overlay !== undefined && guest.some(({ kind }) => kind === 'readT0'))
    return 'the point in time is read through a format over a format';
  return null;
}

/**
 * The scenario as the model runs it. Of guests only those that have asked; what comes after what is in the log. A discard
 * that never came to the disk was dropped by QEMU, whose filter is opened without unmap (block/io.c,
 * `bdrv_co_pdiscard`): to everybody else it was a flush. One that a disk ignores was copied for all the same.
 */
export function asTheModelRuns(scenario: Scenario, schedule: readonly TraceStep[]): Scenario {
  const { disk } = scenario;
  const has = (who: string, what: string): boolean => schedule.some((step) => step.who === who && step.what === what);
  const asked = scenario.guest.filter(({ id, kind }) => has(id, kind));
  const guest = asked.map((operation): GuestOperation => {
    const isDropped = operation.kind === 'discard' && wasDropped(operation, scenario, schedule);
    return { ...operation, after: [], ...(isDropped ? { kind: 'flush', first: 0, count: 0 } : {}) };
  });
  return {
    ...scenario,
    disk: { ...disk, discardReads: disk.discardReads === 'ignored' ? 'old' : disk.discardReads },
    guest,
    cancel: has('user', 'cancel') || has('user', 'stop'),
    cancelAfter: [],
    pause: has('operator', 'pause'),
    resume: false,
  };
}

/**
 * On a raw disk nothing of it, not even its beginning, comes to the disk until it is answered; on an overlay nobody
 * sees, but it was asked while a job was there.
 */
function wasDropped({ id, first }: GuestOperation, { disk }: Scenario, schedule: readonly TraceStep[]): boolean {
  const issued = schedule.findIndex((step) => step.who === id);
  const answered = schedule.findIndex(({ saw }) => saw.split(', ').includes(`${id} ok`));
  if (disk.overlay === undefined) {
    const from = (first * CLUSTER_BYTES) / disk.clusterSectors;
    return !schedule
      .slice(issued, answered < 0 ? undefined : answered + 1)
      .some(({ saw }) => saw.split(', ').some((text) => text.startsWith(`source trim ${from}-`)));
  }
  const ended = schedule.findIndex(({ saw }) => /BLOCK_JOB_(?:COMPLETED|CANCELLED)/.test(saw));
  const isJob = schedule.some(({ who, what }) => who === 'user' && what === LIKE_1_6);
  return isJob && (ended < 0 || issued <= ended);
}
