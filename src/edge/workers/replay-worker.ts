/** A worker thread: replays one trace at a time. */
import '../../families/block-copy.ts';
import { type ReplayResult, replay } from '../../replay/replay.ts';
import type { ReplayJob } from './job.ts';
import { ownJobs } from './custom-jobs.ts';

export default async function run({ trace, changes }: ReplayJob): Promise<ReplayResult> {
  await ownJobs();
  return replay(trace, changes);
}
