/** The documents under docs/ that are written by `npm run docs`, not by hand. */
import { driveBackupDocument } from './drive-backup.ts';
import { type Corpus, minimalDocument } from './minimal.ts';

export interface GeneratedDocument {
  /** From the top of the repository. */
  readonly path: string;
  /** @param corpus the traces that are kept in the repository */
  readonly text: (corpus: Corpus) => string;
}

export const DOCUMENTS: readonly GeneratedDocument[] = [
  { path: 'docs/drive-backup.md', text: driveBackupDocument },
  { path: 'docs/minimal.md', text: minimalDocument },
];
