/** A worker thread: replays one trace at a time. */
import { type ReplayResult, replay } from '../trace/replay.ts';
import type { ReplayJob } from './job.ts';

export default function run({ trace, changes }: ReplayJob): ReplayResult {
  return replay(trace, changes);
}
