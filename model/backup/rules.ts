/**
 * The rules of a correct backup. The code asks each rule at the one line where it matters; off
 * means that the line is left out or runs elsewhere. A mutant is one rule off, an era of QEMU is
 * the set of rules that release broke. `qemu-1.6 S-01` and the like name sections of QEMU's history;
 * "classic mistake" means that no release of QEMU is known to have had exactly this omission.
 */
export interface Rule {
  readonly sentence: string;
  /** What goes wrong without it. */
  readonly without: string;
  /** The QEMU commit or order with exactly this omission, or `classic mistake`. */
  readonly history: string;
  /** Rules that hide the omission: a trace exists only with one of them off as well. */
  readonly maskedBy?: readonly RuleName[];
}

const CLASSIC = 'classic mistake, not in QEMU';

export const RULES = {
  copyBeforeWrite: {
    sentence: 'Old data goes to the target before a guest write lands.',
    without: 'The copy takes what the guest has just written.',
    history: CLASSIC,
  },
  copyBeforeWriteZeroes: {
    sentence: 'A guest that writes zeroes waits for the copy like one that writes data.',
    without: 'Zeroes stand in the backup where data stood at T0.',
    history: CLASSIC,
  },
  copyBeforeDiscard: {
    sentence: 'A guest that discards waits for the copy like one that writes data.',
    without: 'What the guest has thrown away is gone before it was copied.',
    history: 'QEMU 1.6 to 2.6: bdrv_co_discard called no notifier; fixed by ec050f77a5 (2.7)',
  },
  copyWholeClusters: {
    sentence: 'The range to copy is rounded outwards to whole clusters.',
    without: 'The last cluster of a write that does not end on a cluster is not copied.',
    history: CLASSIC,
  },
  wholeRangeRegistered: {
    sentence: 'A copy registers the whole range that it will copy before its first read.',
    without: 'Two copies hold the same cluster, and the slower one stores what the guest wrote in between.',
    history: CLASSIC,
  },
  waitForOverlappingCopies: {
    sentence: 'A copy waits for every copy in flight that overlaps it.',
    without: 'A guest writes while another copy of the same cluster is still reading it.',
    history: CLASSIC,
  },
  checkBitAfterWaiting: {
    sentence: 'Whether a cluster still has to be copied is looked up after the wait.',
    without: 'A cluster is copied a second time, with what the guest has written since.',
    history: CLASSIC,
  },
  lookAgainAfterWaking: {
    sentence: 'Who was woken looks again for overlapping copies, until there are none.',
    without: 'While one copy slept, the next one began, and both hold the same cluster.',
    history: CLASSIC,
  },
  wakeWaiters: {
    sentence: 'A copy that ends wakes those who wait for it.',
    without: 'They wait for ever.',
    history: CLASSIC,
  },
  markAfterTargetHasData: {
    sentence: 'A cluster is marked as copied only when the target has its data.',
    without: 'Somebody trusts the mark and overwrites the source while the target has nothing.',
    history: CLASSIC,
    maskedBy: ['waitForOverlappingCopies'],
  },
  hookBeforeFirstYield: {
    sentence: 'The before-write hook is linked before the job yields for the first time.',
    without: 'A guest write slips in between the point in time and the hook.',
    history: CLASSIC,
  },
  drainCopiesBeforeEnd: {
    sentence: 'The job does not end before the copies in flight have ended.',
    without: 'A copy marks a bitmap that was freed, or writes to a target that was closed.',
    history: CLASSIC,
  },
  lockBeforeWaiting: {
    sentence: 'A copy takes the read lock before it waits for other copies.',
    without: 'The job ends while the copy sleeps, and the copy wakes up to a job that is gone.',
    history: CLASSIC,
  },
  drainBeforeUnhook: {
    sentence: 'The copies in flight end before the hook is unlinked.',
    without: 'TOP: a write lands unhooked, and a copy still in flight takes it for old data.',
    history: 'qemu-1.6 S-25: unlinks the hook, then drains (1.6 to 4.0; observed on a build of fc5d3f84)',
  },
  topAsksWholeCluster: {
    sentence: 'TOP: a cluster is skipped only if no sector of it is allocated.',
    without: 'A cluster whose first sectors are unallocated is skipped with all its data.',
    history: CLASSIC,
  },
  topDecidesOnce: {
    sentence: 'TOP: the hook copies every cluster that a guest overwrites, allocated or not.',
    without: 'The hook lets an unallocated cluster go; the write allocates it, and the job copies new data.',
    history: `${CLASSIC}; since 4.2 the set of clusters is frozen at T0 instead`,
  },
  topStopsAtEndOfDisk: {
    sentence: 'TOP: the search for allocated sectors stops at the end of the disk.',
    without: 'Past the end the answer is "0 sectors", and the search never moves on.',
    history: 'QEMU 1.6 to 2.0 (S-02); fixed by d40593dd90 (2.1)',
  },
  clampLastCluster: {
    sentence: 'The copy of the last cluster ends where the disk ends.',
    without: 'The copy reads and writes past the end of the disk.',
    history: CLASSIC,
  },
  cancelWakesParkedJob: {
    sentence: 'A cancel wakes a job that is parked.',
    without: 'A NONE job sleeps for ever and never ends.',
    history: CLASSIC,
  },
  cancelCheckedAfterSleep: {
    sentence: 'The job looks for a cancel whenever it has slept.',
    without: 'A NONE job that was cancelled parks again and never ends.',
    history: CLASSIC,
  },
} as const satisfies Record<string, Omit<Rule, 'maskedBy'> & { maskedBy?: readonly string[] }>;

export type RuleName = keyof typeof RULES;
export type Rules = Readonly<Record<RuleName, boolean>>;

export const RULE_NAMES = Object.keys(RULES) as RuleName[];

/** All rules but these. */
export function rulesWithout(off: readonly RuleName[]): Rules {
  return Object.fromEntries(RULE_NAMES.map((name) => [name, !off.includes(name)])) as Rules;
}
