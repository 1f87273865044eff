/**
 * The rules of a correct backup. The code asks each rule at the one line where it matters; off
 * means that the line is left out or runs elsewhere. A mutant is one rule off, an era of QEMU is
 * the set of rules that release broke (eras.ts). A row says in which releases of QEMU exactly this
 * omission was; where it says nothing, none is known to have had it: a classic mistake.
 */
import type { Rule } from '../rule.ts';

export const RULES = {
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
    broken: { id: 'S-01', also: ['B-01'], since: '1.6', fixed: '2.7', commit: 'ec050f77a5', how: 'bdrv_co_discard called no notifier' },
  },
  copyWholeClusters: {
    sentence: 'The range to copy is rounded outwards to whole clusters.',
    without: 'The last cluster of a write that ends inside a cluster is not copied.',
  },
  wholeRangeRegistered: {
    sentence: 'Before its first read, a copy registers the whole range that it will copy.',
    without: 'Two copies work on the same cluster, and the slower one stores what the guest wrote in between.',
  },
  waitForOverlappingCopies: {
    sentence: 'A copy waits for every copy in flight that overlaps it.',
    without: 'A guest writes while another copy of the same cluster is still reading it.',
  },
  checkBitAfterWaiting: {
    sentence: 'A copy checks whether a cluster still has to be copied after its wait, not before.',
    without: 'A cluster is copied a second time, with what the guest has written since.',
  },
  everyBitIsLookedUp: {
    sentence: 'A copy of several clusters checks each of them, not only those up to the first that has to be copied.',
    without: 'A later cluster is copied a second time, with what the guest has written since.',
    broken: {
      id: 'B-02',
      since: '3.0',
      fixed: '4.1',
      commit: '4a5b91ca02',
      how: 'a whole chunk was offloaded if its first cluster had to be copied (since 9ded4a0114)',
    },
  },
  lookAgainAfterWaking: {
    sentence: 'After waking, a copy checks again for overlapping copies, until there are none.',
    without: 'While one copy slept, the next one began, and both work on the same cluster.',
  },
  wakeWaiters: {
    sentence: 'A copy that ends wakes the coroutines that wait for it.',
    without: 'They wait forever.',
  },
  markAfterTargetHasData: {
    sentence: 'A cluster is marked as copied only when the target has its data.',
    without: 'The store fails, but the mark stays: the guest overwrites the source while the target has nothing.',
    note: 'if no store fails, waitForOverlappingCopies hides the mark until the data is there',
    needsFaults: true,
  },
  hookBeforeFirstYield: {
    sentence: 'The before-write hook is linked before the job yields for the first time.',
    without: 'A guest write slips in between the point in time and the hook.',
  },
  drainCopiesBeforeEnd: {
    sentence: 'The job does not end before the copies in flight have ended.',
    without: 'A copy marks a freed bitmap, or writes to a closed target.',
    broken: {
      id: 'B-31',
      since: '4.2',
      fixed: '5.0',
      commit: '503ca1262b',
      how: 'the filter freed its state, and requests in flight ended later',
    },
  },
  savevmPassesHookBy: {
    sentence: 'The VM state, which is saved past the end of the disk, bypasses the hook.',
    without: 'The copy reads a bit past the end of the bitmap, and would write past the end of the target.',
    broken: { id: 'S-12', also: ['B-50'], since: '1.6', fixed: '2.7', commit: '734a77584a' },
  },
  lockBeforeWaiting: {
    sentence: 'A copy takes the read lock before it waits for other copies.',
    without: 'The job ends while the copy sleeps, and the copy wakes up to a freed job.',
  },
  drainBeforeUnhook: {
    sentence: 'The copies in flight end before the hook is unlinked.',
    without: 'TOP: a write lands unhooked, and a copy still in flight reads it as old data.',
    broken: {
      id: 'S-25',
      since: '1.6',
      fixed: '4.1',
      commit: null,
      how: 'QEMU unlinked the hook, then drained (observed on a build of fc5d3f84)',
      end: 'since c334e897d0 (4.1) TOP marks what it skips, which prevents most of these failures',
    },
  },
  topAsksWholeCluster: {
    sentence: 'TOP: a cluster is skipped only if no sector of it is allocated.',
    without: 'A cluster whose first sectors are unallocated is skipped with all its data.',
  },
  topDecidesOnce: {
    sentence: 'TOP: the hook copies every cluster that a guest overwrites, allocated or not.',
    without: 'The hook skips an unallocated cluster; the write allocates it, and the job copies new data.',
    note: 'since 4.2 the set of clusters is frozen at T0 instead',
  },
  topStopsAtEndOfDisk: {
    sentence: 'TOP: the search for allocated sectors stops at the end of the disk.',
    without: 'Past the end the answer is "0 sectors", and the search never advances.',
    broken: { id: 'S-02', also: ['B-20'], since: '1.6', fixed: '2.1', commit: 'd40593dd90' },
  },
  clampLastCluster: {
    sentence: 'The copy of the last cluster ends where the disk ends.',
    without: 'The copy reads and writes past the end of the disk.',
  },
  cancelWakesParkedJob: {
    sentence: 'A cancel wakes a job that is parked.',
    without: 'A NONE job sleeps forever and never ends.',
  },
  cancelCheckedAfterSleep: {
    sentence: 'The job checks for a cancel after every sleep.',
    without: 'A NONE job that was cancelled parks again and never ends.',
  },
  failedCopyIsNotMarked: {
    sentence: 'A cluster whose copy failed is not marked as copied.',
    without: 'It is not retried: the next write overwrites data that the target never received.',
    needsFaults: true,
  },
  failedCopyFailsGuestWrite: {
    sentence: 'A guest write whose copy failed does not reach the disk, and fails.',
    without: 'The write destroys the only copy of the old data.',
    note: 'this is why a full target stops the guest (S-20); 7.1 added a choice (on-cbw-error)',
    needsFaults: true,
  },
  retrySameClusterAfterError: {
    sentence: 'After an error that does not end it, the job retries the same cluster.',
    without: 'The cluster is skipped, and the job completes without it.',
    needsFaults: true,
  },
  staleErrorIsForgotten: {
    sentence: 'An error that was ignored, or that only paused the job, is not its result.',
    without: 'A TOP job that then skips the cluster, or a cancelled job, ends with an outdated error.',
    broken: { id: 'S-19', since: '1.6', fixed: 'untraced', commit: null },
    needsFaults: true,
  },
  allocationErrorIsHandled: {
    sentence: 'TOP: a failed allocation query is an error of the source.',
    without: 'The job repeats the query forever and reports no error.',
    broken: { id: 'S-03', also: ['B-21'], since: '1.6', fixed: '2.9', commit: '666a9543fa' },
    needsFaults: true,
  },
  sideOfErrorIsTold: {
    sentence: 'An error says whether it came from the source or from the target.',
    without: 'The policy of the other side applies, and the event names the wrong disk.',
    needsFaults: true,
  },
  completedTellsError: {
    sentence: 'COMPLETED reports the error that ended the job.',
    without: 'A backup that failed halfway looks complete.',
    needsFaults: true,
  },
  drainGuestAtStart: {
    sentence: 'Requests in flight end before the point in time is taken.',
    without: 'A write that was past the hook before T0 lands after T0, uncopied.',
    broken: {
      id: 'S-06',
      also: ['B-05'],
      since: '1.6',
      fixed: '4.2',
      commit: '00e30f05de',
      how: 'nothing was drained, except in a transaction',
      end: 'since 2288ccfac9 (5.0) the whole command is drained',
    },
  },
  hookGoesOnWhilePaused: {
    sentence: 'A paused job still copies what guests overwrite.',
    without: 'Everything that the guest overwrites during the pause is lost.',
  },
  resumeWakesPausedJob: {
    sentence: 'A resume wakes a paused job.',
    without: 'It sleeps forever.',
  },
  readerSerialisedWithCopies: {
    sentence: 'NONE: no cluster is copied while a reader of the point in time is between its lookup and its read.',
    without: 'The reader decides to read the source, a guest overwrites it, and the reader gets new data.',
    broken: { id: 'B-03', since: '1.6', fixed: '3.0', commit: 'f8d59dfb40' },
  },
  copyReadIgnoresOwnRequest: {
    sentence: "The hook's read does no copy-on-read and waits for no guest request, not even its own.",
    without: 'On a disk with copy-on-read it waits for itself, and QEMU aborts.',
    broken: { id: 'S-04', also: ['B-22'], since: '1.6', fixed: '2.5', commit: '06c3916b35' },
  },
  jobReadIgnoresGuests: {
    sentence: "The job's read does no copy-on-read either, and waits for no guest request.",
    without: 'On a disk with copy-on-read it waits for a write that waits for the job.',
    broken: { id: 'S-05', also: ['B-30'], since: '1.6', fixed: 'untraced', commit: null, end: 'related to 61408b250e (2.5)' },
  },
  zeroesAreWrittenOverBacking: {
    sentence: 'A cluster of zeroes is stored like any other.',
    without: "The target's backing file or old content shows where the disk had zeroes.",
  },
  topTargetGetsSourcesBacking: {
    sentence: "TOP: a new target gets the source's backing file.",
    without: 'Everything that the job skipped reads as zeroes.',
  },
  noneTargetGetsLiveSource: {
    sentence: 'NONE: a new target gets the live source as its backing file.',
    without: 'Everything that no guest has overwritten reads as zeroes.',
  },
  fullTargetGetsNoBacking: {
    sentence: 'FULL: a new target gets no backing file.',
    without: 'The backup depends on a file that it does not need.',
  },
  topWithoutBackingIsFull: {
    sentence: 'TOP of an image without a backing file copies everything.',
    without: 'Unallocated clusters are never stored, and no backing file shows them.',
    note: 'QEMU has done so silently since fc5d3f84 (1.6)',
  },
  targetLengthIsSourceLength: {
    sentence: 'An existing target is as long as the source.',
    without: 'A shorter target fails halfway or silently; a longer one ends with stale data.',
    broken: { id: 'S-09', also: ['B-40'], since: '1.6', fixed: '5.1', commit: '958a04bd32' },
  },
  existingTargetIsEmpty: {
    sentence: 'TOP, NONE: an existing target is empty.',
    without: 'Its old content hides what the backup should show.',
    broken: { id: 'S-09', since: '1.6', fixed: null, commit: null, how: 'QEMU has never checked this; the user must' },
  },
  targetIsNotSource: {
    sentence: 'The target is not the source itself.',
    without: 'The disk is copied onto itself, and the next guest write overwrites the backup with it.',
    broken: {
      id: 'S-11',
      since: '1.6',
      fixed: '2.10',
      commit: null,
      how: 'checked only for a new target in TOP and NONE, and only by file name',
      end: 'ended in practice by image locking (2.10)',
    },
  },
  targetTellsHoles: {
    sentence: 'TOP, NONE: an existing target has a format that records which clusters it has.',
    without: 'In a raw target, an uncopied cluster looks the same as a copied one of zeroes.',
    broken: { id: 'S-24', since: '1.6', fixed: null, commit: null, how: 'QEMU has never checked this; the user must' },
  },
  targetClusterNotLarger: {
    sentence: "The backup's clusters are no smaller than the target's, if the target has no backing file.",
    without: 'Storing one cluster fills the rest of a larger one with zeroes, which hide uncopied data.',
    broken: { id: 'S-08', also: ['B-06'], since: '1.6', fixed: '2.6', commit: '4c9bca7e39' },
  },
  topSkipsUnallocated: {
    sentence: 'TOP: an unallocated cluster is not copied.',
    without: 'The target stores what the backing file already has.',
  },
  skippedAreCounted: {
    sentence: 'TOP: a skipped cluster counts as done.',
    without: 'The job completes below 100 %, and a user who waits for the rest waits forever.',
    broken: { id: 'S-10', since: '1.6', fixed: '4.2', commit: '7e30dd618e', end: 'the fix subtracts them from the total instead' },
  },
  hookCopiesAreCounted: {
    sentence: 'A cluster copied by the hook counts as done.',
    without: 'The job completes below 100 %.',
  },
  unhookAtEnd: {
    sentence: 'The hook is unlinked before the job is freed.',
    without: 'The next guest write calls a freed job.',
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
