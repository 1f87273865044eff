/**
 * group-all-or-nothing: of the jobs of a group, which one transaction has started, either all complete without an error, or none does
 * (MO-8 of docs/qemu-today.md; `completion-mode: grouped`). What each leaves in its bitmap then, next-increment says.
 *
 * The model and a real QEMU are judged alike, once the jobs have ended.
 */
import type { Violation } from './property.ts';

export const GROUP_ALL_OR_NOTHING = 'group-all-or-nothing';
export const GROUP_IS_ALL_OR_NOTHING = 'Either all jobs of a group complete without an error, or none does.';

/** How a job has ended; `running`: it has not. */
export type Outcome = 'completed' | 'failed' | 'cancelled' | 'running';

const SAYS: Readonly<Record<Outcome, string>> = {
  completed: 'completed without an error',
  failed: 'failed',
  cancelled: 'was cancelled',
  running: 'has not ended',
};

/** @param jobs of one group, each with its name and how it ended */
export function judgeGroup(jobs: readonly { readonly name: string; readonly outcome: Outcome }[]): Violation | null {
  const done = jobs.find(({ outcome }) => outcome === 'completed');
  const other = jobs.find(({ outcome }) => outcome !== 'completed');
  if (done === undefined || other === undefined) return null;
  return {
    property: GROUP_ALL_OR_NOTHING,
    detail: `${done.name} completed without an error, but ${other.name} of the same group ${SAYS[other.outcome]}`,
  };
}
