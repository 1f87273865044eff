/** When a job clears the bits of its bitmap that it has copied: if it completes, or whatever comes of it (QEMU: BitmapSyncMode). */
export const BITMAP_MODES = ['on-success', 'always'] as const;
export type BitmapMode = (typeof BITMAP_MODES)[number];
