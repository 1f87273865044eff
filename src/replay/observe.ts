/** What a step shows to the reader of a trace: the text right of the arrow. */
import { Place } from '../../model/block/image.ts';
import type { BlockNode } from '../../model/block/node.ts';
import type { Requester } from '../../model/block/requester.ts';
import type { Coroutine } from '../../model/kernel/coroutine.ts';
import { type Step, atOf } from '../../model/kernel/step.ts';
import { ioOf, meaningOf } from '../../model/meaning.ts';
import { NO_ERROR, errnoOf, printError } from '../../model/block/errors.ts';
import { ErrorAction, JobState, type JobStatus } from '../../model/job/job-status.ts';
import type { Machine } from '../../model/machine/machine.ts';

const PLACES = { [Place.backing]: 'backing', [Place.own]: 'own', [Place.zero]: 'zero' };

/** Called right after the step has run. */
export function observe(machine: Machine, coroutine: Coroutine, step: Step): string {
  const { role, io } = meaningOf(step);
  if (role === 'asksAllocation') return asked(machine, step);
  if (role === 'takesToCopyUp') return machine.contentName((coroutine as Requester).bufferContent(atOf(step)));
  if (io?.phase === 'effect') return io.kind === 'read' ? taken(machine, coroutine as Requester, step) : landed(machine);
  const struck = machine.faultStruck();
  const fault = struck === NO_ERROR ? '' : errnoOf(struck);
  if (fault === '' && role === 'looksToCopyUp') return PLACES[machine.source.placeAt(atOf(step))];
  const isLookup = io?.kind === 'read' && io.phase === 'submit';
  if (fault === '' && isLookup && !nodeOf(machine, coroutine as Requester, step).image.isRaw)
    return PLACES[(coroutine as Requester).runSeen.place];
  return [fault, coroutine === machine.job ? jobEvents(machine) : ''].filter((text) => text !== '').join(', ');
}

function asked(machine: Machine, step: Step): string {
  const struck = machine.faultStruck();
  const answer =
    struck === NO_ERROR
      ? machine.source.isAllocatedAt(Math.min(atOf(step), machine.source.sectors - 1))
        ? 'allocated'
        : 'unallocated'
      : errnoOf(struck);
  return [answer, jobEvents(machine)].filter((text) => text !== '').join(', ');
}

/** The node that is read in this step. */
const nodeOf = ({ job, sourceNode }: Machine, requester: Requester, step: Step): BlockNode =>
  ioOf(step)?.by === 'reader' ? job.nodeReadBy(requester) : sourceNode;

function taken(machine: Machine, requester: Requester, step: Step): string {
  const { job } = machine;
  const node = nodeOf(machine, requester, step);
  const first = atOf(step);
  const guest = ioOf(step)?.by === 'copy' ? null : machine.guestOf(requester);
  const whole = guest?.rangeSeen ?? job.sectorsOf(Math.floor(first / job.clusterSectors));
  const end = node.takenEnd(requester, first, whole);
  return Array.from({ length: end - first }, (_, i) => machine.contentName(requester.bufferContent(first + i))).join(' ');
}

/** The contents that this step changed, by image and sector. */
function landed(machine: Machine): string {
  const { world, source, target } = machine;
  const changed = new Set(world.changed.subarray(0, world.changedCount)); // a cell may have changed more than once
  const holdsData = (cell: number): boolean =>
    [source, target].some(({ dataCell, sectors }) => cell >= dataCell && cell < dataCell + sectors);
  const cells = [...changed].filter(holdsData).toSorted((a, b) => a - b);
  return cells.map((cell) => machine.contentName(world.cells[cell]!)).join(' ');
}

const STATES = {
  [JobState.created]: '',
  [JobState.active]: 'T0',
  [JobState.completed]: 'COMPLETED',
  [JobState.cancelled]: 'CANCELLED',
  [JobState.refused]: 'refused',
};
const ACTIONS = {
  [ErrorAction.none]: '',
  [ErrorAction.report]: 'reported',
  [ErrorAction.ignore]: 'ignored',
  [ErrorAction.stop]: 'stopped',
};

function jobEvents({ world, job, sourceNode }: Machine): string {
  const { status } = job;
  const events: string[] = [];
  for (let i = 0; i < world.changedCount; i++) {
    const cell = world.changed[i]!;
    if (cell === status.stateCell)
      events.push(
        `${STATES[status.stateSeen]}${hasEnded(status) && status.errorSeen !== NO_ERROR ? ` with ${printError(status.errorSeen)}` : ''}`,
      );
    if (cell === status.eventsCell) events.push(ACTIONS[status.eventSeen.action]);
    if (cell === sourceNode.hookCell)
      events.push((world.cells[cell] === 1) === changedLater(world, cell, i) ? 'hook unlinked' : 'hook linked');
  }
  return events.join(', ');
}

const hasEnded = ({ stateSeen }: JobStatus): boolean => stateSeen === JobState.completed || stateSeen === JobState.cancelled;

/** Whether a cell changes once more in this step, after its i-th change. */
const changedLater = ({ changed, changedCount }: Machine['world'], cell: number, i: number): boolean =>
  changed.subarray(i + 1, changedCount).includes(cell);
