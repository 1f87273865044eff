/**
 * What a backup keeps while it runs, in QEMU 1.6 the struct `BackupBlockJob` (reference A.2): its two
 * disks, the bitmap, the copies in flight, and the lock that each of them holds shared.
 */
import type { Run } from '../kernel/coroutine.ts';
import type { Coroutines } from '../kernel/coroutines.ts';
import { SharedLock } from '../kernel/shared-lock.ts';
import type { BlockError } from '../block/errors.ts';
import type { EndlessGuests } from '../block/endless-guests.ts';
import type { Dependents } from '../block/guest.ts';
import { InFlight } from '../block/in-flight.ts';
import type { BlockNode } from '../block/node.ts';
import type { Requester, RequesterSizes, SectorRange } from '../block/requester.ts';
import { CopiedBitmap } from './bitmap.ts';
import { BlockJob } from './block-job.ts';
import type { Sync } from '../sync.ts';
import type { JobStatus } from './job-status.ts';

export interface BackupParts {
  readonly name: string;
  readonly source: BlockNode;
  readonly target: BlockNode;
  readonly dependents: Dependents;
  readonly status: JobStatus;
  readonly sync: Sync;
  /** The target was there before the backup, and the command looks at what it holds. */
  readonly targetExists: boolean;
  /** Absent: the guest stops after some requests. */
  readonly endless?: EndlessGuests | undefined;
}

export abstract class BackupState extends BlockJob {
  readonly source: BlockNode;
  readonly target: BlockNode;
  readonly sync: Sync;
  readonly targetExists: boolean;
  readonly sectors: number;
  readonly clusterSectors: number;
  readonly clusters: number;
  readonly copied: CopiedBitmap;
  /** The copies in flight (QEMU: inflight_reqs). */
  readonly inFlight: InFlight;
  /** Held shared by every copy; the job waits for its readers before it ends (QEMU: flush_rwlock). */
  readonly copies: SharedLock;
  /**
   * TOP scans the disk before it copies, and from then on copies and counts nothing else (7e30dd618e, 4.2). Before, a guest had
   * copied whatever it overwrote, what was skipped counted as done, and an error of the question was told like any other.
   */
  readonly scansTop: boolean = false;
  /** When QEMU quits, the bitmap is stored once the job has ended. */
  readonly storesBitmapLast: boolean = true;
  readonly #endless: EndlessGuests | undefined;
  readonly #ranges: readonly SectorRange[];

  /** @param sectorsMax where the last cluster ends at the latest */
  constructor(coroutines: Coroutines, sizes: RequesterSizes, parts: BackupParts, sectorsMax: number) {
    super(coroutines, parts.name, sizes, parts.status, parts.dependents);
    const { source, target } = parts;
    this.source = source;
    this.target = target;
    this.sync = parts.sync;
    this.targetExists = parts.targetExists;
    this.#endless = parts.endless;
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

  /**
   * Somebody reads the point in time while the job runs.
   * @param range in sectors
   * @returns the error of the read; none if there is nothing to read
   */
  abstract readPointInTime(me: Requester, range: SectorRange): Run<BlockError>;

  /** For observers: the node that a reader of the point in time reads now. */
  nodeReadBy(_reader: Requester): BlockNode {
    return this.target;
  }

  /** For observers: the cell that is written when a reader decides where to read; null: it decides when it looks, sector by sector. */
  decisionCell(_reader: Requester): number | null {
    return null;
  }

  /** For observers: the sectors that a copier stores in the I/O in which it stores this cluster. */
  storeSeen(_copier: Requester, cluster: number): SectorRange {
    return this.sectorsOf(cluster);
  }

  /** All that the job does, step by step: a guest that never stops waits for each. */
  protected *stepping(steps: Run): Run {
    if (this.#endless === undefined) {
      yield* steps;
      return;
    }
    for (let next = steps.next(); next.done !== true; next = steps.next()) {
      this.#endless.jobMoves();
      yield next.value;
    }
    this.#endless.jobMoves();
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
