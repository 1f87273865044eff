/** A guest that never stops: all requests that it makes again and again, as far as the job is concerned. */
import type { GuestRequest } from './guest.ts';

export class EndlessGuests {
  /** Set once they are there, which is after the job. */
  requests: readonly GuestRequest[] = [];

  /** The job has taken a step: a request that waits for it begins once more. */
  jobMoves(): void {
    for (const request of this.requests) request.jobMoves();
  }
}
