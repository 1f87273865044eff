/** Scenarios to begin with: small enough that a person can see all of it, and that the checker is done at once. */
import type { GuestOperation, OverlayLayout, Scenario } from '../../model/scenario/scenario.ts';

export interface Preset {
  readonly title: string;
  readonly scenario: Scenario;
}

const request = (id: string, kind: GuestOperation['kind'], first: number, count: number): GuestOperation => ({
  id,
  kind,
  first,
  count,
  after: [],
  early: false,
});
const raw = (sectors: number, zero: readonly number[] = []): Scenario['disk'] => ({
  sectors,
  clusterSectors: 2,
  zero,
  discardReads: 'zero',
});
const overlay = (sectors: number, allocated: readonly number[]): OverlayLayout => ({
  clusterSectors: 2,
  allocated,
  zeroClusters: [],
  baseSectors: sectors,
});

export const PRESETS: Readonly<Record<string, Preset>> = {
  'one-write': {
    title: 'FULL: one write',
    scenario: { mode: 'full', disk: raw(4, [3]), targetClusterSectors: 0, guest: [request('g1', 'write', 0, 1)], cancel: false },
  },
  'two-writes': {
    title: 'FULL: two writes to a cluster',
    scenario: {
      mode: 'full',
      disk: raw(4),
      targetClusterSectors: 0,
      guest: [request('g1', 'write', 0, 2), request('g2', 'write', 1, 1)],
      cancel: false,
    },
  },
  spanning: {
    title: 'FULL: three writes, one over both clusters',
    scenario: {
      mode: 'full',
      disk: raw(4),
      targetClusterSectors: 0,
      guest: [request('g1', 'write', 1, 2), request('g2', 'write', 0, 1), request('g3', 'write', 3, 1)],
      cancel: false,
    },
  },
  'zero-discard': {
    title: 'FULL: zeroes and a discard',
    scenario: {
      mode: 'full',
      disk: raw(4, [3]),
      targetClusterSectors: 0,
      guest: [request('g1', 'zero', 0, 2), request('g2', 'discard', 2, 2)],
      cancel: false,
    },
  },
  top: {
    title: 'TOP: two writes where nothing is allocated',
    scenario: {
      mode: 'top',
      disk: { ...raw(4), overlay: overlay(4, [0]) },
      targetClusterSectors: 2,
      guest: [request('g1', 'write', 2, 1), request('g2', 'write', 2, 1)],
      cancel: false,
    },
  },
  none: {
    title: 'NONE: two writes, then a cancel',
    scenario: {
      mode: 'none',
      disk: raw(4),
      targetClusterSectors: 2,
      guest: [request('g1', 'write', 0, 1), request('g2', 'write', 0, 2)],
      cancel: true,
    },
  },
  reader: {
    title: 'NONE: somebody reads the backup meanwhile',
    scenario: {
      mode: 'none',
      disk: raw(2),
      targetClusterSectors: 2,
      guest: [request('g1', 'write', 0, 1), request('r1', 'readT0', 0, 2)],
      cancel: true,
    },
  },
};
