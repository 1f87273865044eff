/** The documents under docs/ that are written by `npm run docs`, not by hand. */
import { driveBackupDocument } from './drive-backup.ts';
import type { Sources } from '../fold/program.ts';
import { type Corpus, minimalDocument } from './minimal.ts';
import { qemuJobDocument } from './qemu-1.6-job.ts';

export interface GeneratedDocument {
  /** From the top of the repository. */
  readonly path: string;
  /**
   * @param corpus the traces that are kept in the repository
   * @param sources the files of model/
   */
  readonly text: (corpus: Corpus, sources: Sources) => string;
}

export const DOCUMENTS: readonly GeneratedDocument[] = [
  { path: 'docs/drive-backup.md', text: driveBackupDocument },
  { path: 'docs/minimal.md', text: minimalDocument },
  { path: 'docs/qemu-1.6-job.md', text: (_, sources) => qemuJobDocument(sources) },
];
