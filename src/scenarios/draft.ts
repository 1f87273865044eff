/** What is drawn of a scenario: numbers wider than what makes sense, which are folded into what does. */
import type { GuestKind } from '../../model/block/guest.ts';
import type { DrawnValues } from './dimensions/drawn.ts';

export interface Draft {
  /** What it may use (swarm.ts). */
  readonly features: number;
  readonly sectors: number;
  readonly zero: readonly number[];
  /** Optional parts of what requests make of the disk (dimensions/). */
  readonly contents: DrawnValues;
  readonly overlay: DraftOverlay | null;
  /** Optional parts of the disk (dimensions/). */
  readonly onDisk: DrawnValues;
  readonly targetClusterSectors: number;
  readonly existing: DraftTarget | null;
  readonly hot: readonly number[];
  readonly guest: readonly DraftOperation[];
  readonly early: boolean;
  /** One of several requests reads the point in time where another writes, and the others write. */
  readonly readerAtWrite: boolean;
  readonly cancel: boolean;
  /** The cancel waits for the first request. */
  readonly cancelLate: boolean;
  /** Optional parts beside the disk. */
  readonly ofJob: DrawnValues;
}

export interface DraftOverlay {
  readonly clusterSectors: number;
  readonly allocated: readonly number[];
  readonly zeroClusters: readonly number[];
  readonly baseSectors: number | null;
}

export interface DraftTarget {
  readonly sectors: number;
  readonly backed: boolean;
  readonly data: readonly number[];
  readonly raw: boolean;
  readonly isSource: boolean;
}

export interface DraftOperation {
  readonly kind: GuestKind;
  /** Where it begins; with hot clusters, a sector counted from one of them. */
  readonly first: number;
  readonly count: number;
  /** It starts once the request so many before it has ended; 0: at once. */
  readonly behind: number;
}
