/**
 * Scenarios from a recorded guest: the log is cut at T0. What came before has made the disk what
 * it is at T0; what comes after runs against the backup, with the freedom that the guest itself
 * left: a request waits for those that had ended before it began, and for no others.
 */
import { type SyncMode, syncOf } from '../../model/sync.ts';
import type { DiscardReads } from '../../model/block/image.ts';
import { plainTargetClusterSectors } from '../../model/scenario/plain-target.ts';
import type { GuestOperation, OverlayLayout, Scenario } from '../../model/scenario/scenario.ts';
import { type GuestLog, type LoggedRequest, immediatePredecessors } from './guest-log.ts';

/** 64 KiB, as in QEMU: BACKUP_SECTORS_PER_CLUSTER, and qcow2's default. */
const CLUSTER_SECTORS = 128;

/** The latest T0 that leaves the guest something to do: T0s to choose from are 0 up to and with this. */
export function lastUsefulT0(log: GuestLog): number {
  return log.requests.length - 1;
}

/**
 * The scenario in which the first `t0` requests of the log came before T0 and have been applied,
 * those in flight at T0 as well, and all others come after it. Requests are named by their number
 * in the log, counted from 1, so that g208 is the 208th and the first after T0 is g(t0 + 1).
 *
 * Before the log the disk was all zeroes. In a mode that asks what is allocated, only what the log wrote lies in the overlay;
 * behind it there is data everywhere, so that reading the wrong image shows.
 *
 * @param t0 how many requests had begun, 0 to `lastUsefulT0(log)`
 * @throws RangeError if the log has no request `t0`
 */
export function workloadScenario(log: GuestLog, mode: SyncMode, t0: number, discardReads: DiscardReads): Scenario {
  if (!Number.isInteger(t0) || t0 < 0 || t0 > lastUsefulT0(log))
    throw new RangeError(`t0 is ${t0}, and must be one of 0 to ${lastUsefulT0(log)}`);
  const before = log.requests.slice(0, t0);
  const disk = diskAfter(log.sectors, before);
  const { selects, endsByItself } = syncOf(mode);
  const overlay = selects === 'allocated' ? overlayAfter(log.sectors, before) : null;
  return {
    mode,
    disk: {
      sectors: log.sectors,
      clusterSectors: CLUSTER_SECTORS,
      zero: zeroSectors(disk, overlay),
      discardReads,
      ...(overlay === null ? {} : { overlay }),
    },
    targetClusterSectors: plainTargetClusterSectors(mode, CLUSTER_SECTORS),
    guest: guestOperations(log.requests.slice(t0), t0),
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

/**
 * By sector: 1 if the last that changed it was a write. Requests are applied in the order of their
 * end, but backwards: what a later one left is final, so each sector is visited once, however many
 * requests cover it.
 */
function diskAfter(sectors: number, requests: readonly LoggedRequest[]): Uint8Array {
  const holdsData = new Uint8Array(sectors);
  const unvisited = new Unvisited(sectors);
  const lastToEndFirst = requests
    .filter(changesTheDisk)
    .toSorted((a, b) => a.end - b.end)
    .toReversed();
  for (const { kind, first, count } of lastToEndFirst) {
    for (let s = unvisited.from(first); s < first + count; s = unvisited.from(s)) {
      if (kind === 'write') holdsData[s] = 1;
      unvisited.visit(s);
    }
  }
  return holdsData;
}

/** Which clusters the overlay has of its own: those written, be it with zeroes. A trim allocates nothing. */
function overlayAfter(sectors: number, requests: readonly LoggedRequest[]): OverlayLayout {
  const allocated: number[] = [];
  const clusters = new Unvisited(Math.ceil(sectors / CLUSTER_SECTORS));
  for (const { kind, first, count } of requests) {
    if (kind !== 'write' && kind !== 'zero') continue;
    const end = Math.ceil((first + count) / CLUSTER_SECTORS);
    for (let c = clusters.from(Math.floor(first / CLUSTER_SECTORS)); c < end; c = clusters.from(c)) {
      allocated.push(c);
      clusters.visit(c);
    }
  }
  return { clusterSectors: CLUSTER_SECTORS, allocated: allocated.toSorted((a, b) => a - b), zeroClusters: [], baseSectors: sectors };
}

/** What shows zeroes: what holds no data, unless it is the base that shows there. */
function zeroSectors(holdsData: Uint8Array, overlay: OverlayLayout | null): number[] {
  const zero: number[] = [];
  const pushZeroes = (first: number, end: number): void => {
    for (let s = first; s < end; s++) if (holdsData[s] === 0) zero.push(s);
  };
  if (overlay === null) pushZeroes(0, holdsData.length);
  else for (const c of overlay.allocated) pushZeroes(c * CLUSTER_SECTORS, Math.min((c + 1) * CLUSTER_SECTORS, holdsData.length));
  return zero;
}

function changesTheDisk({ kind }: LoggedRequest): boolean {
  return kind === 'write' || kind === 'zero' || kind === 'discard';
}

/** Which of the numbers below `end` have not been visited; the others are skipped in nearly constant time. */
class Unvisited {
  /** Where to look on: at itself if unvisited. `end` never is visited, so the search ends. */
  readonly #next: Int32Array;

  constructor(end: number) {
    this.#next = new Int32Array(end + 1);
    for (let n = 0; n <= end; n++) this.#next[n] = n;
  }

  /** The first unvisited one from `n` on, or `end`. */
  from(n: number): number {
    const next = this.#next;
    while (next[n] !== n) {
      next[n] = next[next[n]!]!; // halves the path for the next lookup
      n = next[n]!;
    }
    return n;
  }

  visit(n: number): void {
    this.#next[n] = n + 1;
  }
}

/**
 * The requests that begin a burst: while they run, another begins that changes the same backup
 * cluster. A T0 just before one lets two copies meet; later the cluster has been copied.
 */
export function burstsOf({ requests }: GuestLog): number[] {
  return requests.flatMap((request, i) =>
    changesTheDisk(request) && overtakers(requests, i).some((other) => changesTheDisk(other) && shareCluster(request, other)) ? [i] : [],
  );
}

/** The requests that begin after this one and before its end. */
function overtakers(requests: readonly LoggedRequest[], i: number): readonly LoggedRequest[] {
  let end = i + 1;
  while (end < requests.length && requests[end]!.begin < requests[i]!.end) end++;
  return requests.slice(i + 1, end);
}

const shareCluster = (a: LoggedRequest, b: LoggedRequest): boolean =>
  Math.floor(a.first / CLUSTER_SECTORS) * CLUSTER_SECTORS < b.first + b.count &&
  Math.floor(b.first / CLUSTER_SECTORS) * CLUSTER_SECTORS < a.first + a.count;
