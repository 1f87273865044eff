/** What a campaign finds. */
import type { FailingTrace } from '../../../trace/format.ts';
import type { CaseResult } from '../case/case.ts';

/** How a case is told to the outside: enough to run it again. */
export interface QemuFound {
  readonly trace: FailingTrace;
  readonly result: CaseResult;
}
