/** The scan of a TOP that looks first what is allocated, as observers see it. */
import type { BackupState } from '../model/job/backup-state.ts';
import type { Step } from '../model/kernel/step.ts';
import { roleOf } from '../model/meaning.ts';

/** Whether a step of the job asks for the scan. */
export const isScan = ({ scansTop }: BackupState, step: Step): boolean => scansTop && roleOf(step) === 'asksAllocation';
