/**
 * The public surface of cowcheck: for custom backup jobs, in a test suite. What it does and
 * what it takes is in docs/api.md; index.spec.ts keeps what is here from changing unnoticed.
 */
import type { Job } from '../model/families/custom/job.ts';

export { JobError } from '../model/families/custom/job-error.ts';
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
} from '../model/families/custom/job.ts';
export type { SyncMode } from '../model/sync.ts';
export type { RuleName } from '../model/machine/job-names.ts';
export type { BlockError } from '../model/block/errors.ts';
export type { WakeOrder } from '../model/kernel/wake/orders.ts';
export type { Step } from '../model/kernel/step.ts';
export { CheckFailure } from './api/check-failure.ts';
export type { CheckOptions } from './api/check-options.ts';
export { check } from './api/check.ts';
export type { CheckResult } from './api/check-result.ts';
export { type ReplayOptions, type ReplayResult, replay } from './api/replay.ts';
export { Unfinished } from './api/unfinished.ts';

/** The job as it is: for TypeScript, which then knows the names of its cells, queues, locals and steps. */
export const defineJob = <
  const C extends string = never,
  const Q extends string = never,
  const L extends string = never,
  const S extends string = never,
>(
  job: Job<C, Q, L, S>,
): Job<C, Q, L, S> => job;
