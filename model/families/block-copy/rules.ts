/**
 * The rules of a correct backup of today, each asked at the one line where it matters. Some are those of the request path and of
 * the target, which the backup of before has, too (families/notifier/rules.ts): they have the same names.
 */
import type { Rule } from '../rule.ts';

export const RULES = {
  // Start
  drainBeforeInsert: {
    sentence: 'The disk is drained before the filter goes in.',
    without: 'A write that is past the place of the filter at T0 lands after it, before any copy.',
    broken: {
      id: 'B-05',
      since: '4.2',
      fixed: '5.0',
      commit: null,
      how: 'the start command was not drained as a whole',
    },
  },
  jobRunsBeforeGuests: {
    sentence: 'The bitmap is as it is to be before the first request of the guest passes the filter.',
    without: 'Bits are set again of clusters that a guest has copied, and the next copy takes what the guest wrote.',
  },
  successorMadeAtT0: {
    sentence: "The bitmap's successor is made while the disk is drained, so at T0.",
    without: 'A write that lands between the two is in no bitmap of this increment, which misses it.',
  },
  disksStayDrained: {
    sentence: 'Each disk of a transaction stays drained until the last of them has its filter.',
    without: 'A guest writes to one disk behind its point in time, and then to another before that one has its own.',
  },
  jobsStartTogether: {
    sentence: 'No job of a transaction runs before all of its actions have succeeded.',
    without: 'The command fails, and a job that it has started runs all the same.',
    note: 'up to 2.7 jobs ran while the transaction was prepared (111049a4ec, B-63)',
  },
  failedStartUndrains: {
    sentence: 'A command that fails ends the drained section of each disk.',
    without: "The guest's requests wait for ever.",
    broken: {
      id: 'B-28',
      since: '5.0',
      fixed: '6.1',
      commit: '2842ff2d81',
      how: 'drive-backup that failed early left its source drained',
    },
  },
  failedStartGivesBitmapBack: {
    sentence: 'A transaction that fails leaves each bitmap as it was, with what has changed since.',
    without: 'The bitmap has lost its bits, though nothing was copied, and the next increment misses what they stood for.',
  },
  targetLengthIsSourceLength: {
    sentence: 'An existing target is as long as the source.',
    without: 'A shorter one fails half way, or never; a longer one ends in what it held before.',
    broken: { id: 'B-40', since: '4.2', fixed: '5.1', commit: '958a04bd32' },
  },
  // BITMAP
  bitmapSkipsClean: {
    sentence: 'BITMAP: what is not dirty at T0 is not copied.',
    without: 'The increment is as large as a FULL backup.',
  },
  // TOP: the scan of the topmost image
  topSkipsUnallocated: {
    sentence: 'TOP: the scan clears the bits of what is not allocated in the topmost image.',
    without: 'The backup is as large as a FULL one.',
  },
  topAsksWholeCluster: {
    sentence: 'TOP: a cluster of which any part is allocated is copied.',
    without: 'What is allocated in the rest of the cluster is missing in the backup.',
  },
  failedScanEndsJob: {
    sentence: 'TOP: a scan that cannot tell what is allocated ends the job with the error.',
    without: 'What could not be looked at counts as not allocated, and is missing in the backup.',
    needsFaults: true,
  },
  copiesSkipUntilScanned: {
    sentence: 'TOP: copies skip what is not allocated for as long as the scan has not come to it.',
    without: 'A guest that overwrites what is not allocated has it copied, although the backing file has it.',
    broken: { id: 'B-07', since: '1.6', fixed: '4.2', commit: '7e30dd618e', how: 'a guest had its cluster copied, allocated or not' },
  },
  // The filter
  copyBeforeWrite: {
    sentence: 'Old data goes to the target before a guest write lands.',
    without: 'The copy takes what the guest has just written.',
  },
  copyBeforeWriteZeroes: {
    sentence: 'A guest that writes zeroes waits for the copy like one that writes data.',
    without: 'Zeroes stand in the backup where data stood at T0.',
  },
  copyBeforeDiscard: {
    sentence: 'A guest that discards waits for the copy like one that writes data.',
    without: 'What the guest has thrown away is gone before it was copied.',
  },
  copyWholeClusters: {
    sentence: 'The range to copy is rounded outwards to whole clusters.',
    without: 'The last cluster of a write that does not end on a cluster is not copied.',
  },
  failedCopyFailsGuestWrite: {
    sentence: 'A guest write whose copy fails is told the error, and does not land.',
    without: 'The guest overwrites what is not saved yet.',
    needsFaults: true,
  },
  // A call and its tasks
  claimIsOneStep: {
    sentence: 'To find dirty clusters, to clear their bits and to register the request is one step.',
    without: 'A guest finds the bits clear and no copy to wait for, and overwrites what is yet to be copied.',
    note: 'before d0c389d2ce (6.1, B-85) no lock made it one step, which only several threads would have noticed',
  },
  everyClusterIsDirty: {
    sentence: 'A task takes dirty clusters only, up to the first that is not.',
    without: 'A cluster behind it is copied a second time, with what the guest has written since.',
    broken: { id: 'B-02', since: '3.0', fixed: '4.1', commit: '4a5b91ca02' },
  },
  shortStatusIsData: {
    sentence: 'Where the state of the disk changes within a cluster, the cluster is copied as data.',
    without: 'What is zero at its beginning is taken to be zero as a whole.',
  },
  failedStatusIsData: {
    sentence: 'A cluster of which the state cannot be told is copied as data.',
    without: 'Zeroes stand in the backup for data that was not looked at.',
    needsFaults: true,
  },
  shrinkPutsTailBack: {
    sentence: 'A task that is cut short gives back the bits of what it leaves.',
    without: 'The rest is never copied.',
  },
  failurePutsBitsBack: {
    sentence: 'A task that has not copied its clusters gives back their bits.',
    without: 'They count as copied, and are never copied.',
  },
  storesWaitForReaders: {
    sentence: 'NONE: a store in a target that lies over the disk waits for its readers, and they wait for it.',
    without: 'A reader that was sent to the disk fetches what the guest wrote behind the copy.',
    broken: {
      id: 'B-25',
      since: '3.0',
      fixed: '5.0',
      commit: '18fbd0dec7',
      how: 'a write did not wait for the readers in flight when it was marked as serialising',
    },
  },
  waitForTasksInRange: {
    sentence: 'A clear bit is no copy: a call waits for the tasks of others in its range.',
    without: 'A guest overwrites a cluster while another is still reading it.',
  },
  looksAgainAfterWaiting: {
    sentence: 'A call that has waited for a task looks at the bits again.',
    without: 'It continues although another task is under way in its range, or the one that it waited for has failed.',
  },
  passesUntilClean: {
    sentence: 'A call is over when a pass over its range finds nothing.',
    without: 'It ends while others still copy in its range, or after a bit behind it was set again.',
  },
  jobPassesUntilClean: {
    sentence: "The job's call, too, is over when a pass finds nothing, and not after the first.",
    without: 'A copy of a guest that fails behind it is never made again, and the job completes without an error.',
    needsFaults: true,
    broken: { id: 'B-92', since: '4.2', fixed: '6.0', commit: '71eed4cebe', how: "the job's loop walked the bitmap once" },
  },
  // The snapshot-access node
  copiedIsDone: {
    sentence: "What a guest's copy has stored is read from the target, from before the guest writes.",
    without: 'A reader of the snapshot reads from the disk what the guest has written.',
  },
  doneRunIsDone: {
    sentence: 'A read that begins in a copied cluster and reaches into one that is not copied begins in the target.',
    without: 'It reads the copied cluster from the disk, where the guest has written.',
    broken: {
      id: 'B-90',
      since: '7.0',
      fixed: '8.0',
      commit: 'a4d5224c2c',
      how: 'of a run of done bits that ends before the read does, the bitmap said that it was not done',
    },
  },
  writesWaitForFrozenReads: {
    sentence: 'A guest write waits for readers of the snapshot that read its clusters from the disk.',
    without: 'It lands between their lookup and their read.',
  },
  // `on-cbw-error=break-snapshot`
  failedCopyBreaksSnapshot: {
    sentence: 'Under break-snapshot the first copy of a guest that fails is remembered for as long as the filter stands.',
    without: 'Readers and the job take for the disk at T0 what the guest wrote before the old data was saved.',
    needsFaults: true,
  },
  brokenSnapshotFailsReads: {
    sentence: 'A read of a snapshot that is broken fails.',
    without: 'It returns what the guest wrote before the old data was saved.',
    needsFaults: true,
  },
  brokenSnapshotWaitsForReads: {
    sentence: 'A guest write waits for readers of its clusters also when the snapshot is broken.',
    without: 'A read that began before returns what the guest wrote, and no error.',
    needsFaults: true,
    broken: {
      id: 'B-16',
      since: '7.1',
      fixed: null,
      commit: null,
      how: 'once the snapshot was broken, a write went on at once',
    },
  },
  brokenSnapshotFailsJob: {
    sentence: 'A job whose snapshot is broken does not complete without an error.',
    without: 'Its target has what the guest wrote, and no error is told.',
    needsFaults: true,
    broken: {
      id: 'B-103',
      since: '10.1',
      fixed: null,
      commit: null,
      how: 'on-cbw-error came to the backup command, and the job did not look whether the snapshot was broken',
    },
  },
  // The bitmap that the job was given
  failedJobKeepsBits: {
    sentence: 'A job that fails or is cancelled gives its bitmap back the bits that it had, but under always.',
    without: 'The next increment misses what the backup before does not have.',
  },
  uncopiedStayDirty: {
    sentence: 'Under always a job that has not copied all leaves what it has not copied in the bitmap.',
    without: 'The next increment misses it.',
  },
  neverKeepsBits: {
    sentence: 'Under never the bitmap keeps all its bits.',
    without: 'The next increment, which builds on the same backup as this one, misses what this one has copied.',
  },
  bitmapWaitsForCopies: {
    sentence: 'The bitmap is settled once the last copy has ended.',
    without: 'A copy of a guest that fails behind it leaves its cluster in no bitmap, and the next increment misses it.',
    needsFaults: true,
    broken: {
      id: 'B-104',
      since: '4.2',
      fixed: null,
      commit: null,
      how: 'the bitmap was settled when the job had ended, while guests were still copying',
    },
  },
  // The end of a group
  failureAbortsGroup: {
    sentence: 'The first job of a group that fails or is cancelled cancels all others.',
    without: 'Some jobs of the group complete without an error, though another has not.',
  },
  bitmapWaitsForGroup: {
    sentence: 'The bitmap is settled once all jobs of the group are done.',
    without: 'A job clears bits of what it has copied, is then cancelled with its group, and the next increment misses it.',
  },
  bitmapStoredLast: {
    sentence: 'When QEMU quits, a bitmap is stored once jobs and requests have ended.',
    without: 'What is stored lacks bits of what the guest has changed, and the next increment, after the restart, misses it.',
  },
  // End
  cancelWaitsForCall: {
    sentence: 'A job that is cancelled waits for its copies under way.',
    without: 'They store in a target that is closed.',
  },
  drainBeforeUnhook: {
    sentence: 'The disk is drained before the filter goes.',
    without: 'A copy of a guest stores in a target that is closed.',
    broken: {
      id: 'B-31',
      since: '4.2',
      fixed: '5.0',
      commit: '503ca1262b',
      how: 'the filter freed its state, and requests in flight ended later',
    },
  },
  eventComesLast: {
    sentence: 'The event is sent once everything has ended.',
    without: 'The user takes the target for finished while a copy still writes to it.',
  },
} as const satisfies Record<string, Rule>;

export type RuleName = keyof typeof RULES;
export type Rules = Readonly<Record<RuleName, boolean>>;

export const RULE_NAMES = Object.keys(RULES) as RuleName[];

/** All rules but these, of which some may be those of other families. */
export function rulesWithout(off: readonly string[]): Rules {
  return Object.fromEntries(RULE_NAMES.map((name) => [name, !off.includes(name)])) as Rules;
}
