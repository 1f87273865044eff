/**
 * Scenarios from a recorded guest: the log is cut at T0. What came before has made the disk what
 * it is at T0; what comes after runs against the backup, with the freedom that the guest itself
 * left: a request waits for those that had ended before it began, and for no others.
 */
import { type SyncMode, syncOf } from '../../model/sync.ts';
import type { DiscardReads } from '../../model/block/image.ts';
import { plainTargetClusterSectors } from '../../model/scenario/plain-target.ts';
import type { GuestOperation, OverlayLayout, Scenario } from '../../model/scenario/scenario.ts';
import { applyTo, writtenClusters } from './disk-state.ts';
import { type LoggedRequest, immediatePredecessors } from './guest-log.ts';
import type { Recording } from './recording.ts';

/** The latest T0 that leaves the guest something to do: T0s to choose from are 0 up to and with this. */
export function lastUsefulT0({ requests }: Recording): number {
  return requests.length - 1;
}

/**
 * The scenario in which the first `t0` requests of the recording came before T0 and have been applied,
 * those in flight at T0 as well, and all others come after it. Requests are named by their number
 * in the log, counted from 1: g208 is the 208th.
 *
 * Before the log the disk was all zeroes. In a mode that asks what is allocated, only what the log wrote lies in the overlay;
 * behind it there is data everywhere, so that reading the wrong image shows. In one that copies what is dirty, that is what the
 * log wrote before T0.
 *
 * @param t0 how many requests of the recording had begun, 0 to `lastUsefulT0(recording)`
 * @throws RangeError if it has no request `t0`
 */
export function workloadScenario(recording: Recording, mode: SyncMode, t0: number, discardReads: DiscardReads): Scenario {
  const { sectors, clusterSectors, requests, numbered, inFlight } = recording;
  if (!Number.isInteger(t0) || t0 < 0 || t0 > lastUsefulT0(recording))
    throw new RangeError(`t0 is ${t0}, and must be one of 0 to ${lastUsefulT0(recording)}`);
  const before = [...inFlight, ...requests.slice(0, t0)];
  const data = recording.data.slice();
  applyTo(data, before);
  const { selects, endsByItself } = syncOf(mode);
  const overlay = selects === 'allocated' ? overlayAfter(recording, before) : null;
  return {
    mode,
    disk: {
      sectors,
      clusterSectors,
      zero: zeroSectors(data, overlay),
      discardReads,
      ...(overlay === null ? {} : { overlay }),
    },
    targetClusterSectors: plainTargetClusterSectors(mode, clusterSectors),
    ...(selects === 'dirty' ? { bitmap: { mode: 'on-success', dirty: writtenClusters(sectors, clusterSectors, before) } } : {}),
    guest: guestOperations(requests.slice(t0), numbered + t0),
    cancel: !endsByItself,
  };
}

/** `numbered`: how many requests of the log come before the first of these. */
function guestOperations(requests: readonly LoggedRequest[], numbered: number): GuestOperation[] {
  const ids = requests.map((_, i) => `g${numbered + i + 1}`);
  const predecessors = immediatePredecessors(requests);
  return requests.map(({ kind, first, count }, i) => ({
    id: ids[i]!,
    kind,
    first,
    count,
    after: predecessors[i]!.map((p) => ids[p]!),
    early: false,
  }));
}

/** Which clusters the overlay has of its own: those written, be it with zeroes. A trim allocates nothing. */
function overlayAfter({ sectors, clusterSectors, written }: Recording, before: readonly LoggedRequest[]): OverlayLayout {
  const allocated = new Set([...written, ...writtenClusters(sectors, clusterSectors, before)]);
  return { clusterSectors, allocated: [...allocated].toSorted((a, b) => a - b), zeroClusters: [], baseSectors: sectors };
}

/** What shows zeroes: what holds no data, unless it is the base that shows there. */
function zeroSectors(data: Uint8Array, overlay: OverlayLayout | null): number[] {
  const zero: number[] = [];
  const pushZeroes = (first: number, end: number): void => {
    for (let s = first; s < end; s++) if (data[s] === 0) zero.push(s);
  };
  if (overlay === null) pushZeroes(0, data.length);
  else for (const c of overlay.allocated) pushZeroes(c * overlay.clusterSectors, Math.min((c + 1) * overlay.clusterSectors, data.length));
  return zero;
}
