/**
 * Situations that a good campaign must meet, the race set at the end of A.13 among them. A property
 * says `always`, a mark `sometimes`: green must not be empty.
 */
import type { FamilyName } from '../model/machine/job-names.ts';
import { ALL_SYNC_MODES, SYNC_MODES, type SyncMode, modesWhere } from '../model/sync.ts';

export interface Situation {
  readonly name: string;
  readonly modes: readonly SyncMode[];
  /** It takes injected errors. */
  readonly faults?: true;
  /** Only a job of this family can meet it. */
  readonly family?: FamilyName;
}

/**
 * By what can be met only in some modes: the target may exist, the job goes over the disk, asks for the allocation, is parked, has a
 * reader.
 */
const EVERY: readonly SyncMode[] = ALL_SYNC_MODES;
const EXISTING: readonly SyncMode[] = SYNC_MODES;
const SWEEP = modesWhere(({ selects }) => selects !== 'none', ALL_SYNC_MODES);
const ASK = modesWhere(({ selects }) => selects === 'allocated');
const PARK = modesWhere(({ endsByItself }) => !endsByItself);
const READER = modesWhere(({ readableWhileRunning }) => readableWhileRunning);

export const MARKS = {
  hookCopied: { name: 'a guest copied a cluster before it wrote', modes: EVERY },
  guestWaited: { name: 'a guest waited for an overlapping copy', modes: EVERY },
  someoneWaited: { name: 'a copy waited for another that overlapped', modes: EVERY },
  jobWaited: { name: 'the job waited for an overlapping copy', modes: SWEEP },
  waitedAgain: { name: 'a woken copy had to wait again', modes: EVERY },
  twoWritesOneCluster: { name: 'two guest writes in flight in one cluster', modes: EVERY },
  writeMeetsJob: { name: 'a guest write met the job copying its cluster', modes: SWEEP },
  wideWrite: { name: 'a write over three clusters found the middle one in flight', modes: EVERY },
  jobFoundCopied: { name: 'the job found a cluster that a guest had copied', modes: SWEEP, family: 'notifier' },
  discardBeforeJob: { name: 'a discard came before the job', modes: SWEEP, family: 'notifier' },
  discardWhileReading: { name: 'a discard came while the job was reading the cluster', modes: SWEEP },
  discardedData: { name: 'a discard threw away data', modes: EVERY },
  zeroedCluster: { name: "a guest's zeroes made a zero cluster of the disk", modes: EVERY },
  inFlightAtStart: { name: 'a request was in flight when the job started', modes: EVERY },
  cancelInSleep: { name: 'cancel while the job slept', modes: SWEEP, family: 'notifier' },
  cancelInAsk: { name: 'cancel while the job asked what is allocated', modes: ASK },
  cancelInWait: { name: 'cancel while the job waited for a copy', modes: SWEEP, family: 'notifier' },
  cancelInRead: { name: 'cancel while the job was reading', modes: SWEEP },
  cancelInStore: { name: 'cancel while the job was storing', modes: SWEEP },
  cancelInHook: { name: 'cancel while a guest was copying', modes: EVERY },
  cancelInDrain: { name: 'cancel while the job waited for the last copies', modes: SWEEP, family: 'notifier' },
  cancelParked: { name: 'cancel while the job was parked', modes: PARK },
  resumeParked: { name: 'a resume while the job was parked', modes: PARK },
  shortTail: { name: 'a short last cluster was copied', modes: EVERY },
  lessThanCluster: { name: 'a disk shorter than a cluster', modes: EVERY },
  emptyDisk: { name: 'a disk of length 0', modes: EVERY },
  zeroes: { name: 'a cluster of zeroes was stored as zeroes', modes: EVERY },
  skippedThenWritten: { name: 'a guest wrote to a cluster that TOP had skipped', modes: ASK },
  partlyAllocated: { name: 'TOP met a partly allocated cluster', modes: ASK },
  queued: { name: 'a request waited behind another for the I/O limits', modes: EVERY },
  copyThrottled: { name: 'a copy waited for the I/O limits', modes: EVERY, family: 'notifier' },
  copiedOnRead: { name: 'a read copied data up from the backing file', modes: EVERY },
  waitedForRead: { name: 'a request waited for a read that copies up', modes: EVERY },
  speedLimit: { name: 'the job came to its speed limit', modes: SWEEP },
  paused: { name: 'the job slept in its pause', modes: SWEEP },
  hookWhilePaused: { name: 'a guest copied a cluster while the job was paused', modes: EVERY },
  existingTarget: { name: 'the target was there before the backup', modes: EXISTING },
  refused: { name: 'the command refused a target', modes: EXISTING },
  topIsFull: { name: 'TOP of an image without a backing file', modes: modesWhere(({ withoutBacking }) => withoutBacking !== null) },
  readFromTarget: { name: 'the point in time was read from the target', modes: READER },
  readFromSource: { name: 'the point in time was read from the live source', modes: READER },
  readerWaited: { name: 'a reader of the point in time waited for a copy', modes: READER },
  copyWaitedForReader: { name: 'a copy waited for a reader of the point in time', modes: READER },
  writeAfterCancel: { name: 'a guest wrote after the cancel and before CANCELLED', modes: EVERY },
  jobReadFailed: { name: "a read of the job's copy failed", modes: SWEEP, faults: true },
  jobStoreFailed: { name: "a write of the job's copy failed", modes: SWEEP, faults: true },
  hookReadFailed: { name: "a read of a guest's copy failed", modes: EVERY, faults: true },
  hookStoreFailed: { name: "a write of a guest's copy failed", modes: EVERY, faults: true },
  askFailed: { name: 'an allocation query failed', modes: ASK, faults: true },
  guestIoFailed: { name: "a guest's own I/O failed", modes: EVERY, faults: true },
  readerFailed: { name: 'a read of the point in time failed', modes: READER, faults: true },
  errorReported: { name: 'an error ended the job', modes: SWEEP, faults: true },
  errorIgnored: { name: 'the job continued after an error', modes: SWEEP, faults: true },
  errorStopped: { name: 'an error stopped the job', modes: SWEEP, faults: true },
  noSpaceStopped: { name: 'ENOSPC stopped a job that reports other errors', modes: SWEEP, faults: true },
  resumed: { name: 'the job was resumed after an error had stopped it', modes: SWEEP, faults: true },
  cancelStopped: { name: 'cancel while an error had stopped the job', modes: SWEEP, faults: true },
  writeAfterHook: { name: 'a guest wrote after the hook was gone', modes: EVERY },
} as const satisfies Record<string, Situation>;

export type MarkId = keyof typeof MARKS;
export const MARK_IDS = Object.keys(MARKS) as MarkId[];
