/** TOP: only what is allocated in the topmost image is copied; the target shares its backing file (reference A.6, J4). */
import type { RuledJob } from './ruled-job.ts';

/** The cluster is done, with nothing to copy. */
export function countSkipped(job: RuledJob, c: number): void {
  if (job.copied.skip(c)) job.advance(c);
}
