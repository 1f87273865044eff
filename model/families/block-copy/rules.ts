/**
 * The rules of a correct backup of today, each asked at the one line where it matters. Some are those of the request path and of
 * the target, which the backup of before has, too (families/notifier/rules.ts): they have the same names.
 */
import type { Rule } from '../rule.ts';

export const RULES = {
  // Start
  drainBeforeInsert: {
    sentence: 'The disk is drained before the filter goes in.',
    without: "A write that is past the filter's place at T0 lands after T0, uncopied.",
    broken: {
      id: 'B-05',
      since: '4.2',
      fixed: '5.0',
      commit: null,
      how: 'the start command was not drained as a whole',
    },
  },
  jobRunsBeforeGuests: {
    sentence: 'The bitmap is complete before the first guest request passes the filter.',
    without: 'Bits of clusters that a guest has copied are set again, and the next copy reads what the guest wrote.',
  },
  successorMadeAtT0: {
    sentence: "The bitmap's successor is created while the disk is drained, at T0.",
    without: 'A write that lands in between is in no bitmap of this increment, which misses it.',
  },
  disksStayDrained: {
    sentence: 'Each disk of a transaction stays drained until the last of them has its filter.',
    without: "A guest writes to one disk after its point in time, and then to another disk before that disk's.",
  },
  jobsStartTogether: {
    sentence: 'No job of a transaction runs before all of its actions have succeeded.',
    without: 'The command fails, but a job that it has started runs anyway.',
    note: 'until 2.7 jobs ran while the transaction was being prepared (111049a4ec, B-63)',
  },
  failedStartUndrains: {
    sentence: 'A command that fails ends the drained section of each disk.',
    without: "The guest's requests wait forever.",
    broken: {
      id: 'B-28',
      since: '5.0',
      fixed: '6.1',
      commit: '2842ff2d81',
      how: 'drive-backup that failed early left its source drained',
    },
  },
  failedStartGivesBitmapBack: {
    sentence: 'A failed transaction leaves each bitmap as it was, plus what has changed since.',
    without: 'The bitmap loses its bits although nothing was copied, and the next increment misses those clusters.',
  },
  targetLengthIsSourceLength: {
    sentence: 'An existing target is as long as the source.',
    without: 'A shorter target fails halfway or silently; a longer one ends with stale data.',
    broken: { id: 'B-40', since: '4.2', fixed: '5.1', commit: '958a04bd32' },
  },
  // BITMAP
  bitmapSkipsClean: {
    sentence: 'BITMAP: clusters that are clean at T0 are not copied.',
    without: 'The increment is as large as a FULL backup.',
  },
  // TOP: the scan of the topmost image
  topSkipsUnallocated: {
    sentence: 'TOP: the scan clears the bits of clusters that are unallocated in the topmost image.',
    without: 'The backup is as large as a FULL one.',
  },
  topAsksWholeCluster: {
    sentence: 'TOP: a cluster is copied if any part of it is allocated.',
    without: 'Data allocated elsewhere in the cluster is missing from the backup.',
  },
  failedScanEndsJob: {
    sentence: 'TOP: a failed scan ends the job with its error.',
    without: 'The unread part counts as unallocated and is missing from the backup.',
    needsFaults: true,
  },
  copiesSkipUntilScanned: {
    sentence: 'TOP: copies skip unallocated clusters that the scan has not reached yet.',
    without: 'A guest write to an unallocated cluster copies it, although the backing file has it.',
    broken: { id: 'B-07', since: '1.6', fixed: '4.2', commit: '7e30dd618e', how: 'guest writes copied their clusters, allocated or not' },
  },
  // The filter
  copyBeforeWrite: {
    sentence: 'Old data goes to the target before a guest write lands.',
    without: 'The copy reads what the guest has just written.',
  },
  copyBeforeWriteZeroes: {
    sentence: 'A guest write of zeroes waits for the copy, like a write of data.',
    without: 'The backup has zeroes where the disk had data at T0.',
  },
  copyBeforeDiscard: {
    sentence: 'A guest discard waits for the copy, like a write of data.',
    without: 'Discarded data is lost before it is copied.',
  },
  copyWholeClusters: {
    sentence: 'The range to copy is rounded outwards to whole clusters.',
    without: 'The last cluster of a write that ends inside a cluster is not copied.',
  },
  failedCopyFailsGuestWrite: {
    sentence: 'A guest write whose copy fails returns the error and does not land.',
    without: 'The guest overwrites data that is not saved yet.',
    needsFaults: true,
  },
  // A call and its tasks
  claimIsOneStep: {
    sentence: 'Finding dirty clusters, clearing their bits and registering the request is one step.',
    without: 'A guest finds the bits clear and no copy to wait for, and overwrites uncopied data.',
    note: 'before d0c389d2ce (6.1, B-85) no lock made it one step, which matters only with several threads',
  },
  everyClusterIsDirty: {
    sentence: 'A task takes only dirty clusters, up to the first clean one.',
    without: 'A later cluster is copied a second time, with what the guest has written since.',
    broken: { id: 'B-02', since: '3.0', fixed: '4.1', commit: '4a5b91ca02' },
  },
  shortStatusIsData: {
    sentence: 'Where the state of the disk changes within a cluster, the cluster is copied as data.',
    without: 'A cluster that begins with zeroes is treated as all zeroes.',
  },
  failedStatusIsData: {
    sentence: 'A cluster whose block status query fails is copied as data.',
    without: 'The backup has zeroes for data that was never read.',
    needsFaults: true,
  },
  shrinkPutsTailBack: {
    sentence: 'A task that is shortened gives back the bits of the rest.',
    without: 'The rest is never copied.',
  },
  failurePutsBitsBack: {
    sentence: 'A failed task gives back the bits of its clusters.',
    without: 'They count as copied but never are.',
  },
  storesWaitForReaders: {
    sentence: 'NONE: if the target is on top of the disk, its writes and its readers wait for each other.',
    without: 'A reader that was sent to the disk reads what the guest wrote after the copy.',
    broken: {
      id: 'B-25',
      since: '3.0',
      fixed: '5.0',
      commit: '18fbd0dec7',
      how: 'a write did not wait for readers that were in flight when it was marked as serialising',
    },
  },
  waitForTasksInRange: {
    sentence: 'A clear bit does not mean copied: a call waits for other tasks in its range.',
    without: 'A guest overwrites a cluster while another task is still reading it.',
  },
  looksAgainAfterWaiting: {
    sentence: 'After waiting for a task, a call checks the bits again.',
    without: 'It continues although another task is in flight in its range, or the task that it waited for has failed.',
  },
  passesUntilClean: {
    sentence: 'A call ends when a pass over its range finds nothing.',
    without: 'It ends while others still copy in its range, or although a bit that it has passed was set again.',
  },
  jobPassesUntilClean: {
    sentence: 'The job makes passes over the bitmap until a pass finds nothing to copy.',
    without: "A guest's copy that fails after the pass is never retried, and the job completes without an error.",
    needsFaults: true,
    broken: { id: 'B-92', since: '4.2', fixed: '6.0', commit: '71eed4cebe', how: "the job's loop walked the bitmap once" },
  },
  // The snapshot-access node
  copiedIsDone: {
    sentence: "Data that a guest's copy has stored is read from the target, even before the guest write lands.",
    without: 'A reader of the snapshot reads from the disk what the guest has written.',
  },
  doneRunIsDone: {
    sentence: 'A read that crosses from a copied cluster into an uncopied one starts in the target.',
    without: 'It reads the copied cluster from the disk, where the guest has written.',
    broken: {
      id: 'B-90',
      since: '7.0',
      fixed: '8.0',
      commit: 'a4d5224c2c',
      how: 'for a run of done bits that ends before the read does, the bitmap reported `not done`',
    },
  },
  writesWaitForFrozenReads: {
    sentence: 'A guest write waits for snapshot readers that read its clusters from the disk.',
    without: 'It lands between their lookup and their read.',
  },
  // `on-cbw-error=break-snapshot`
  failedCopyBreaksSnapshot: {
    sentence: "Under break-snapshot, the first guest copy that fails marks the snapshot as broken for the filter's lifetime.",
    without: 'Readers and the job treat unsaved guest writes as the disk at T0.',
    needsFaults: true,
  },
  brokenSnapshotFailsReads: {
    sentence: 'A read of a broken snapshot fails.',
    without: 'It returns guest data from after T0.',
    needsFaults: true,
  },
  brokenSnapshotWaitsForReads: {
    sentence: 'A guest write waits for readers of its clusters even when the snapshot is broken.',
    without: 'A read that began earlier returns what the guest wrote, without an error.',
    needsFaults: true,
    broken: {
      id: 'B-16',
      since: '7.1',
      fixed: null,
      commit: null,
      how: 'once the snapshot is broken, writes no longer wait',
    },
  },
  brokenSnapshotFailsJob: {
    sentence: 'A job whose snapshot is broken completes with an error.',
    without: 'Its target has what the guest wrote, and no error is reported.',
    needsFaults: true,
    broken: {
      id: 'B-103',
      since: '10.1',
      fixed: null,
      commit: null,
      how: 'the backup command got on-cbw-error, but the job does not check whether the snapshot is broken',
    },
  },
  // The bitmap that the job was given
  failedJobKeepsBits: {
    sentence: 'Except under always, a job that fails or is cancelled restores the bits of its bitmap.',
    without: 'The next increment misses what the previous backup does not have.',
  },
  uncopiedStayDirty: {
    sentence: 'Under always, an incomplete job leaves the bits of uncopied clusters in the bitmap.',
    without: 'The next increment misses it.',
  },
  neverKeepsBits: {
    sentence: 'Under never, the bitmap keeps all its bits.',
    without: 'The next increment has the same base as this one, and misses what this one has copied.',
  },
  bitmapWaitsForCopies: {
    sentence: 'The bitmap is synchronized after the last copy has ended.',
    without: "A guest's copy that fails later leaves its cluster in no bitmap, and the next increment misses it.",
    needsFaults: true,
    broken: {
      id: 'B-104',
      since: '4.2',
      fixed: null,
      commit: null,
      how: 'the job synchronizes its bitmap when it ends, while copies for guests are still in flight',
    },
  },
  // The end of a group
  failureAbortsGroup: {
    sentence: 'The first job of a group that fails or is cancelled cancels all others.',
    without: 'Some jobs of the group complete without an error although another has not.',
  },
  bitmapWaitsForGroup: {
    sentence: 'The bitmap is synchronized after all jobs of the group are done.',
    without: 'A job clears the bits of copied clusters and is then cancelled with its group; the next increment misses them.',
  },
  bitmapStoredLast: {
    sentence: 'When QEMU quits, a bitmap is stored after jobs and requests have ended.',
    without: 'The stored bitmap lacks late guest writes, and the next increment after the restart misses them.',
  },
  // End
  cancelWaitsForCall: {
    sentence: 'A cancelled job waits for its copies in flight.',
    without: 'They write to a closed target.',
  },
  drainBeforeUnhook: {
    sentence: 'The disk is drained before the filter is removed.',
    without: "A guest's copy writes to a closed target.",
    broken: {
      id: 'B-31',
      since: '4.2',
      fixed: '5.0',
      commit: '503ca1262b',
      how: 'the filter freed its state, and requests in flight ended later',
    },
  },
  eventComesLast: {
    sentence: 'The event is sent after everything has ended.',
    without: 'The user treats the target as finished while a copy still writes to it.',
  },
} as const satisfies Record<string, Rule>;

export type RuleName = keyof typeof RULES;
export type Rules = Readonly<Record<RuleName, boolean>>;

export const RULE_NAMES = Object.keys(RULES) as RuleName[];

/** All rules but these, of which some may be those of other families. */
export function rulesWithout(off: readonly string[]): Rules {
  return Object.fromEntries(RULE_NAMES.map((name) => [name, !off.includes(name)])) as Rules;
}
