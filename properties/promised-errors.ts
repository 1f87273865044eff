/**
 * What QEMU promises that a job does about an error: qapi/block-core.json, BlockdevOnError and BlockDeviceIoStatus. Written down
 * here once more, for a property that asked the model would believe its mistakes.
 */
import { type BlockError, type Errno, errnoOf } from '../model/block/errors.ts';
import type { ErrorPolicy } from '../model/job/error-policy.ts';
import { ErrorAction, IoStatus } from '../model/job/job-status.ts';

const PROMISED: Readonly<Record<ErrorPolicy, Readonly<Record<Errno, ErrorAction>>>> = {
  report: { EIO: ErrorAction.report, ENOSPC: ErrorAction.report },
  ignore: { EIO: ErrorAction.ignore, ENOSPC: ErrorAction.ignore },
  stop: { EIO: ErrorAction.stop, ENOSPC: ErrorAction.stop },
  enospc: { EIO: ErrorAction.report, ENOSPC: ErrorAction.stop },
};

const SHOWN: Readonly<Record<Errno, IoStatus>> = { EIO: IoStatus.failed, ENOSPC: IoStatus.nospace };

export const promisedAction = (policy: ErrorPolicy, error: BlockError): ErrorAction => PROMISED[policy][errnoOf(error)];

/** What a job shows after it has done this about an error. */
export const promisedIoStatus = (action: ErrorAction, error: BlockError): IoStatus =>
  action === ErrorAction.stop ? SHOWN[errnoOf(error)] : IoStatus.ok;
