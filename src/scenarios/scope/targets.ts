/** The targets of a scope: a new one, or those that may be there before the backup. */
import { type SyncMode, syncOf } from '../../../model/sync.ts';
import { plainTargetClusterSectors } from '../../../model/scenario/plain-target.ts';
import type { ExistingTarget, Scenario } from '../../../model/scenario/scenario.ts';

export type Target = Pick<Scenario, 'targetClusterSectors' | 'existingTarget'>;

export const newTarget = (mode: SyncMode, clusterSectors: number): Target => ({
  targetClusterSectors: plainTargetClusterSectors(mode, clusterSectors),
});

/**
 * As long as the disk, a sector shorter and a sector longer; with and without old data in the first sector, if it has
 * one; and the source itself.
 */
export function existingTargets(mode: SyncMode, sectors: number, clusterSectors: number): Target[] {
  const standsAlone = syncOf(mode).beneath === 'nothing';
  const kinds = standsAlone
    ? [{ size: 0, backed: false }]
    : [
        { size: 0, backed: false },
        ...[clusterSectors, 2 * clusterSectors].flatMap((size) => [true, false].map((backed) => ({ size, backed }))),
      ];
  // of no sectors only for a disk of none
  const lengths = [sectors, sectors - 1, sectors + 1].filter((length) => length >= Math.min(1, sectors));
  const targets = kinds.flatMap(({ size, backed }) =>
    lengths.flatMap((length) => (length === 0 ? [[]] : [[], [0]]).map((data) => existing(size, { sectors: length, backed, data }))),
  );
  return standsAlone ? [...targets, existing(0, { sectors, backed: false, data: [], isSource: true })] : targets;
}

const existing = (targetClusterSectors: number, existingTarget: ExistingTarget): Target => ({ targetClusterSectors, existingTarget });
