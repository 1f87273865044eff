/** In which order woken coroutines run. */
import type { RunQueue } from './run-queue.ts';

export interface WakeDiscipline {
  /** Model code, recorded: a coroutine that slept has been woken. */
  woken(queue: RunQueue, id: number): void;
}
