/** What requests make of a disk of which only two things are known: which sectors hold data, and which clusters have been written. */
import type { LoggedRequest } from './guest-log.ts';
import { Unvisited } from './unvisited.ts';

/**
 * Notes by sector whether it holds data: 1 if the last that changed it was a write. Requests are applied in the order of their
 * end, but backwards: what a later one left is final, so each sector is visited once, however many requests cover it.
 * @param data what holds before the requests, and is changed
 */
export function applyTo(data: Uint8Array, requests: readonly LoggedRequest[]): void {
  const unvisited = new Unvisited(data.length);
  const lastToEndFirst = requests.filter(changesTheDisk).toSorted((a, b) => b.end - a.end);
  for (const { kind, first, count } of lastToEndFirst) {
    for (let s = unvisited.from(first); s < first + count; s = unvisited.from(s)) {
      data[s] = kind === 'write' ? 1 : 0;
      unvisited.visit(s);
    }
  }
}

/** The clusters that are written, be it with zeroes, ascending. A trim writes nothing. @param sectors of the disk */
export function writtenClusters(sectors: number, clusterSectors: number, requests: readonly LoggedRequest[]): number[] {
  const written: number[] = [];
  const clusters = new Unvisited(Math.ceil(sectors / clusterSectors));
  for (const { kind, first, count } of requests) {
    if (kind !== 'write' && kind !== 'zero') continue;
    const end = Math.ceil((first + count) / clusterSectors);
    for (let c = clusters.from(Math.floor(first / clusterSectors)); c < end; c = clusters.from(c)) {
      written.push(c);
      clusters.visit(c);
    }
  }
  return written.toSorted((a, b) => a - b);
}

export function changesTheDisk({ kind }: LoggedRequest): boolean {
  return kind === 'write' || kind === 'zero' || kind === 'discard';
}
