/**
 * The public surface of cowcheck: for custom backup jobs, in a test suite. What it does and
 * what it takes is in docs/api-reference.md, written from the docstrings; index.spec.ts keeps what is here from changing unnoticed.
 */
import type { Job } from '../model/families/custom/job.ts';
import type { Property } from '../model/families/custom/property.ts';

export { JobError } from '../model/families/custom/job-error.ts';
export type { Backup, Copier, Copies, InFlightList, Job, Local, Queue, Run, Source, Target, Verb } from '../model/families/custom/job.ts';
export type { Cells, Extent } from '../model/families/custom/memory.ts';
export type { BuiltInProperty, Finding, MoreAsked, Observation, Property, View } from '../model/families/custom/property.ts';
export type { SyncMode } from '../model/sync.ts';
export type { JobName, RuleName } from '../model/machine/job-names.ts';
export type { BlockError, Errno } from '../model/block/errors.ts';
export type { WakeOrder } from '../model/kernel/wake/orders.ts';
export type { Step } from '../model/kernel/step.ts';
export { CheckFailure } from './api/check-failure.ts';
export type { CheckOptions } from './api/check-options.ts';
export { check } from './api/check.ts';
export type { CheckResult } from './api/check-result.ts';
export { type ExplainResult, type ExplainedStep, explain } from './api/explain.ts';
export { type ReplayOptions, type ReplayResult, replay } from './api/replay.ts';
export { Unfinished } from './api/unfinished.ts';
export { TraceError } from './trace/format.ts';

/** The job as it is: for TypeScript, which then knows the names of its cells, queues, locals and steps. */
export const defineJob = <
  const C extends string = never,
  const Q extends string = never,
  const L extends string = never,
  const S extends string = never,
>(
  job: Job<C, Q, L, S>,
): Job<C, Q, L, S> => job;

/** The property as it is: for TypeScript, which then knows the names of its memory and of its marks. */
export const defineProperty = <const M extends string = never, const K extends string = never>(property: Property<M, K>): Property<M, K> =>
  property;
