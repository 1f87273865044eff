/** What the job of a scope is asked for besides its mode: nothing, unless it copies what is dirty, or the variant is about it. */
import { type JobOption, knowsOnCbwError } from '../../../model/machine/job-options.ts';
import type { Scenario } from '../../../model/scenario/scenario.ts';
import { type SyncMode, syncOf } from '../../../model/sync.ts';
import { eachStart } from '../dimensions/transaction.ts';
import { type LazyList, listOf, pairs, subsets } from './lazy-list.ts';

export type JobPart = Pick<Scenario, 'bitmap' | 'snapshotAccess' | 'onCbwError' | 'transaction' | 'restart'>;

/** Each bitmap-mode that goes with the sync mode, with each set of dirty clusters. @param clusters how many the disk has */
export const eachBitmap = (syncMode: SyncMode, clusters: number): LazyList<JobPart> =>
  pairs(listOf(syncOf(syncMode).bitmapModes), subsets(clusters)).map(([mode, dirty]) => ({ bitmap: { mode, dirty } }));

/** What every variant has: a bitmap, if the job copies what is dirty in it. */
export const usualPart = (syncMode: SyncMode, clusters: number): LazyList<JobPart> =>
  syncOf(syncMode).selects === 'dirty' ? eachBitmap(syncMode, clusters) : listOf([{}]);

/** Each way in which a transaction may start its jobs, and these may end; which requests go to the second disk, the guest says. */
export const eachTransaction = (syncMode: SyncMode, clusters: number): LazyList<JobPart> =>
  pairs(usualPart(syncMode, clusters), listOf(eachStart)).map(([usual, start]) => ({ ...usual, transaction: { ...start, second: [] } }));

/** With readers of a snapshot-access node, if there are any. */
export const breakingSnapshot = (syncMode: SyncMode): JobPart => ({
  ...(syncOf(syncMode).readableWhileRunning ? { snapshotAccess: true } : {}),
  onCbwError: 'break-snapshot',
});

/** Whether a snapshot can be broken that is read, or that a job of the mode builds on. */
export const mayBreakSnapshot = (syncMode: SyncMode, options: readonly JobOption[]): boolean => {
  const snapshotAccess = syncOf(syncMode).readableWhileRunning;
  return knowsOnCbwError(options, { snapshotAccess }) && (!snapshotAccess || options.includes('snapshot-access'));
};
