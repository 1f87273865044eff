import { describe, expect, it } from 'vitest';
import { ERRNOS, type Errno, blockError } from '../block/errors.ts';
import { ERROR_POLICIES, type ErrorPolicy, actionOn, ioStatusAfter } from './error-policy.ts';
import { ErrorAction, IoStatus } from './job-status.ts';

const ACTIONS: Record<ErrorPolicy, Record<Errno, ErrorAction>> = {
  report: { EIO: ErrorAction.report, ENOSPC: ErrorAction.report },
  ignore: { EIO: ErrorAction.ignore, ENOSPC: ErrorAction.ignore },
  stop: { EIO: ErrorAction.stop, ENOSPC: ErrorAction.stop },
  enospc: { EIO: ErrorAction.report, ENOSPC: ErrorAction.stop }, // a full disk can be made larger while the job stands
};

describe('an error policy', () => {
  it('enospc stops the job only if the disk is full', () => {
    expect(actionOn('enospc', blockError('target', 'ENOSPC'))).toBe(ErrorAction.stop);
    expect(actionOn('enospc', blockError('target', 'EIO'))).toBe(ErrorAction.report);
  });

  it.each(ERROR_POLICIES.flatMap((policy) => ERRNOS.map((errno) => ({ policy, errno }))))(
    '$policy decides about $errno, whichever side it is of',
    ({ policy, errno }) => {
      for (const side of ['source', 'target'] as const) expect(actionOn(policy, blockError(side, errno))).toBe(ACTIONS[policy][errno]);
    },
  );
});

describe('the io-status of a job that has stopped', () => {
  it.each([
    { errno: 'EIO', status: IoStatus.failed },
    { errno: 'ENOSPC', status: IoStatus.nospace },
  ] as const)('after $errno is $status', ({ errno, status }) => {
    for (const side of ['source', 'target'] as const) expect(ioStatusAfter(blockError(side, errno))).toBe(status);
  });
});
