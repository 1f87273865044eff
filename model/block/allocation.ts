/** Whether anything of a cluster is allocated in the topmost image: what TOP asks before it copies (reference A.6, J4). */
import type { Run } from '../kernel/coroutine.ts';
import type { StepName } from '../kernel/step.ts';
import { type BlockError, NO_ERROR } from './errors.ts';
import type { BlockNode } from './node.ts';
import type { Requester } from './requester.ts';

/** The rules that are asked here. */
export interface AllocationRules {
  readonly topStopsAtEndOfDisk: boolean;
  readonly allocationErrorIsHandled: boolean;
  readonly topAsksWholeCluster: boolean;
}

/** Who wants to know: a job with its disk, in clusters of the backup. */
export interface AllocationAsker {
  readonly rules: AllocationRules;
  readonly source: BlockNode;
  readonly sectors: number;
  readonly clusterSectors: number;
}

/** The answer to the question whether a cluster has anything allocated: one of these, or an error, which is above 0. */
export const ALLOCATED = -1;
export const UNALLOCATED = -2;
type Allocation = BlockError;

/** Walks the cluster in runs of the same allocation until one is allocated. */
export function* allocationOf(job: AllocationAsker, me: Requester, c: number, ask: StepName): Run<Allocation> {
  const { rules, source, clusterSectors } = job;
  const first = c * clusterSectors;
  const end = rules.topStopsAtEndOfDisk ? Math.min(first + clusterSectors, job.sectors) : first + clusterSectors;
  for (let s = first; s < end;) {
    if (s < job.sectors) yield me.step(ask, s); // past the end of the disk no driver is asked, so nothing yields
    const error = source.askFails(s);
    if (error !== NO_ERROR) {
      if (rules.allocationErrorIsHandled) return error;
      continue; // qcow2 puts it so: nothing is allocated in 0 sectors (S-03)
    }
    const run = source.image.isAllocated(s, end - s);
    if (run.allocated) return ALLOCATED;
    if (!rules.topAsksWholeCluster) return UNALLOCATED;
    s += run.sectors;
  }
  return UNALLOCATED;
}
