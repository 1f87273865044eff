/** The documents under docs/ that are written by `npm run docs`, not by hand. */
import { driveBackupDocument } from './drive-backup.ts';

export interface GeneratedDocument {
  /** From the top of the repository. */
  readonly path: string;
  readonly text: () => string;
}

export const DOCUMENTS: readonly GeneratedDocument[] = [{ path: 'docs/drive-backup.md', text: driveBackupDocument }];
