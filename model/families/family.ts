/**
 * The seam between the machine and a family of backup jobs. Families are neighbours: none imports another, and the
 * machine meets all of them here (model/machine/families.ts lists them).
 */
import type { DirtyBitmap, DirtyBitmapSizes } from '../block/dirty-bitmap.ts';
import type { DrainedSection } from '../block/drained-section.ts';
import type { GuestRequest } from '../block/guest.ts';
import type { StatusCache } from '../block/status-cache.ts';
import type { RequesterSizes } from '../block/requester.ts';
import type { BackupParts, BackupState } from '../job/backup-state.ts';
import type { Transaction } from '../job/transaction.ts';
import type { Coroutines } from '../kernel/coroutines.ts';
import type { Step } from '../kernel/step.ts';
import type { World } from '../kernel/world.ts';
import type { BitmapMode } from '../sync.ts';

/** What must be known of a job before any cell exists. */
export interface JobPlan {
  /** Cells that each requester carries for a copy, beyond those of its I/O. Absent: none. */
  readonly bitsSeen?: number;
  readonly locals?: number | undefined;
  /** Clusters that a copy takes at once, at most. Absent: one. */
  readonly bufferClusters?: number;
  /** What holds back new requests of the guest while its disk is drained. Absent: nothing does. @param name of the disk */
  readonly drained?: (coroutines: Coroutines, name: string) => DrainedSection;
  /** What records the guest's changes for a job that is given a bitmap. Absent: no job of the family is. @param sizes of the disk */
  readonly dirty?: (world: World, sizes: DirtyBitmapSizes) => DirtyBitmap;
  /** What a raw disk remembers of its block status. Absent: nothing. @param name of the disk */
  readonly statusCache?: (world: World, name: string) => StatusCache;
  /** Its hook and its reader ask for the request's range at any time, so that a request keeps it to its end. */
  readonly mayKeepRange?: true;
}

/** Where a job is put together: its parts are there, with their cells, and nothing has run. */
export interface JobSite {
  readonly coroutines: Coroutines;
  readonly sizes: RequesterSizes;
  readonly parts: BackupParts;
  /** Whether readers of the point in time read a snapshot-access node, and not the target. */
  readonly snapshotAccess: boolean;
  /** Whether a copy of a guest that fails breaks the snapshot, and not the guest's request. */
  readonly breaksSnapshot: boolean;
  /** Of the bitmap of the source that it is given; null: it is given none. */
  readonly bitmapMode: BitmapMode | null;
  /** How many requests of the guest there is room for. */
  readonly requests: number;
  /** Which starts this job with others; null: the job is started alone. */
  readonly transaction: Transaction | null;
  /** A step as traces name it, for messages. */
  readonly printStep: (step: Step) => string;
}

/** A job whose hook the source calls from now on, while it is linked. */
export interface BuiltJob extends BackupState {
  /**
   * Where the author of the job's code has it wait, while a coroutine is brought to a step: file, line and column, as far
   * as it can be told. Absent: the code is cowcheck's.
   */
  readonly placeReached?: (bring: () => void) => string | null;
  /** Before a run: what a request keeps for its copies. Absent: nothing. @param number among the requests, from 0 */
  loadCopier?(cells: Int32Array, guest: GuestRequest, number: number): void;
}

/** A family with the rules that its job asks. */
export interface JobFamily {
  /** Its job copies as the argument for ample steps says (notifier/ample-steps/). Absent: it may, but none of them leans on it. */
  readonly keepsProtocol?: true;
  /** @param clusters how many the disk has */
  plan(clusters: number): JobPlan;
  build(site: JobSite): BuiltJob;
}
