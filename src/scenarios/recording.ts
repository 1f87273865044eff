/**
 * A window of a log, ready to be cut at any T0 in it: its requests, and what came before has made of the disk. Plain data, so that
 * each worker gets no more than that of a log of any length.
 *
 * The disk is made of the clusters that matter (kept-clusters.ts), and a sector of it is the largest piece that each request covers
 * whole or not at all, up to a cluster: 4 KiB, mostly. Nothing that can break is lost by that. All sectors of such a piece are
 * treated alike, so that of a run in which one of them is wrong, what happens to that sector is a run of the model.
 */
import type { GuestLog, LoggedRequest } from './guest-log.ts';
import { SECTOR_BYTES } from './guest-log.ts';
import { applyTo, writtenClusters } from './disk-state.ts';
import { CLUSTER_SECTORS, KeptClusters } from './kept-clusters.ts';
import type { LogWindow } from './window.ts';

export interface Recording {
  /** The length of the disk. */
  readonly sectors: number;
  readonly clusterSectors: number;
  readonly sectorBytes: number;
  /** In the order in which they began, in sectors of this disk. */
  readonly requests: readonly LoggedRequest[];
  /** How many requests of the log come before them. */
  readonly numbered: number;
  /** Those of them that had not ended when the first one began. */
  readonly inFlight: readonly LoggedRequest[];
  /** What all others have made of the disk: by sector, 1 if it holds data; ... */
  readonly data: Uint8Array;
  /** ... and the clusters that they have written, ascending. */
  readonly written: readonly number[];
}

/** @param window of at least one request of the log */
export function recordingOf(log: GuestLog, { from, count }: LogWindow): Recording {
  const window = log.requests.slice(from, from + count);
  const kept = new KeptClusters(log.sectors, window);
  const start = window[0]!.begin;
  const past = log.requests.slice(0, from).flatMap((request) => placed(request, kept));
  const inFlight = past.filter(({ end }) => end > start);
  const ended = past.filter(({ end }) => end <= start);
  const requests = window.flatMap((request) => placed(request, kept));
  const unit = [...requests, ...inFlight].reduce(
    (so, { first, count: long }) => gcd(gcd(so, first), long),
    gcd(CLUSTER_SECTORS, kept.sectors),
  );
  return {
    sectors: kept.sectors / unit,
    clusterSectors: CLUSTER_SECTORS / unit,
    sectorBytes: unit * SECTOR_BYTES,
    requests: requests.map((request) => inUnits(request, unit)),
    numbered: from,
    inFlight: inFlight.map((request) => inUnits(request, unit)),
    data: dataAfter(ended, kept.sectors, unit),
    written: writtenClusters(kept.sectors, CLUSTER_SECTORS, ended),
  };
}

/** A request in the sectors of the kept clusters; none, if it touches none of them. A flush stays as it is. */
function placed(request: LoggedRequest, kept: KeptClusters): LoggedRequest[] {
  if (request.count === 0) return [request];
  const place = kept.place(request);
  return place === null ? [] : [{ ...request, ...place }];
}

const inUnits = (request: LoggedRequest, unit: number): LoggedRequest => ({
  ...request,
  first: request.first / unit,
  count: request.count / unit,
});

/** A piece that holds data in part counts as data: a copy asks no less than a whole cluster whether it is zeroes. */
function dataAfter(requests: readonly LoggedRequest[], sectors: number, unit: number): Uint8Array {
  const bySector = new Uint8Array(sectors);
  applyTo(bySector, requests);
  const data = new Uint8Array(sectors / unit);
  for (let s = 0; s < sectors; s++) data[Math.floor(s / unit)]! |= bySector[s]!;
  return data;
}

function gcd(a: number, b: number): number {
  while (b > 0) [a, b] = [b, a % b];
  return a;
}
