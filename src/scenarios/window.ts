/**
 * Which requests of a log may come after T0: a window of it. A schedule takes time for each of them, so of a long log only
 * some can be run in each; all that came before the window has made the disk what it is.
 */
import { burstsOf } from './bursts.ts';
import type { GuestLog } from './guest-log.ts';
import { CLUSTER_SECTORS } from './kept-clusters.ts';

/** Requests of a log, one after the other. */
export interface LogWindow {
  /** How many requests of the log come before the first of these. */
  readonly from: number;
  readonly count: number;
}

/** So many a window has unless another is asked for: a schedule of them takes a fraction of a second. */
export const WINDOW_DEFAULT = 1_000;
/** Ids of coroutines, and what is drawn at random, have 16 bits. */
export const WINDOW_MAX = 50_000;

/**
 * The window in which most requests begin a burst, for there copies can meet; of several the first. A log that is no longer than
 * one is all of it.
 */
export function busiestWindow(log: GuestLog): LogWindow {
  const all = log.requests.length;
  const count = Math.min(all, WINDOW_DEFAULT);
  const begins = new Uint8Array(all);
  for (const i of burstsOf(log.requests, CLUSTER_SECTORS)) begins[i] = 1;
  let [bursts, most, from] = [0, -1, 0];
  for (let i = 0; i < all; i++) {
    bursts += begins[i]! - (i < count ? 0 : begins[i - count]!);
    if (i + 1 < count || bursts <= most) continue;
    [most, from] = [bursts, i + 1 - count];
  }
  return { from, count };
}
