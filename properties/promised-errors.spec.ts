import { expect, it } from 'vitest';
import { type Errno, ERRNOS, SIDES, blockError } from '../model/block/errors.ts';
import { ERROR_POLICIES, type ErrorPolicy } from '../model/job/error-policy.ts';
import { ErrorAction, IoStatus } from '../model/job/job-status.ts';
import { promisedAction, promisedIoStatus } from './promised-errors.ts';

/** qapi/block-core.json, BlockdevOnError: "enospc: same as stop on ENOSPC, same as report otherwise". */
const sameAs = (policy: ErrorPolicy, errno: Errno): keyof typeof ErrorAction =>
  policy === 'enospc' ? (errno === 'ENOSPC' ? 'stop' : 'report') : policy;

it.each(ERROR_POLICIES)('says what is done about each error under %s, and what is shown then', (policy) => {
  for (const errno of ERRNOS)
    for (const side of SIDES) {
      const error = blockError(side, errno);
      const action = promisedAction(policy, error);
      expect(action).toBe(ErrorAction[sameAs(policy, errno)]);
      const stopped = errno === 'ENOSPC' ? IoStatus.nospace : IoStatus.failed;
      expect(promisedIoStatus(action, error)).toBe(action === ErrorAction.stop ? stopped : IoStatus.ok);
    }
});
