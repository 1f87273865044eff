/** The sync modes of `drive-backup` (commit fc5d3f84, QEMU 1.6). */
export const SYNC_MODES = ['full', 'top', 'none'] as const;
export type SyncMode = (typeof SYNC_MODES)[number];
