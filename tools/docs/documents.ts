/** The documents under docs/ that are written by `npm run docs`, not by hand. */
import type { Outcome } from '../top-ending/outcome.ts';
import type { MatrixRow } from '../../src/matrix/matrix.ts';
import { JOB_NAMES } from '../../model/families/notifier/eras.ts';
import { pathOfReadyJob } from '../../src/edge/files/sources.ts';
import { printOf } from '../../src/fold/print.ts';
import { apiDocument } from './api.ts';
import { contentsDocument } from './contents.ts';
import { driveBackupDocument } from './drive-backup.ts';
import type { Sources } from '../../src/fold/program.ts';
import type { Corpus } from './corpus.ts';
import { qemuJobDocument } from './qemu-1.6-job.ts';
import { propertiesDocument } from './properties.ts';
import { qemuTodayDocument } from './qemu-today.ts';
import { rulesDocument } from './rules.ts';
import { topEndingDocument } from './top-ending.ts';
import { traceFormatDocument } from './trace-format.ts';
import { TRACE_FORMATS, jsonSchemaText, schemaFile } from '../../src/trace/json-schema.ts';

/** What documents are made of, besides the tables of the code. */
export interface Kept {
  /** The traces that are kept in the repository. */
  readonly corpus: Corpus;
  /** What was searched for: docs/rules.json. */
  readonly matrix: readonly MatrixRow[];
  /** The files of model/. */
  readonly sources: Sources;
  /** docs/top-ending.json */
  readonly ending: readonly Outcome[];
}

export interface GeneratedDocument {
  /** From the top of the repository. */
  readonly path: string;
  readonly text: (kept: Kept) => string;
}

export const DOCUMENTS: readonly GeneratedDocument[] = [
  { path: 'docs/README.md', text: contentsDocument },
  { path: 'docs/api-reference.md', text: apiDocument },
  { path: 'docs/properties.md', text: ({ corpus }) => propertiesDocument(corpus) },
  { path: 'docs/drive-backup.md', text: driveBackupDocument },
  { path: 'docs/rules.md', text: ({ matrix }) => rulesDocument(matrix) },
  { path: 'docs/top-ending.md', text: ({ corpus, ending }) => topEndingDocument(corpus, ending) },
  { path: 'docs/qemu-1.6-job.md', text: ({ sources }) => qemuJobDocument(sources) },
  { path: 'docs/qemu-today.md', text: qemuTodayDocument },
  { path: 'docs/trace-format.md', text: ({ corpus }) => traceFormatDocument(corpus) },
  ...TRACE_FORMATS.map((format) => ({ path: `docs/${schemaFile(format)}`, text: () => jsonSchemaText(format) })),
];

/** What `rules --show` prints of the jobs that have a name. */
export const READY_JOBS: readonly GeneratedDocument[] = JOB_NAMES.map((job) => ({
  path: pathOfReadyJob(job),
  text: ({ sources }) => printOf({ job, without: [] }, sources).text,
}));
