/** The plainest target that the command can make new. */
import { type SyncMode, syncOf } from '../sync.ts';

/** Sectors in a cluster of it: as many as in one of the backup, or 0, for it is raw, where it lies over nothing. */
export const plainTargetClusterSectors = (mode: SyncMode, clusterSectors: number): number =>
  syncOf(mode).beneath === 'nothing' ? 0 : clusterSectors;
