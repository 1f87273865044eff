/**
 * What `--only` names: sync modes, options of the start, and what a scenario has. A campaign that names some of them draws no
 * case that has none of these.
 */
import { SYNC_MODES, type SyncMode, modesWhere } from '../../../../model/sync.ts';
import type { Capabilities, Capability } from '../daemon/capabilities.ts';
import type { Drawn } from '../case/start.ts';

interface Feature {
  readonly has: (drawn: Drawn) => boolean;
  /** Where a QEMU that can do these things has it; all modes if it does not say. */
  readonly modes?: (can: Capabilities) => readonly SyncMode[];
}

const COPIES_BEFORE_WRITES_ONLY = modesWhere(({ selects }) => selects === 'none');
const COPIES_ALL = modesWhere(({ selects }) => selects === 'all');
const WITH_BITMAP = modesWhere(({ bitmapModes }) => bitmapModes.length > 0);
const asMode = (mode: SyncMode): Feature => ({ has: ({ scenario }) => scenario.mode === mode, modes: () => [mode] });
const withFilter =
  (needed: Capability) =>
  (can: Capabilities): readonly SyncMode[] =>
    can.has(needed) ? COPIES_BEFORE_WRITES_ONLY : [];

export const FEATURES = {
  full: asMode('full'),
  top: asMode('top'),
  none: asMode('none'),
  filter: { has: ({ start }) => start.by === 'filter', modes: withFilter('filter') },
  'snapshot-access': { has: ({ start }) => start.reads === 'snapshot-access', modes: withFilter('snapshot-access') },
  'break-snapshot': {
    has: ({ start }) => start.onCbwError === 'break-snapshot',
    modes: (can) => (can.has('on-cbw-error') ? SYNC_MODES : withFilter('filter-on-cbw-error')(can)), // jobs have it since 10.1
  },
  'min-cluster-size': {
    has: ({ start }) => start.minCluster !== null,
    modes: (can) => (can.has('min-cluster-size') ? SYNC_MODES : []),
  },
  'manual-finalize': { has: ({ start }) => start.finalize === 'manual', modes: () => modesWhere(({ endsByItself }) => endsByItself) },
  incremental: { has: ({ start }) => start.sync === 'incremental', modes: () => COPIES_ALL },
  bitmap: { has: ({ start }) => start.bitmapMode !== null, modes: () => WITH_BITMAP },
  'on-success': { has: ({ start }) => start.bitmapMode === 'on-success', modes: () => WITH_BITMAP },
  never: { has: ({ start }) => start.bitmapMode === 'never', modes: () => COPIES_ALL },
  always: { has: ({ start }) => start.bitmapMode === 'always', modes: () => WITH_BITMAP },
  transaction: { has: ({ start }) => start.transaction !== null, modes: () => modesWhere(({ endsByItself }) => endsByItself) },
  grouped: { has: ({ start }) => start.transaction === 'grouped', modes: () => modesWhere(({ endsByItself }) => endsByItself) },
  chain: { has: ({ start }) => start.chain !== null, modes: () => COPIES_ALL },
  overlay: { has: ({ scenario }) => scenario.disk.overlay !== undefined },
  raw: { has: ({ scenario }) => scenario.disk.overlay === undefined, modes: () => modesWhere(({ selects }) => selects !== 'allocated') },
  pause: { has: ({ scenario }) => scenario.pause === true },
  cancel: { has: ({ scenario }) => scenario.cancel },
  zero: { has: ({ scenario }) => scenario.guest.some(({ kind }) => kind === 'zero') },
  discard: { has: ({ scenario }) => scenario.guest.some(({ kind }) => kind === 'discard') },
} as const satisfies Record<string, Feature>;

export type FeatureName = keyof typeof FEATURES;
export const FEATURE_NAMES = Object.keys(FEATURES) as FeatureName[];

const featureOf = (name: FeatureName): Feature => FEATURES[name];

/** Whether a case has one of these features; where none is named, each case is wanted. */
export const isWanted = (drawn: Drawn, only: readonly FeatureName[]): boolean =>
  only.length === 0 || only.some((name) => featureOf(name).has(drawn));

/** The modes of these in which a case that is wanted can be drawn for a QEMU. @param can what it can do */
export const modesFor = (modes: readonly SyncMode[], only: readonly FeatureName[], can: Capabilities): SyncMode[] =>
  modes.filter((mode) => only.length === 0 || only.some((name) => (featureOf(name).modes?.(can) ?? SYNC_MODES).includes(mode)));
