/** What the job does about an error: `block_job_get_error_action` of QEMU 1.6 (reference A.6, J6). */
import { type BlockError, errnoOf } from '../block/errors.ts';
import { ErrorAction, IoStatus } from './job-status.ts';

export const ERROR_POLICIES = ['report', 'ignore', 'stop', 'enospc'] as const;
export type ErrorPolicy = (typeof ERROR_POLICIES)[number];

/** `on-source-error` and `on-target-error`. */
export interface ErrorPolicies {
  readonly source: ErrorPolicy;
  readonly target: ErrorPolicy;
}

export const REPORT_BOTH: ErrorPolicies = { source: 'report', target: 'report' };

export function actionOn(policy: ErrorPolicy, error: BlockError): ErrorAction {
  if (policy === 'enospc') return errnoOf(error) === 'ENOSPC' ? ErrorAction.stop : ErrorAction.report;
  return ErrorAction[policy];
}

/** `block_job_iostatus_set_err`: what a job that stopped shows. */
export const ioStatusAfter = (error: BlockError): IoStatus => (errnoOf(error) === 'ENOSPC' ? IoStatus.nospace : IoStatus.failed);
