/**
 * start-all-or-nothing: a transaction starts all of its jobs, or none (MO-25 of docs/qemu-today.md). That a start which has failed leaves
 * guests and bitmaps as they were, always-finishes and next-increment say.
 *
 * The model and a real QEMU are judged alike, once the command is over.
 */
import type { Violation } from './property.ts';

export const START_ALL_OR_NOTHING = 'start-all-or-nothing';
export const START_IS_ALL_OR_NOTHING = 'A transaction starts all of its jobs, or none.';

/** @param jobs of one transaction, each with its name and whether there is one */
export function judgeStart(jobs: readonly { readonly name: string; readonly isStarted: boolean }[]): Violation | null {
  const started = jobs.find(({ isStarted }) => isStarted);
  const other = jobs.find(({ isStarted }) => !isStarted);
  if (started === undefined || other === undefined) return null;
  return { property: START_ALL_OR_NOTHING, detail: `the command failed for ${other.name}, but ${started.name} was started anyway` };
}
