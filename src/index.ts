/**
 * The public surface of cowcheck: for backup jobs of one's own, in one's own test suite. What it does and
 * what it takes is in docs/api.md; index.spec.ts keeps what is here from changing unnoticed.
 */
import type { Job } from '../model/own-job/job.ts';

export { JobError } from '../model/own-job/job-error.ts';
export type {
  Backup,
  Cells,
  Copier,
  Copies,
  Extent,
  InFlightList,
  Job,
  Local,
  Queue,
  Run,
  Source,
  Target,
  Verb,
} from '../model/own-job/job.ts';
export type { SyncMode } from '../model/backup/drive-backup.ts';
export type { RuleName } from '../model/backup/rules.ts';
export type { BlockError } from '../model/block/errors.ts';
export type { WakeOrder } from '../model/kernel/coroutine.ts';
export type { Step } from '../model/kernel/step.ts';
export { CheckFailure } from './public/check-failure.ts';
export type { CheckOptions } from './public/check-options.ts';
export { type CheckResult, check } from './public/check.ts';
export { type ReplayResult, replay } from './public/replay.ts';
export { Unfinished } from './public/unfinished.ts';

/** The job as it is: for TypeScript, which then knows the names of its cells, queues, locals and steps. */
export const defineJob = <
  const C extends string = never,
  const Q extends string = never,
  const L extends string = never,
  const S extends string = never,
>(
  job: Job<C, Q, L, S>,
): Job<C, Q, L, S> => job;
