/**
 * A scope: all scenarios up to a size, for an exhaustive search. Only canonical ones are searched. Guest
 * requests that wait for nothing are interchangeable, so each multiset of them is searched once and
 * stands for all its orders; a cancel that comes after the job's end is no cancel, so that each scenario
 * with a cancel stands for the one without, too.
 */
import type { SyncMode } from '../../model/backup/drive-backup.ts';
import type { GuestKind } from '../../model/block/guest.ts';
import type { GuestOperation, Scenario } from '../../model/scenario.ts';

export interface Scope {
  readonly mode: SyncMode;
  /** At most so many clusters of the backup, the last of them long or short. */
  readonly clusters: number;
  readonly clusterSectors: number;
  /** At most so many guest requests. */
  readonly requests: number;
}

export interface CanonicalScenario {
  readonly scenario: Scenario;
  /** How many scenarios it stands for, itself included. */
  readonly standsFor: number;
}

const KINDS: readonly GuestKind[] = ['write', 'zero', 'discard'];

/** All canonical scenarios, always in the same order. */
export function* scenariosOf(scope: Scope): Generator<CanonicalScenario> {
  for (let sectors = 0; sectors <= scope.clusters * scope.clusterSectors; sectors++) {
    for (const allocated of allocationsOf(scope, sectors)) {
      for (const guest of multisets(requestsOn(sectors), scope.requests)) {
        yield { scenario: scenarioOf(scope, sectors, allocated, guest), standsFor: 2 * ordersOf(guest) };
      }
    }
  }
}

/** How many canonical scenarios there are. */
export function countScenarios(scope: Scope): number {
  let count = 0;
  for (let sectors = 0; sectors <= scope.clusters * scope.clusterSectors; sectors++) {
    const kinds = requestsOn(sectors).length;
    let multisetsUpTo = 1;
    for (let k = 1; k <= scope.requests; k++) multisetsUpTo = (multisetsUpTo * (kinds + k)) / k; // C(kinds + requests, requests)
    count += allocationsOf(scope, sectors).length * multisetsUpTo;
  }
  return count;
}

/** The scope in words, for whoever wants to know what was proven. */
export function describeScope({ mode, clusters, clusterSectors, requests }: Scope): string {
  const target = { full: 'a new raw target', top: 'an overlay with each allocation of whole clusters, and a target like it', none: 'a raw disk, and a target over it' }[mode];
  return (
    `${mode.toUpperCase()}: disks of 0 to ${clusters * clusterSectors} sectors in clusters of ${clusterSectors}, of which the last sector shows zeroes; ${target}; ` +
    `up to ${requests} guest requests of write, write-zeroes, discard (which reads as zeroes) and flush, of any range, none waiting for another, all after T0; a cancel at any point, or none`
  );
}

type Request = Pick<GuestOperation, 'kind' | 'first' | 'count'>;

function requestsOn(sectors: number): Request[] {
  const requests: Request[] = [{ kind: 'flush', first: 0, count: 0 }];
  for (const kind of KINDS) for (let first = 0; first < sectors; first++) for (let count = 1; first + count <= sectors; count++) requests.push({ kind, first, count });
  return requests;
}

/** Which clusters of the source are allocated: every choice in TOP, all of a raw disk elsewhere. */
function allocationsOf({ mode, clusterSectors }: Scope, sectors: number): number[][] {
  if (mode !== 'top') return [[]];
  const clusters = Math.ceil(sectors / clusterSectors);
  return Array.from({ length: 2 ** clusters }, (_, bits) => Array.from({ length: clusters }, (__, c) => c).filter((c) => (bits >> c) & 1));
}

/** Lists of up to `size` of these things, in ascending order, with repetition. */
function* multisets<T>(things: readonly T[], size: number, from = 0): Generator<T[]> {
  yield [];
  if (size === 0) return;
  for (let i = from; i < things.length; i++) for (const rest of multisets(things, size - 1, i)) yield [things[i]!, ...rest];
}

/** In how many orders a multiset can be listed. */
function ordersOf(guest: readonly Request[]): number {
  let orders = 1;
  for (let i = 0, run = 0; i < guest.length; i++) {
    run = i > 0 && guest[i] === guest[i - 1] ? run + 1 : 1;
    orders *= (i + 1) / run;
  }
  return Math.round(orders);
}

function scenarioOf({ mode, clusterSectors }: Scope, sectors: number, allocated: readonly number[], guest: readonly Request[]): Scenario {
  return {
    mode,
    disk: {
      sectors,
      clusterSectors,
      zero: sectors < 2 ? [] : [sectors - 1],
      discardReads: 'zero',
      ...(mode === 'top' ? { overlay: { clusterSectors, allocated, zeroClusters: [], baseSectors: sectors } } : {}),
    },
    targetClusterSectors: mode === 'full' ? 0 : clusterSectors,
    guest: guest.map((request, i) => ({ id: `g${i + 1}`, ...request, after: [], early: false })),
    cancel: true,
    cancelAfter: [],
  };
}
