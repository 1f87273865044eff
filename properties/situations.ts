/**
 * Situations that a good campaign must meet, the race set at the end of A.13 among them. A property
 * says `always`, a mark `sometimes`: green must not be empty.
 */
import type { SyncMode } from '../model/sync.ts';

interface Situation {
  readonly name: string;
  readonly modes: readonly SyncMode[];
  /** It takes injected errors. */
  readonly faults?: true;
}

const ALL: readonly SyncMode[] = ['full', 'top', 'none'];
const SWEEP: readonly SyncMode[] = ['full', 'top'];
const TOP: readonly SyncMode[] = ['top'];
const NONE: readonly SyncMode[] = ['none'];

export const MARKS = {
  hookCopied: { name: 'a guest copied a cluster before it wrote', modes: ALL },
  guestWaited: { name: 'a guest waited for an overlapping copy', modes: ALL },
  someoneWaited: { name: 'a copy waited for another that overlapped', modes: ALL },
  jobWaited: { name: 'the job waited for an overlapping copy', modes: SWEEP },
  waitedAgain: { name: 'a woken copy had to wait again', modes: ALL },
  twoWritesOneCluster: { name: 'two guest writes in one cluster at a time', modes: ALL },
  writeMeetsJob: { name: 'a guest write met the job copying its cluster', modes: SWEEP },
  wideWrite: { name: 'a write over three clusters found the middle one in flight', modes: ALL },
  jobFoundCopied: { name: 'the job found a cluster that a guest had copied', modes: SWEEP },
  discardBeforeJob: { name: 'a discard came before the job', modes: SWEEP },
  discardWhileReading: { name: 'a discard came while the job was reading the cluster', modes: SWEEP },
  discardedData: { name: 'a discard threw away data', modes: ALL },
  inFlightAtStart: { name: 'a request was in flight when the job started', modes: ALL },
  cancelInSleep: { name: 'cancel while the job slept', modes: SWEEP },
  cancelInAsk: { name: 'cancel while the job asked what is allocated', modes: TOP },
  cancelInWait: { name: 'cancel while the job waited for a copy', modes: SWEEP },
  cancelInRead: { name: 'cancel while the job was reading', modes: SWEEP },
  cancelInStore: { name: 'cancel while the job was storing', modes: SWEEP },
  cancelInHook: { name: 'cancel while a guest was copying', modes: ALL },
  cancelInDrain: { name: 'cancel while the job waited for the last copies', modes: SWEEP },
  cancelParked: { name: 'cancel while the job was parked', modes: NONE },
  shortTail: { name: 'a short last cluster was copied', modes: ALL },
  lessThanCluster: { name: 'a disk shorter than a cluster', modes: ALL },
  emptyDisk: { name: 'a disk of length 0', modes: ALL },
  zeroes: { name: 'a cluster of zeroes was stored as zeroes', modes: ALL },
  skippedThenWritten: { name: 'a guest wrote to a cluster that TOP had skipped', modes: TOP },
  partlyAllocated: { name: 'TOP met a partly allocated cluster', modes: TOP },
  queued: { name: 'a request waited behind another for the I/O limits', modes: ALL },
  copyThrottled: { name: 'a copy waited for the I/O limits', modes: ALL },
  copiedOnRead: { name: 'a read copied up what it found in the backing file', modes: ALL },
  waitedForRead: { name: 'a request waited for a read that copies up', modes: ALL },
  speedLimit: { name: 'the job came to its speed limit', modes: SWEEP },
  paused: { name: 'the job slept in its pause', modes: SWEEP },
  hookWhilePaused: { name: 'a guest copied a cluster while the job was paused', modes: ALL },
  existingTarget: { name: 'the target was there before the backup', modes: ALL },
  refused: { name: 'the command refused a target', modes: ALL },
  topIsFull: { name: 'TOP of an image without a backing file', modes: TOP },
  readFromTarget: { name: 'the point in time was read from the target', modes: NONE },
  readFromSource: { name: 'the point in time was read from the live source', modes: NONE },
  readerWaited: { name: 'a reader of the point in time waited for a copy', modes: NONE },
  copyWaitedForReader: { name: 'a copy waited for a reader of the point in time', modes: NONE },
  writeAfterCancel: { name: 'a guest wrote after the cancel and before CANCELLED', modes: ALL },
  jobReadFailed: { name: "a read of the job's copy failed", modes: SWEEP, faults: true },
  jobStoreFailed: { name: "a write of the job's copy failed", modes: SWEEP, faults: true },
  hookReadFailed: { name: "a read of a guest's copy failed", modes: ALL, faults: true },
  hookStoreFailed: { name: "a write of a guest's copy failed", modes: ALL, faults: true },
  askFailed: { name: 'the question what is allocated failed', modes: TOP, faults: true },
  guestIoFailed: { name: "a guest's own I/O failed", modes: ALL, faults: true },
  errorReported: { name: 'an error ended the job', modes: SWEEP, faults: true },
  errorIgnored: { name: 'the job went on after an error', modes: SWEEP, faults: true },
  errorStopped: { name: 'an error stopped the job', modes: SWEEP, faults: true },
  noSpaceStopped: { name: 'ENOSPC stopped a job that reports other errors', modes: SWEEP, faults: true },
  resumed: { name: 'the job was resumed after an error had stopped it', modes: SWEEP, faults: true },
  cancelStopped: { name: 'cancel while an error had stopped the job', modes: SWEEP, faults: true },
  writeAfterHook: { name: 'a guest wrote after the hook was gone', modes: ALL },
} as const satisfies Record<string, Situation>;

export type MarkId = keyof typeof MARKS;
export const MARK_IDS = Object.keys(MARKS) as MarkId[];
