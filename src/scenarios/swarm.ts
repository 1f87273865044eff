/**
 * Swarm testing (Groce, Zhang, Eide, Chen, Regehr, ISSTA 2012): each scenario may use a random half of
 * the features, and uses those often. Two rare things then meet far more often than where every scenario
 * has a little of everything, and what one of them hides (a cancel hides how a job ends) shows without it.
 */
import fc from 'fast-check';
import { type SyncMode, syncOf } from '../../model/sync.ts';
import { plainTargetClusterSectors } from '../../model/scenario/plain-target.ts';
import type { GuestKind } from '../../model/block/guest.ts';
import { SWARM_FEATURES, restrictedValues } from './dimensions/drawn.ts';
import type { Draft } from './draft.ts';

/** Seeds hang on this order, so that a new dimension's feature comes last. */
const ON_RECORD = [
  'sizes',
  'overlay',
  'oddBase',
  'throttled',
  'copyOnRead',
  'targetClusters',
  'existing',
  'oddTarget',
  'hot',
  'zeroes',
  'discards',
  'reads',
  'readers',
  'flushes',
  'chains',
  'early',
  'cancel',
  'pause',
  'speed',
  'policies',
  'savevm',
] as const;
type Feature = (typeof ON_RECORD)[number];
const FEATURES: readonly string[] = [...new Set([...ON_RECORD, ...SWARM_FEATURES])];

/** A set of features, a bit for each. */
export const ALL_FEATURES = 2 ** FEATURES.length - 1;
const BIT: Readonly<Record<string, number>> = Object.fromEntries(FEATURES.map((feature, i) => [feature, 1 << i]));

/** Each is in it with an even chance, and at least one is. Shrinking leaves it alone: it drops what is used, not what may be. */
export const someFeatures: fc.Arbitrary<number> = fc.noShrink(fc.integer({ min: 1, max: ALL_FEATURES }));

const FEATURE_OF: Readonly<Record<GuestKind, Feature | null>> = {
  write: null,
  zero: 'zeroes',
  discard: 'discards',
  read: 'reads',
  readT0: 'readers',
  flush: 'flushes',
  savevm: 'savevm',
};

/**
 * The draft without what it may not use. @param sectorsMax the length of a disk whose size does not vary @param
 * clusterSectors likewise, the size of a cluster
 */
export function restricted(draft: Draft, mode: SyncMode, sectorsMax: number, clusterSectors: number): Draft {
  const { features } = draft;
  if (features === ALL_FEATURES) return draft;
  const hasNamed = (feature: string): boolean => (features & BIT[feature]!) !== 0;
  const has = (feature: Feature | null): boolean => feature === null || hasNamed(feature);
  const overlay = syncOf(mode).selects === 'allocated' || has('overlay') ? draft.overlay : null;
  const existing = has('existing') ? draft.existing : null;
  return {
    ...draft,
    sectors: has('sizes') ? draft.sectors : sectorsMax,
    contents: restrictedValues(draft.contents, hasNamed),
    overlay: overlay === null || has('oddBase') ? overlay : { ...overlay, zeroClusters: [], baseSectors: sectorsMax },
    onDisk: restrictedValues(draft.onDisk, hasNamed),
    targetClusterSectors: has('targetClusters') ? draft.targetClusterSectors : plainTargetClusterSectors(mode, clusterSectors),
    existing:
      existing === null || has('oddTarget') ? existing : { ...existing, sectors: sectorsMax, data: [], raw: false, isSource: false },
    hot: has('hot') ? draft.hot : [],
    guest: draft.guest.map((operation) => ({
      ...operation,
      kind: has(FEATURE_OF[operation.kind]) ? operation.kind : 'write',
      behind: has('chains') ? operation.behind : 0,
    })),
    early: has('early') && draft.early,
    cancel: has('cancel') && draft.cancel,
    ofJob: restrictedValues(draft.ofJob, hasNamed),
  };
}
