/** For specs only: what the shapes say that are told of every job by the same code. */
import { errnoOf, sideOf } from '../../../model/block/errors.ts';
import { Place } from '../../../model/block/image.ts';
import type { Requester } from '../../../model/block/requester.ts';
import { END, TURN_CELLS } from '../../../model/block/turn-cells.ts';
import { ErrorAction, JobState } from '../../../model/job/job-status.ts';
import { Misuse } from '../../../model/kernel/misuse.ts';
import type { Step } from '../../../model/kernel/step.ts';
import { ioOf, meaningOf, roleOf } from '../../../model/meaning.ts';
import { type Story, type StoryStep, clusterOfStep, coroutineOf, jobAsks, stepAt } from '../story/story.ts';
import {
  type Claim,
  ENDS,
  at,
  changes,
  changesSource,
  claim,
  heldBefore,
  isBy,
  isStored,
  named,
  sectorAt,
  storesOf,
  takes,
  writesState,
} from '../story/testing.ts';

/** Whom the scenario has a request, or the cancel, come after. */
function comesAfter({ experiment: { machine } }: Story, who: string): readonly string[] {
  const { guest, cancelAfter = [] } = machine.scenario;
  return who === 'the user' ? cancelAfter : (guest.find(({ id }) => id === who)?.after ?? []);
}
const hasEnded = ({ experiment: { machine } }: Story, who: string): boolean =>
  machine.coroutines.all.some((one) => machine.coroutineName(one) === named(who) && one.hasEnded);
/** Where the turn of somebody has its cells: as a copy, or as a request. */
const turnOf = (requester: Requester, what: string): number => (what === 'copy' ? requester.cowInFlightCell : requester.trackedCell);
/** Whether somebody has looked, in this step, at another's turn, which was not over then. */
function hasLookedAtTurn(story: Story, who: string, other: string, what: string, n: number): boolean {
  const { machine } = story.experiment;
  const holder = machine.coroutines.all.find((one) => machine.coroutineName(one) === named(other)) as Requester;
  const turn = turnOf(holder, what);
  const isHeld = heldBefore(story, turn + END, n + 1) > 0;
  return isBy(stepAt(story, n), who) && isHeld && story.footprints.readsOf(n, turn, TURN_CELLS).length > 0;
}
/** Whether it came about in this step: a cancel, a resume, or the end of a turn. */
function hasDone(story: Story, did: string, n: string): boolean {
  const role = roleOf(at(story, n).step);
  if (did === 'cancelled it') return role === 'cancels';
  if (did === 'resumed it') return role === 'resumes' || role === 'resumesStopped';
  const turn = turnOf(coroutineOf(story, at(story, n)) as Requester, did.replace('ended its ', '')) + END;
  return [...story.footprints.writes(turn, 1)].some(({ step, value }) => step === Number(n) && value === 0);
}
/** Whether a reader's look in this step finds that the target does not hold a sector. */
function looksBeneath(story: Story, n: string, s: number): boolean {
  const { target } = story.experiment.machine;
  const place = target.placeCell + Math.floor(s / target.clusterSectors);
  return story.footprints.readsOf(Number(n), place, 1).some(({ value }) => value === Place.backing);
}
/** The latest step of a coroutine: it has not moved since. */
const latestOf = ({ steps }: Story, who: string): StoryStep | undefined => steps.findLast((step) => isBy(step, who));
const hasWaitedSince = (story: Story, who: string, n: string): boolean => latestOf(story, who)?.n === Number(n);
/** What a coroutine would do next, in the words of a trace. */
function pendingOf({ experiment: { machine } }: Story, who: string): Step {
  return machine.coroutines.all.find((one) => machine.coroutineName(one) === named(who))!.pending;
}
const nothingRuns = ({ experiment: { machine } }: Story): boolean => machine.ready(new Int32Array(machine.coroutines.all.length)) === 0;

/** Whether the cells that the run wrote are, after its last step, all as they were after an earlier one. */
function comesBack({ footprints, steps, experiment: { machine } }: Story): boolean {
  const { world } = machine;
  const cells = world.cells.length;
  const own = Array.from({ length: cells }, (_, cell) => cell).filter((cell) => !world.describe(cell).startsWith('oracle.'));
  const now = new Map(own.map((cell) => [cell, world.cells[cell]!]));
  const changed = new Set<number>();
  const writes = [...footprints.writes(0, cells)];
  const isAsBefore = (n: number): boolean =>
    [...changed].every((cell) => (writes.findLast((write) => write.cell === cell && write.step <= n)?.value ?? null) === now.get(cell));
  for (let n = steps.length - 1; n > 0; n--) {
    for (const { cell, step } of writes) if (step === n + 1 && now.has(cell)) changed.add(cell);
    if (isAsBefore(n)) return true;
  }
  return false;
}

/** What is told of the job's progress: where it stands, where the disk ends, and in which step it got there. */
const offsetOf = ({ experiment: { machine } }: Story): number => machine.world.cells[machine.job.status.offsetCell]!;
const sectorsOf = ({ experiment: { machine } }: Story): number => machine.shape.sectors;
const isTold = ({ experiment: { machine }, footprints }: Story, n: number): boolean =>
  [...footprints.writes(machine.job.status.eventsCell, 1)].some(({ step }) => step === n);
/** The clusters that a run has copied or, of TOP, left out for good, by its stores and answers alone. */
function doneSectors(story: Story): number {
  const { machine } = story.experiment;
  const { clusters } = machine.job;
  const isDone = (c: number): boolean =>
    isStored(story, machine.job.sectorsOf(c).first, story.steps.length) ||
    story.steps.some((step) => jobAsks(step) && clusterOfStep(story, step) === c && step.saw.startsWith('unallocated'));
  return Array.from({ length: clusters }, (_, c) => c)
    .filter(isDone)
    .reduce((sum, c) => sum + Math.min(machine.job.sectorsOf(c).end, machine.shape.sectors) - machine.job.sectorsOf(c).first, 0);
}

/** Who waits for whom, error not told, wrong count, and decided, slept, then read. */
export const SHARED_CLAIMS: readonly Claim[] = [
  [claim('nothing can run any more: '), nothingRuns],
  [
    claim('WHO has been waiting in "([^"]+)"(?: for ((?:the )?\\w+(?: and (?:the )?\\w+)*?))?(?: since step N)?(?=[,.])'),
    (story, who, step, whom, n) =>
      story.experiment.machine.stepName(pendingOf(story, who)) === step &&
      (n === undefined ? latestOf(story, who) === undefined : hasWaitedSince(story, who, n)) &&
      (whom ?? '')
        .split(' and ')
        .filter((one) => one !== '')
        .every((one) => comesAfter(story, who).includes(named(one)) && !hasEnded(story, one)),
  ],
  [
    claim("WHO has been waiting for (the \\w+|\\w+)'s (copy|request) to end since step N"),
    (story, who, other, what, n) =>
      hasWaitedSince(story, who, n) &&
      roleOf(pendingOf(story, who)) === (what === 'copy' ? 'waitsForCopy' : 'waitsForRequest') &&
      hasLookedAtTurn(story, who, other, what, Number(n)),
  ],
  [
    claim('WHO has been waiting for the copies in flight to end \\((\\w+)\\) since step N'),
    (story, who, other, n) =>
      hasWaitedSince(story, who, n) && roleOf(pendingOf(story, who)) === 'drainsCopies' && meaningOf(pendingOf(story, other)).inCopy,
  ],
  [claim('one of them should not have waited'), ({ verdict }) => verdict.detail.includes('; a deadlock: ')],
  [
    claim('WHO has been waiting (to be cancelled|to be resumed|for the copies in flight to end|for a copy to end) since step N'),
    (story, who, what, n) =>
      hasWaitedSince(story, who, n) &&
      roleOf(pendingOf(story, who)) ===
        {
          'to be cancelled': 'isParked',
          'to be resumed': 'isPaused',
          'for the copies in flight to end': 'drainsCopies',
          'for a copy to end': 'waitsForCopy',
        }[what],
  ],
  [
    claim('WHO should have continued when WHO (cancelled it|resumed it|ended its copy|ended its request) at step N'),
    (story, who, other, did, n) => latestOf(story, who)!.n < Number(n) && isBy(at(story, n), other) && hasDone(story, did, n),
  ],
  [
    claim('WHO should not have waited, because WHO had (cancelled it|ended its copy|ended its request) at step N'),
    (story, who, other, did, n) => latestOf(story, who)!.n > Number(n) && isBy(at(story, n), other) && hasDone(story, did, n),
  ],
  [
    claim('from step N on, WHO waits for its own request, which cannot end before the wait does'),
    (story, n, who) =>
      isBy(at(story, n), who) &&
      Number(n) === story.steps.length &&
      story.experiment.machine.world.cells[story.experiment.machine.world.misuseCell] === Misuse.waitsForItself,
  ],
  [
    claim('from step N on, WHO runs forever without yielding'),
    (story, n, who) =>
      isBy(at(story, n), who) &&
      Number(n) === story.steps.length &&
      story.experiment.machine.world.cells[story.experiment.machine.world.misuseCell] === Misuse.spins,
  ],
  [
    claim('from step N on, WHO returns to an earlier state, and this can repeat forever'),
    (story, n, who) => isBy(at(story, n), who) && Number(n) === story.steps.length && comesBack(story),
  ],
  [
    claim('the job got (E\\w+) from the (source|target) at step N'),
    (story, errno, side, n) => {
      const { fault, who } = at(story, n);
      return who === 'job' && fault !== 0 && errnoOf(fault) === errno && sideOf(fault) === side;
    },
  ],
  [
    claim(
      '(, which did not end it)?, and ended at step N with "(COMPLETED|CA.CELLED) with(?:out an error| (E\\w+) from the (source|target))"',
    ),
    (story, isMild, n, end, errno, side) => {
      const { errorSeen, eventSeen } = story.experiment.machine.job.status;
      const isRight = errno === undefined ? errorSeen === 0 : errnoOf(errorSeen) === errno && sideOf(errorSeen) === side;
      const state = end === 'COMPLETED' ? JobState.completed : JobState.cancelled;
      return isRight && writesState(story, n, [state]) && (isMild === undefined) === (eventSeen.action === ErrorAction.report);
    },
  ],
  [claim(', but no event reports it'), (story) => !isTold(story, story.steps.length)],
  [
    claim(', and reported (E\\w+) from the (source|target)'),
    (story, errno, side) => {
      const { error } = story.experiment.machine.job.status.eventSeen;
      return isTold(story, story.steps.length) && errnoOf(error) === errno && sideOf(error) === side;
    },
  ],
  [
    claim('COMPLETED with (E\\w+) from the (source|target), which did not end the job, at step N'),
    (story, errno, side, n) => {
      const { errorSeen } = story.experiment.machine.job.status;
      const isMet = story.steps.some(({ who, fault }) => who === 'job' && fault === errorSeen);
      return writesState(story, n, [JobState.completed]) && errnoOf(errorSeen) === errno && sideOf(errorSeen) === side && !isMet;
    },
  ],
  [
    claim('at step N, WHO set the progress to N sectors? on a disk of N'),
    (story, n, who, offset, sectors) =>
      isBy(at(story, n), who) &&
      changes(story, n, story.experiment.machine.job.status.offsetCell) &&
      Number(offset) === offsetOf(story) &&
      Number(sectors) === sectorsOf(story) &&
      Number(offset) > Number(sectors),
  ],
  [
    claim('the progress of the job ended at N sectors? instead of N(?:, at step N)?'),
    (story, offset, wanted, n) =>
      writesState(story, n ?? String(story.steps.length), ENDS) &&
      Number(offset) === offsetOf(story) &&
      Number(wanted) === doneSectors(story) &&
      offset !== wanted,
  ],
  [
    claim('WHO copied cluster N at step N(?: \\(and N more\\))? and did not count it, so '),
    (story, who, c, n) => {
      const { status, copied } = story.experiment.machine.job;
      const isMarked = storesOf(story, who, Number(c), Number(n)) && changes(story, n, copied.cellOf(Number(c)));
      return isBy(at(story, n), who) && isMarked && !changes(story, n, status.offsetCell);
    },
  ],
  [
    claim('WHO skipped cluster N at step N(?: \\(and N more\\))? and did not count it, so '),
    (story, who, c, n) =>
      isBy(at(story, n), who) &&
      jobAsks(at(story, n)) &&
      clusterOfStep(story, at(story, n)) === Number(c) &&
      at(story, n).saw.startsWith('unallocated') &&
      !changes(story, n, story.experiment.machine.job.status.offsetCell),
  ],
  [
    claim('at step N, (\\w+) decided to read sector N of the backup from the disk, but did not read it until step N'),
    (story, look, who, s, took) =>
      isBy(at(story, look), who) &&
      ioOf(at(story, look).step)?.by === 'reader' &&
      looksBeneath(story, look, Number(s)) &&
      isBy(at(story, took), who) &&
      takes(story, took, Number(s)),
  ],
  [
    claim('at step N, (\\w+) (?:wrote|wrote zeroes to|discarded) that sector'),
    (story, n, who) => isBy(at(story, n), who) && changesSource(story, n, String(sectorAt(story))),
  ],
  [
    claim(', so \\w+ got (\\S+) instead of (\\S+?)(?=[.] )'),
    ({ verdict }, got, expected) => verdict.got === got && verdict.expected === expected,
  ],
];
