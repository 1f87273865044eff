/**
 * The requests that begin a burst: while they run, another begins that changes the same backup
 * cluster. A T0 just before one lets two copies meet; later the cluster has been copied.
 */
import { changesTheDisk } from './disk-state.ts';
import type { LoggedRequest } from './guest-log.ts';

/** @param requests in the order in which they began @returns indices, ascending */
export function burstsOf(requests: readonly LoggedRequest[], clusterSectors: number): number[] {
  const bursts: number[] = [];
  for (const [i, request] of requests.entries()) if (changesTheDisk(request) && isOvertaken(requests, i, clusterSectors)) bursts.push(i);
  return bursts;
}

/** Whether one that begins after this one, and before its end, changes the same cluster. */
function isOvertaken(requests: readonly LoggedRequest[], i: number, clusterSectors: number): boolean {
  const request = requests[i]!;
  for (let k = i + 1; k < requests.length && requests[k]!.begin < request.end; k++)
    if (changesTheDisk(requests[k]!) && shareCluster(request, requests[k]!, clusterSectors)) return true;
  return false;
}

const shareCluster = (a: LoggedRequest, b: LoggedRequest, clusterSectors: number): boolean =>
  Math.floor(a.first / clusterSectors) * clusterSectors < b.first + b.count &&
  Math.floor(b.first / clusterSectors) * clusterSectors < a.first + a.count;
