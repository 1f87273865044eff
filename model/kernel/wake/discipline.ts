/** In which order woken coroutines run. */
import type { WokenList } from './woken-list.ts';

export interface WakeDiscipline {
  /** Model code, recorded: a coroutine that slept has been woken. */
  woken(list: WokenList, id: number): void;
  /** The same: one that may have been woken is to run no more. */
  killed(list: WokenList, id: number): void;
}
