/** One experiment, as plain data: the disk at T0, what the guest does, whether somebody cancels. */
import type { GuestKind } from './block/guest.ts';
import type { DiscardReads } from './block/image.ts';
import type { SyncMode } from './backup/job.ts';

export interface GuestOperation {
  readonly id: string;
  readonly kind: GuestKind;
  /** The range in sectors; a flush has none. */
  readonly first: number;
  readonly count: number;
  /** Requests that must have ended before this one starts; all earlier in the list. */
  readonly after: readonly string[];
  /** Whether it may start before the point in time. */
  readonly early: boolean;
}

/** A source that is an overlay: what it does not have allocated, its backing file shows. */
export interface OverlayLayout {
  readonly clusterSectors: number;
  /** Its allocated clusters, and those that are zero clusters. */
  readonly allocated: readonly number[];
  readonly zeroClusters: readonly number[];
  /** Length of the backing file; a shorter one reads as zeroes past its end. */
  readonly baseSectors: number;
}

export interface Scenario {
  readonly mode: SyncMode;
  readonly disk: {
    readonly sectors: number;
    /** Sectors in a cluster of the backup. */
    readonly clusterSectors: number;
    /** Sectors that show zeroes at T0; all others show data. */
    readonly zero: readonly number[];
    readonly discardReads: DiscardReads;
    /** Absent: the source is raw. */
    readonly overlay?: OverlayLayout;
  };
  /** Sectors in a cluster of the target; 0: raw (FULL only, since a raw target can't lie over anything). */
  readonly targetClusterSectors: number;
  readonly guest: readonly GuestOperation[];
  readonly cancel: boolean;
  /** Requests that must have ended before the cancel comes; absent or empty: any time after T0. */
  readonly cancelAfter?: readonly string[];
}

/** Contents are numbers of 31 bits (block/content.ts). */
const CONTENTS_MAX = 2 ** 31;
const CELLS_MAX = 2 ** 26;

/** Says what makes no sense in a scenario. @returns null if it can be run */
export function whatIsWrong(scenario: Scenario): string | null {
  const { mode, disk, guest, targetClusterSectors } = scenario;
  if (mode === 'top' && disk.overlay === undefined) return 'mode top needs disk.overlay: without a backing file there is nothing to share';
  if (mode !== 'full' && targetClusterSectors === 0) return `mode ${mode} needs a target with clusters: a raw target can't lie over a backing file`;
  if (disk.zero.some((s) => s >= disk.sectors)) return `disk.zero names a sector past the end of the disk (${disk.sectors} sectors)`;
  const { overlay } = disk;
  if (overlay !== undefined) {
    const clusters = Math.ceil(disk.sectors / overlay.clusterSectors);
    if ([...overlay.allocated, ...overlay.zeroClusters].some((c) => c >= clusters)) return `disk.overlay names a cluster past its end (${clusters} clusters)`;
    if (overlay.allocated.some((c) => overlay.zeroClusters.includes(c))) return 'disk.overlay has a cluster both allocated and zero';
    if (overlay.baseSectors > disk.sectors) return 'disk.overlay has a backing file longer than the disk';
  }
  if ((guest.length + 2) * disk.sectors >= CONTENTS_MAX) return `${guest.length} requests on a disk of ${disk.sectors} sectors are too many: their contents could not be told apart`;
  if ((guest.length + 2) * disk.clusterSectors + 10 * disk.sectors >= CELLS_MAX) return `${guest.length} requests with buffers of ${disk.clusterSectors} sectors, on a disk of ${disk.sectors}, need more memory than a model should`;
  const seen = new Set<string>();
  for (const { id, kind, first, count, after } of guest) {
    if (seen.has(id) || id === 'job' || id === 'user') return `two things are named ${id}`;
    const unknown = after.find((other) => !seen.has(other));
    if (unknown !== undefined) return `${id} comes after ${unknown}, which is not an earlier request`;
    if (kind !== 'flush' && (count < 1 || first + count > disk.sectors)) return `${id} asks for sectors ${first} to ${first + count - 1} of a disk of ${disk.sectors} sectors`;
    seen.add(id);
  }
  const unknown = scenario.cancelAfter?.find((id) => !seen.has(id));
  if (unknown !== undefined) return `the cancel comes after ${unknown}, which is no request`;
  return null;
}
