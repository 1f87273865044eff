/**
 * What `drive-backup` makes of its arguments, as far as the disks show it: the mode, the target, its backing file
 * (reference A.10). Which arguments it refuses, and how, is in tools/drive-backup/checks.ts.
 */
import type { BlockNode } from '../block/node.ts';
import type { Image } from '../block/image.ts';
import { type Sync, syncOf } from '../sync.ts';

/** The rules that are asked here. */
export interface TargetRules {
  readonly topWithoutBackingIsFull: boolean;
  readonly topTargetGetsSourcesBacking: boolean;
  readonly noneTargetGetsLiveSource: boolean;
  readonly fullTargetGetsNoBacking: boolean;
  readonly targetClusterNotLarger: boolean;
  readonly targetLengthIsSourceLength: boolean;
  readonly targetIsNotSource: boolean;
  readonly targetTellsHoles: boolean;
  readonly existingTargetIsEmpty: boolean;
}

/** A job that has been given its target. */
export interface TargetedJob {
  readonly rules: TargetRules;
  readonly sync: Sync;
  readonly source: BlockNode;
  readonly target: BlockNode;
  /** The target was there before the backup, and the command looks at what it holds. */
  readonly targetExists: boolean;
}

/** A TOP of an image without a backing file is a FULL. */
export function effectiveSync(sync: Sync, sourceBacking: Image | null, rules: TargetRules): Sync {
  return sync.withoutBacking !== null && sourceBacking === null && rules.topWithoutBackingIsFull ? syncOf(sync.withoutBacking) : sync;
}

/** What a new target is laid over: the source's backing (TOP), the live source (NONE), or nothing (FULL). */
export function targetBacking({ beneath }: Sync, source: Image, rules: TargetRules): Image | null {
  if (beneath === 'backing' && rules.topTargetGetsSourcesBacking) return source.backing;
  if (beneath === 'source' && rules.noneTargetGetsLiveSource) return source;
  if (beneath === 'nothing' && !rules.fullTargetGetsNoBacking) return source.backing;
  return null;
}

/**
 * Sectors in a cluster of the backup: 64 KiB in QEMU, here what the scenario says. By the rule
 * targetClusterNotLarger, the target's if that is larger and has nothing beneath it to fill the rest of
 * its clusters from (4c9bca7e39, 2.6); block-copy takes it in any case (`block_copy_calculate_cluster_size`).
 */
export function backupClusterSectors(
  clusterSectors: number,
  target: { clusterSectors: number; isBare: boolean },
  rules: TargetRules,
): number {
  return target.isBare && rules.targetClusterNotLarger ? Math.max(clusterSectors, target.clusterSectors) : clusterSectors;
}

/** An existing target that can't become the backup. */
export function refusesTarget({ rules, source, target, targetExists, sync }: TargetedJob): boolean {
  if (!targetExists) return false;
  if (rules.targetLengthIsSourceLength && target.image.sectors !== source.image.sectors) return true;
  if (rules.targetIsNotSource && target.image.sameFileAs === source.image) return true;
  if (rules.targetTellsHoles && sync.beneath !== 'nothing' && target.image.isRaw) return true;
  return rules.existingTargetIsEmpty && sync.beneath !== 'nothing' && !target.image.isEmpty();
}
