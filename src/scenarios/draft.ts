/** What is drawn of a scenario: numbers wider than what makes sense, which are folded into what does. */
import type { ErrorPolicies } from '../../model/job/error-policy.ts';
import type { Errno, Side } from '../../model/block/errors.ts';
import type { FaultOp } from '../../model/block/faults.ts';
import type { GuestKind } from '../../model/block/guest.ts';
import type { DiscardReads } from '../../model/block/image.ts';

export interface Draft {
  /** What it may use (swarm.ts). */
  readonly features: number;
  readonly sectors: number;
  readonly zero: readonly number[];
  readonly discardReads: DiscardReads;
  readonly overlay: DraftOverlay | null;
  readonly throttled: boolean;
  readonly copyOnRead: boolean;
  readonly targetClusterSectors: number;
  readonly existing: DraftTarget | null;
  readonly hot: readonly number[];
  readonly guest: readonly DraftOperation[];
  readonly early: boolean;
  readonly cancel: boolean;
  /** The cancel waits for the first request. */
  readonly cancelLate: boolean;
  readonly pause: boolean;
  readonly resume: boolean;
  readonly speed: number;
  readonly onError: ErrorPolicies;
  readonly faults: readonly DraftFault[];
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

export interface DraftFault {
  readonly side: Side;
  readonly op: FaultOp;
  readonly cluster: number;
  readonly errno: Errno;
  readonly times: number;
}

export interface DraftOperation {
  readonly kind: GuestKind;
  /** Where it begins; with hot clusters, a sector counted from one of them. */
  readonly first: number;
  readonly count: number;
  /** It starts once the request so many before it has ended; 0: at once. */
  readonly behind: number;
}
