/** A worker thread: searches one unit of a sweep at a time and keeps its machines for the next. */
import '../../families/block-copy.ts';
import { type SweepResult, Sweeper } from '../../search/exhaustive/sweep.ts';
import type { SweepJob } from './job.ts';
import { ownJobs } from './custom-jobs.ts';
import { tellSighting } from './sightings.ts';

let sweeper: Sweeper | null = null;

export default async function run({ sweep, unit, bytesMax, stop }: SweepJob): Promise<SweepResult> {
  await ownJobs();
  sweeper ??= new Sweeper(sweep); // a pool serves one sweep
  return sweeper.run(unit, bytesMax, () => Atomics.load(stop, 0) !== 0, tellSighting);
}
