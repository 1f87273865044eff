/** The small scopes on which both searches look at a mutant, by mode. */
import { type SyncMode, syncOf } from '../../model/sync.ts';
import type { GuestKind } from '../../model/block/guest.ts';
import type { VariantName } from '../../src/scenarios/scope/scope.ts';

/** Scopes of one size: what one call of the command searches. */
export interface Size {
  readonly clusters: number;
  readonly clusterSectors: number;
  readonly requests: number;
  readonly kinds: readonly GuestKind[];
  readonly variants: readonly VariantName[];
}

const ALL: readonly GuestKind[] = ['write', 'zero', 'discard', 'read', 'flush'];
const CHANGES: readonly GuestKind[] = ['write', 'zero', 'discard'];
const FAULTS: Size = { clusters: 2, clusterSectors: 1, requests: 1, kinds: ['write', 'discard', 'read'], variants: ['fault'] };

export function sizesOf(mode: SyncMode): Size[] {
  const { selects, readableWhileRunning } = syncOf(mode);
  const kinds = selects === 'allocated' ? CHANGES : ALL; // each with every allocation: there are enough
  return [{ clusters: 2, clusterSectors: 1, requests: 2, kinds, variants: readableWhileRunning ? ['plain', 'reader'] : ['plain'] }, FAULTS];
}

/** The options with which `cowcheck check --exhaustive` searches them. */
export const optionsOf = (mode: SyncMode, { clusters, clusterSectors, requests, kinds, variants }: Size): string[] => [
  '--mode',
  mode,
  '--variants',
  variants.join(','),
  '--kinds',
  kinds.join(','),
  '--clusters',
  String(clusters),
  '--cluster-sectors',
  String(clusterSectors),
  '--writes',
  String(requests),
];
