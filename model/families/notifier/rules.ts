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
    without: 'The copy takes what the guest has just written.',
  },
  copyBeforeWriteZeroes: {
    sentence: 'A guest that writes zeroes waits for the copy like one that writes data.',
    without: 'Zeroes stand in the backup where data stood at T0.',
  },
  copyBeforeDiscard: {
    sentence: 'A guest that discards waits for the copy like one that writes data.',
    without: 'What the guest has thrown away is gone before it was copied.',
    broken: { id: 'S-01', also: ['B-01'], since: '1.6', fixed: '2.7', commit: 'ec050f77a5', how: 'bdrv_co_discard called no notifier' },
  },
  copyWholeClusters: {
    sentence: 'The range to copy is rounded outwards to whole clusters.',
    without: 'The last cluster of a write that does not end on a cluster is not copied.',
  },
  wholeRangeRegistered: {
    sentence: 'A copy registers the whole range that it will copy before its first read.',
    without: 'Two copies hold the same cluster, and the slower one stores what the guest wrote in between.',
  },
  waitForOverlappingCopies: {
    sentence: 'A copy waits for every copy in flight that overlaps it.',
    without: 'A guest writes while another copy of the same cluster is still reading it.',
  },
  checkBitAfterWaiting: {
    sentence: 'Whether a cluster still has to be copied is looked up after the wait.',
    without: 'A cluster is copied a second time, with what the guest has written since.',
  },
  everyBitIsLookedUp: {
    sentence: 'Of a request over several clusters each is looked up, not only those before the first that has to be copied.',
    without: 'A cluster behind it is copied a second time, with what the guest has written since.',
    broken: {
      id: 'B-02',
      since: '3.0',
      fixed: '4.1',
      commit: '4a5b91ca02',
      how: 'a chunk was offloaded whole if its first cluster had to be copied (since 9ded4a0114)',
    },
  },
  lookAgainAfterWaking: {
    sentence: 'Who was woken looks again for overlapping copies, until there are none.',
    without: 'While one copy slept, the next one began, and both hold the same cluster.',
  },
  wakeWaiters: {
    sentence: 'A copy that ends wakes those who wait for it.',
    without: 'They wait for ever.',
  },
  markAfterTargetHasData: {
    sentence: 'A cluster is marked as copied only when the target has its data.',
    without: 'The store fails, and the mark stays: the guest overwrites the source while the target has nothing.',
    note: 'where no store fails, waitForOverlappingCopies keeps everybody off the mark until the data is there',
    needsFaults: true,
  },
  hookBeforeFirstYield: {
    sentence: 'The before-write hook is linked before the job yields for the first time.',
    without: 'A guest write slips in between the point in time and the hook.',
  },
  drainCopiesBeforeEnd: {
    sentence: 'The job does not end before the copies in flight have ended.',
    without: 'A copy marks a bitmap that was freed, or writes to a target that was closed.',
    broken: {
      id: 'B-31',
      since: '4.2',
      fixed: '5.0',
      commit: '503ca1262b',
      how: 'the filter freed its state, and requests in flight ended later',
    },
  },
  savevmPassesHookBy: {
    sentence: 'The state of the VM, which is saved past the end of the disk, passes the hook by.',
    without: 'The copy looks for a bit past the end of the bitmap, and would store past the end of the target.',
    broken: { id: 'S-12', also: ['B-50'], since: '1.6', fixed: '2.7', commit: '734a77584a' },
  },
  lockBeforeWaiting: {
    sentence: 'A copy takes the read lock before it waits for other copies.',
    without: 'The job ends while the copy sleeps, and the copy wakes up to a job that is gone.',
  },
  drainBeforeUnhook: {
    sentence: 'The copies in flight end before the hook is unlinked.',
    without: 'TOP: a write lands unhooked, and a copy still in flight takes it for old data.',
    broken: {
      id: 'S-25',
      since: '1.6',
      fixed: '4.1',
      commit: null,
      how: 'unlinks the hook, then drains (observed on a build of fc5d3f84)',
      end: 'since c334e897d0 (4.1) TOP marks what it skips, which mends most of it',
    },
  },
  topAsksWholeCluster: {
    sentence: 'TOP: a cluster is skipped only if no sector of it is allocated.',
    without: 'A cluster whose first sectors are unallocated is skipped with all its data.',
  },
  topDecidesOnce: {
    sentence: 'TOP: the hook copies every cluster that a guest overwrites, allocated or not.',
    without: 'The hook lets an unallocated cluster go; the write allocates it, and the job copies new data.',
    note: 'since 4.2 the set of clusters is frozen at T0 instead',
  },
  topStopsAtEndOfDisk: {
    sentence: 'TOP: the search for allocated sectors stops at the end of the disk.',
    without: 'Past the end the answer is "0 sectors", and the search never moves on.',
    broken: { id: 'S-02', also: ['B-20'], since: '1.6', fixed: '2.1', commit: 'd40593dd90' },
  },
  clampLastCluster: {
    sentence: 'The copy of the last cluster ends where the disk ends.',
    without: 'The copy reads and writes past the end of the disk.',
  },
  cancelWakesParkedJob: {
    sentence: 'A cancel wakes a job that is parked.',
    without: 'A NONE job sleeps for ever and never ends.',
  },
  cancelCheckedAfterSleep: {
    sentence: 'The job looks for a cancel whenever it has slept.',
    without: 'A NONE job that was cancelled parks again and never ends.',
  },
  failedCopyIsNotMarked: {
    sentence: 'A cluster whose copy failed is not marked as copied.',
    without: 'It is not tried again: the next write overwrites what the target never got.',
    needsFaults: true,
  },
  failedCopyFailsGuestWrite: {
    sentence: 'A guest write whose copy failed is not sent to the disk, and the guest is told.',
    without: 'The write destroys the only copy of the old data.',
    note: 'it is why a full target stops the guest (S-20), until 7.1 gave a choice (on-cbw-error)',
    needsFaults: true,
  },
  retrySameClusterAfterError: {
    sentence: 'After an error that does not end it, the job tries the same cluster again.',
    without: 'The cluster is passed over, and the job completes without it.',
    needsFaults: true,
  },
  staleErrorIsForgotten: {
    sentence: 'An error that was ignored, or that stopped the job for a while, is no longer its result.',
    without: 'TOP that skips the cluster afterwards, or a cancelled job, ends with an error that is over.',
    broken: { id: 'S-19', since: '1.6', fixed: 'untraced', commit: null },
    needsFaults: true,
  },
  allocationErrorIsHandled: {
    sentence: 'TOP: an error of the question what is allocated is an error of the source.',
    without: 'The job asks the same question again and again, and tells of no error.',
    broken: { id: 'S-03', also: ['B-21'], since: '1.6', fixed: '2.9', commit: '666a9543fa' },
    needsFaults: true,
  },
  sideOfErrorIsTold: {
    sentence: 'An error says whether it came from the source or from the target.',
    without: 'The policy for the other side decides, and the event accuses the wrong disk.',
    needsFaults: true,
  },
  completedTellsError: {
    sentence: 'COMPLETED tells of the error that ended the job.',
    without: 'A backup that failed half way looks like one that is whole.',
    needsFaults: true,
  },
  drainGuestAtStart: {
    sentence: 'Requests in flight end before the point in time is taken.',
    without: 'A write that passed the place of the hook before T0 lands after it, uncopied.',
    broken: {
      id: 'S-06',
      also: ['B-05'],
      since: '1.6',
      fixed: '4.2',
      commit: '00e30f05de',
      how: 'nothing is drained, except in a transaction',
      end: 'the whole command is drained since 2288ccfac9 (5.0)',
    },
  },
  hookGoesOnWhilePaused: {
    sentence: 'A paused job still copies what guests overwrite.',
    without: 'Whatever the guest overwrites during the pause is lost.',
  },
  resumeWakesPausedJob: {
    sentence: 'A resume wakes a job that sleeps in its pause.',
    without: 'It sleeps for ever.',
  },
  readerSerialisedWithCopies: {
    sentence: 'NONE: no cluster is copied while a reader of the point in time is between lookup and fetch.',
    without: 'The reader has looked, a guest overwrites, and the reader fetches new data from the source.',
    broken: { id: 'B-03', since: '1.6', fixed: '3.0', commit: 'f8d59dfb40' },
  },
  copyReadIgnoresOwnRequest: {
    sentence: "The hook's read does not copy on read, and waits for no request of the guest: not for the one that it serves.",
    without: 'On a disk with copy-on-read it waits for itself; QEMU aborts.',
    broken: { id: 'S-04', also: ['B-22'], since: '1.6', fixed: '2.5', commit: '06c3916b35' },
  },
  jobReadIgnoresGuests: {
    sentence: "The job's own read does not copy on read either, and waits for no request of the guest.",
    without: 'On a disk with copy-on-read it waits for a write that waits for the job.',
    broken: { id: 'S-05', also: ['B-30'], since: '1.6', fixed: 'untraced', commit: null, end: 'of the same family as 61408b250e (2.5)' },
  },
  zeroesAreWrittenOverBacking: {
    sentence: 'A cluster of zeroes is stored like any other.',
    without: 'What lies beneath the target, or was in it before, shows where there were zeroes.',
  },
  topTargetGetsSourcesBacking: {
    sentence: "TOP: a new target gets the source's backing file.",
    without: 'All that the job left out reads as zeroes.',
  },
  noneTargetGetsLiveSource: {
    sentence: 'NONE: a new target gets the live source as its backing file.',
    without: 'All that no guest has overwritten reads as zeroes.',
  },
  fullTargetGetsNoBacking: {
    sentence: 'FULL: a new target gets no backing file.',
    without: 'The backup does not stand alone: it is lost with a file that it does not need.',
  },
  topWithoutBackingIsFull: {
    sentence: 'TOP of an image without a backing file copies everything.',
    without: 'Clusters that are not allocated are never stored, and there is no backing file to show them.',
    note: 'QEMU does so without a word since fc5d3f84 (1.6)',
  },
  targetLengthIsSourceLength: {
    sentence: 'An existing target is as long as the source.',
    without: 'A shorter one fails half way, or never; a longer one ends in what it held before.',
    broken: { id: 'S-09', also: ['B-40'], since: '1.6', fixed: '5.1', commit: '958a04bd32' },
  },
  existingTargetIsEmpty: {
    sentence: 'TOP, NONE: an existing target has nothing of its own.',
    without: 'What it held before hides what the backup should show.',
    broken: { id: 'S-09', since: '1.6', fixed: null, commit: null, how: 'QEMU has never looked: it is left to the operator' },
  },
  targetIsNotSource: {
    sentence: 'The target is not the source itself.',
    without: 'The disk is copied onto itself, and the next guest write overwrites the backup with it.',
    broken: {
      id: 'S-11',
      since: '1.6',
      fixed: '2.10',
      commit: null,
      how: 'only a new target of TOP and NONE is compared, by its name, with its own backing file',
      end: 'ended in practice by image locking (2.10)',
    },
  },
  targetTellsHoles: {
    sentence: 'TOP, NONE: an existing target is of a format that says which clusters it has.',
    without: "In a raw one, what was not copied can't be told from zeroes that were.",
    broken: { id: 'S-24', since: '1.6', fixed: null, commit: null, how: 'QEMU has never looked: it is left to the operator' },
  },
  targetClusterNotLarger: {
    sentence: "A backup's cluster is no smaller than the target's, if the target has nothing beneath it.",
    without: 'Storing one cluster fills the rest of a larger one with zeroes, which hide what is not copied.',
    broken: { id: 'S-08', also: ['B-06'], since: '1.6', fixed: '2.6', commit: '4c9bca7e39' },
  },
  topSkipsUnallocated: {
    sentence: 'TOP: a cluster of which nothing is allocated is not copied.',
    without: 'The target takes up what the backing file has already.',
  },
  skippedAreCounted: {
    sentence: 'TOP: a cluster that is skipped counts as done.',
    without: 'The job completes at less than all, and a user who waits for the rest waits for ever.',
    broken: { id: 'S-10', since: '1.6', fixed: '4.2', commit: '7e30dd618e', end: 'the fix takes them off the total instead' },
  },
  hookCopiesAreCounted: {
    sentence: 'A cluster that the hook has copied counts as done.',
    without: 'The job completes at less than all.',
  },
  unhookAtEnd: {
    sentence: 'The hook is unlinked before the job is gone.',
    without: 'The next guest write calls a job that is no longer there.',
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
