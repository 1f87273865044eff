/**
 * What a backup keeps while it runs, in QEMU 1.6 the struct `BackupBlockJob` (reference A.2): its two
 * disks, the bitmap, the copies in flight, and the lock that each of them holds shared.
 */
import type { Coroutines } from '../kernel/coroutines.ts';
import { SharedLock } from '../kernel/shared-lock.ts';
import type { Followers } from '../block/guest.ts';
import { InFlight } from '../block/in-flight.ts';
import type { BlockNode } from '../block/node.ts';
import type { RequesterSizes, SectorRange } from '../block/requester.ts';
import { CopiedBitmap } from './bitmap.ts';
import { BlockJob } from './block-job.ts';
import type { JobStatus } from './job-status.ts';

export interface BackupParts {
  readonly source: BlockNode;
  readonly target: BlockNode;
  readonly followers: Followers;
  readonly status: JobStatus;
}

export abstract class BackupState extends BlockJob {
  readonly source: BlockNode;
  readonly target: BlockNode;
  readonly sectors: number;
  readonly clusterSectors: number;
  readonly clusters: number;
  readonly copied: CopiedBitmap;
  /** The copies in flight (QEMU: inflight_reqs). */
  readonly inFlight: InFlight;
  /** Held shared by every copy; the job waits for its readers before it ends (QEMU: flush_rwlock). */
  readonly copies: SharedLock;
  readonly #ranges: readonly SectorRange[];

  /** @param sectorsMax where the last cluster ends at the latest */
  constructor(coroutines: Coroutines, sizes: RequesterSizes, { source, target, followers, status }: BackupParts, sectorsMax: number) {
    super(coroutines, sizes, status, followers);
    this.source = source;
    this.target = target;
    const { clusterSectors } = sizes;
    this.sectors = source.image.sectors;
    this.clusterSectors = clusterSectors;
    this.clusters = Math.ceil(this.sectors / clusterSectors);
    this.copied = new CopiedBitmap(this.world, this.clusters);
    this.inFlight = new InFlight(coroutines, 'inFlight', (requester) => requester.cowInFlightCell);
    this.copies = new SharedLock(coroutines, 'copies');
    this.#ranges = Array.from({ length: this.clusters }, (_, c) => ({
      first: c * clusterSectors,
      end: Math.min((c + 1) * clusterSectors, sectorsMax),
    }));
  }

  sectorsOf(cluster: number): SectorRange {
    return this.#ranges[cluster]!;
  }

  /** One cluster more is done. */
  advance(cluster: number): void {
    const { first, end } = this.sectorsOf(cluster);
    this.status.advance(end - first);
  }
}
