/**
 * Sentences that no visitor reads before the first action. The script does not carry them (tools/page/bundle.ts): they come with the data.
 */
export const LATER_WORDS = {
  // What each row of the disks is.
  source: 'live: the guest writes to it',
  backing: 'beneath the disk: read where the disk has nothing of its own',
  hook: 'while it is on, a write calls it before it lands',
  carried: 'data that has left one disk and not reached the other',
  target: 'where the backup goes',
  bit: "the job's note that a cluster need not be copied any more; it goes with the job",
  'in flight': 'which coroutine copies the cluster now, and which wait for it',
  'disk at T0': 'what the backup must show',
  'backup shows': 'the target where it was written, else the place it would be read from',
  'target alone': 'what the target shows with nothing beneath it',
  // What a run is worth, and whose it is.
  parEqual: 'The best there is: it cannot be done with less.',
  parBeaten: 'Better than was thought possible.',
  parMissed: 'There is a way with fewer preemptions, or fewer steps.',
  shownBy: 'Shown by the checker',
  tryIt: 'now try it yourself',
  anyWake: 'any runnable coroutine may run next',
  wokenFirst: 'woken coroutines run first, as in QEMU',
  hideCorrect: 'hide the correct job',
  compareCorrect: 'compare with the correct job',
  tryAll: 'let the checker try every order',
  // What becomes of the promise.
  stillT0: 'It still equals the disk at T0, by luck: the next write to a cluster that is not copied will show in it.',
  notT0: 'What it shows is not the disk at T0 any more.',
  cancelled: 'The hook still works until the job runs again, but do not count on it.',
  over: 'From here on this is not a backup.',
  kept: 'The job has completed: the backup must show T0 for good.',
  open: 'Promise: the backup shows the disk at T0.',
  // What screens begin with.
  shownWay: "This is the checker's schedule: step through it with →. Your own tries are kept.",
  drag: 'Drag one dot to the left, to where its step should have come.',
  laterFirst: 'They came in this order: choose a later one as the first.',
  asNear: 'That order is not possible; as near to it as can be',
  learn:
    'QEMU copies a disk while a guest keeps writing to it, and the copy must show the disk exactly as it was at one instant, called T0.',
  free:
    'Say which coroutine runs next, and watch what becomes of the backup. The one to begin with can be broken. ' +
    'Every way that you try is kept.',
  attack: 'Each of these jobs lacks a rule. Break any property, with as few preemptions and steps as you can. Begin at the top.',
  predict:
    'A rule that is missing matters in one scenario, and not in another. Say whether any order breaks this one. ' +
    'The checker then tries every order.',
  mend: 'Each of these runs has broken. Drag one of its steps to where it should have come.',
  bugs:
    'cowcheck found these in real releases of QEMU. Each was run again on the binary of every release below, by a Python file that ' +
    'needs nothing but QEMU.',
  gallery: "Each of these backups lacks one rule, and each run is the shortest that shows it. Many of them are in QEMU's history.",
  allRules: 'This job has all its rules.',
  oneRule: 'This job does not keep to one rule:',
  asLong: 'Try as long as you like, then say.',
  before: 'Three questions before you begin',
  after: 'The same three questions, after lessons 1, 2, 9 and 10',
  otherSetup: "The set-up in this address can't be read; this is another one.",
  asTrace: 'the trace, for cowcheck replay',
  asMarkdown: 'Markdown, for a bug report',
  tooLong: ': so long that some programs cut it; better share the trace as a file',
  answerHere: 'Step to its end: it has the answer.',
  answerThere: 'Step through both runs: the second has the answer.',
  answerNext: 'The answer is in the next run.',
  today: 'How QEMU does it today: a filter, block-copy, and the bugs that are in it now.',
  edges: 'Shorter lessons, each about a place where a backup easily goes wrong.',
  alsoRight: 'Just as right: without it the same run breaks the same',
  workedOut: 'Best: being worked out …',
  notArrived: 'Why it broke is still being worked out.',
  canBreak: 'Can any order break it?',
  breakFirst: 'Break it first.',
  whichRule: 'Which rule does it lack?',
  chooseWho: 'Choose who runs next.',
  untilWaits: '▸▸ runs on until it has to wait.',
  showMe: 'Place your bet, then watch; or',
  mystery: 'This job lacks one rule. Break any property, and say which rule it was.',
  otherRule: 'No: a job that lacks this rule instead would not have gone the same way. That costs a star.',
  // What the checker has found.
  cheapest: 'No order takes fewer preemptions, and of those with as few none takes fewer steps.',
  maybeShorter: 'There may be a shorter way.',
  unsearched: 'nothing found so far, and what was not searched may break.',
  cannotBe: 'The checker says that no order breaks this: please share the run.',
  // Of traces and runs that are passed on.
  otherModel: 'it was made by another cowcheck, in whose model these choices led elsewhere.',
  noTrace: 'it came without a trace: npx cowcheck learn FILE makes one that has it',
  ownMistake: 'reading it failed, which is a mistake of this page',
  onlyHere: 'Only this computer can open it. Send others the trace: any cowcheck page plays it.',
  tooWide: 'This run is too wide for a link: share the trace as a file.',
  notOver: 'You can save it as a trace once it has ended or broken something.',
};
