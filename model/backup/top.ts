/** TOP: only what is allocated in the topmost image is copied; the target shares its backing (reference A.6, J4). */
import type { Run } from '../kernel/coroutine.ts';
import { type StepName, defineStep } from '../kernel/step.ts';
import type { Requester } from '../block/requester.ts';
import type { BackupJob } from './job.ts';

/** The job asks before it copies; a copy asks (without the rule topDecidesOnce) once it holds the cluster. */
export const ASK = defineStep('ask', 'sector');
export const COPY_ASK = defineStep('copy.ask', 'sector');

/** Walks the cluster in runs of the same allocation until one is allocated. */
export function* clusterHasAllocated(job: BackupJob, me: Requester, c: number, ask: StepName): Run<boolean> {
  const { rules, source, clusterSectors } = job;
  const first = c * clusterSectors;
  const end = rules.topStopsAtEndOfDisk ? Math.min(first + clusterSectors, job.sectors) : first + clusterSectors;
  for (let s = first; s < end; ) {
    if (s < job.sectors) yield me.step(ask, s); // past the end of the disk no driver is asked, so nothing yields
    const run = source.image.isAllocated(s, end - s);
    if (run.allocated) return true;
    if (!rules.topAsksWholeCluster) return false;
    s += run.sectors;
  }
  return false;
}
