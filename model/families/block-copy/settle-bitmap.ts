/**
 * What the job leaves in the bitmap that it was given (QEMU: `backup_cleanup_sync_bitmap`, block/backup.c; F.2 of the reference).
 *
 *   bitmap-mode   it completed          it failed or was cancelled
 *   ------------  --------------------  ---------------------------------------------
 *   on-success    what is new           what was there, and what is new
 *   always        what is new           what is new, and what it has not copied
 *   never         both                  both
 */
import type { DirtyBitmap } from '../../block/dirty-bitmap.ts';
import { NO_ERROR } from '../../block/errors.ts';
import type { BlockCopyState } from './state.ts';

export function backupCleanupSyncBitmap(job: BlockCopyState, bitmap: DirtyBitmap): void {
  const { bitmapMode, rules } = job;
  const isCopied = !job.isCancelled && job.result === NO_ERROR;
  const keepsBits = bitmapMode === 'never' ? rules.neverKeepsBits : !isCopied && bitmapMode === 'on-success' && rules.failedJobKeepsBits;
  if (keepsBits) bitmap.reclaim();
  else bitmap.abdicate();
  if (isCopied || bitmapMode !== 'always' || !rules.uncopiedStayDirty) return;
  for (let c = 0; c < job.clusters; c++) if (job.isDirty(c)) bitmap.add(c);
}
