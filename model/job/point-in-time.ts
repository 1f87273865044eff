/**
 * T0, the instant that the backup must show. It is taken, or the command fails, in the one step that decides; either way the guest
 * requests that come after the command may start. What the backup promises from T0 on, properties/promise-window.ts says.
 */
import { Misuse } from '../kernel/misuse.ts';
import type { World } from '../kernel/world.ts';
import { JobState, type JobStatus } from './job-status.ts';

/** A job whose command has been given. */
export interface StartingJob {
  readonly world: World;
  readonly status: JobStatus;
  releaseGuests(): void;
}

/** The command succeeds: what the disk shows in this step is what the backup has to show. */
export function takePointInTime(job: StartingJob): void {
  settle(job, JobState.active);
}

/** The command fails: there is no job, and no point in time. */
export function refuseJob(job: StartingJob): void {
  settle(job, JobState.refused);
}

function settle(job: StartingJob, state: typeof JobState.active | typeof JobState.refused): void {
  if (job.status.state !== JobState.created) job.world.misuse(Misuse.beganTwice);
  job.status.setState(state);
  job.releaseGuests();
}
