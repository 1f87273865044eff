/**
 * The command `drive-backup`, as far as what it decides can be seen on the disks: the mode, the target,
 * its backing (reference A.10). Which arguments it refuses, and how, is in drive-backup-checks.ts.
 */
import type { Image } from '../block/image.ts';
import type { BackupJob } from './job.ts';
import type { Rules } from './rules.ts';

export const SYNC_MODES = ['full', 'top', 'none'] as const;
export type SyncMode = (typeof SYNC_MODES)[number];

/** A TOP of an image without a backing file is a FULL. */
export function effectiveMode(mode: SyncMode, sourceBacking: Image | null, rules: Rules): SyncMode {
  return mode === 'top' && sourceBacking === null && rules.topWithoutBackingIsFull ? 'full' : mode;
}

/** What a new target is laid over: the source's backing (TOP), the live source (NONE), or nothing (FULL). */
export function targetBacking(mode: SyncMode, source: Image, rules: Rules): Image | null {
  if (mode === 'top' && rules.topTargetGetsSourcesBacking) return source.backing;
  if (mode === 'none' && rules.noneTargetGetsLiveSource) return source;
  if (mode === 'full' && !rules.fullTargetGetsNoBacking) return source.backing;
  return null;
}

/**
 * Sectors in a cluster of the backup: 64 KiB in QEMU, here what the scenario says; or the target's if
 * that is larger and has nothing beneath it to fill the rest of its clusters from (4c9bca7e39, 2.6).
 */
export function backupClusterSectors(clusterSectors: number, target: { clusterSectors: number; isBare: boolean }, rules: Rules): number {
  return target.isBare && rules.targetClusterNotLarger ? Math.max(clusterSectors, target.clusterSectors) : clusterSectors;
}

/** An existing target that can't become the backup. QEMU 1.6 looks at none of this (S-09, S-11, S-24). */
export function refusesTarget({ rules, source, target, targetExists, mode }: BackupJob): boolean {
  if (!targetExists) return false;
  if (rules.targetLengthIsSourceLength && target.image.sectors !== source.image.sectors) return true;
  if (rules.targetIsNotSource && target.image.sameFileAs === source.image) return true;
  if (rules.targetTellsHoles && mode !== 'full' && target.image.isRaw) return true;
  return rules.existingTargetIsEmpty && mode !== 'full' && !target.image.isEmpty();
}
