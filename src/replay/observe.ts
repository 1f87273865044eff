/** What a step shows to the reader of a trace: the text right of the arrow. */
import { Place } from '../../model/block/image.ts';
import type { BlockNode } from '../../model/block/node.ts';
import type { Requester } from '../../model/block/requester.ts';
import type { Coroutine } from '../../model/kernel/coroutine.ts';
import { type Step, atOf } from '../../model/kernel/step.ts';
import { ioOf, meaningOf } from '../../model/meaning.ts';
import { NO_ERROR, errnoOf, printError } from '../../model/block/errors.ts';
import { ErrorAction, JobState, type JobStatus } from '../../model/job/job-status.ts';
import type { DiskOfMachine } from '../../model/machine/disk-of-machine.ts';
import type { Machine } from '../../model/machine/machine.ts';

const PLACES = { [Place.backing]: 'backing', [Place.own]: 'own', [Place.zero]: 'zero' };

/** Called right after the step has run. */
export const observe = (machine: Machine, coroutine: Coroutine, step: Step): string =>
  observeOn(machine.diskOf(coroutine), coroutine, step);

function observeOn(disk: DiskOfMachine, coroutine: Coroutine, step: Step): string {
  const { role, io } = meaningOf(step);
  if (role === 'asksAllocation') return asked(disk, step);
  if (role === 'takesToCopyUp') return disk.contentName((coroutine as Requester).bufferContent(atOf(step)));
  if (io?.phase === 'effect') return io.kind === 'read' ? taken(disk, coroutine as Requester, step) : landed(disk);
  const struck = disk.faultStruck();
  const fault = struck === NO_ERROR ? '' : errnoOf(struck);
  if (fault === '' && role === 'looksToCopyUp') return PLACES[disk.source.placeAt(atOf(step))];
  const isLookup = io?.kind === 'read' && io.phase === 'submit';
  if (fault === '' && isLookup && !nodeOf(disk, coroutine as Requester, step).image.isRaw)
    return PLACES[(coroutine as Requester).runSeen.place];
  return [fault, coroutine === disk.job ? jobEvents(disk) : ''].filter((text) => text !== '').join(', ');
}

function asked(disk: DiskOfMachine, step: Step): string {
  const struck = disk.faultStruck();
  const answer =
    struck === NO_ERROR
      ? disk.source.isAllocatedAt(Math.min(atOf(step), disk.source.sectors - 1))
        ? 'allocated'
        : 'unallocated'
      : errnoOf(struck);
  return [answer, jobEvents(disk)].filter((text) => text !== '').join(', ');
}

/** The node that is read in this step. */
const nodeOf = ({ job, sourceNode }: DiskOfMachine, requester: Requester, step: Step): BlockNode =>
  ioOf(step)?.by === 'reader' ? job.nodeReadBy(requester) : sourceNode;

function taken(disk: DiskOfMachine, requester: Requester, step: Step): string {
  const { job } = disk;
  const node = nodeOf(disk, requester, step);
  const first = atOf(step);
  const guest = ioOf(step)?.by === 'copy' ? null : disk.guestOf(requester);
  const whole = guest?.rangeSeen ?? job.sectorsOf(Math.floor(first / job.clusterSectors));
  const end = node.takenEnd(requester, first, whole);
  return Array.from({ length: end - first }, (_, i) => disk.contentName(requester.bufferContent(first + i))).join(' ');
}

/** The contents that this step changed, by image and sector. */
function landed(disk: DiskOfMachine): string {
  const { world, source, target } = disk;
  const changed = new Set(world.changed.subarray(0, world.changedCount)); // a cell may have changed more than once
  const holdsData = (cell: number): boolean =>
    [source, target].some(({ dataCell, sectors }) => cell >= dataCell && cell < dataCell + sectors);
  const cells = [...changed].filter(holdsData).toSorted((a, b) => a - b);
  return cells.map((cell) => disk.contentName(world.cells[cell]!)).join(' ');
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

function jobEvents({ world, job, sourceNode }: DiskOfMachine): string {
  const { status } = job;
  const events: string[] = [];
  for (let i = 0; i < world.changedCount; i++) {
    const cell = world.changed[i]!;
    if (cell === status.stateCell)
      events.push(
        `${STATES[status.stateSeen]}${hasEnded(status) && status.errorSeen !== NO_ERROR ? ` with ${printError(status.errorSeen)}` : ''}`,
      );
    if (cell === status.eventsCell) events.push(ACTIONS[status.eventSeen.action]);
    if (cell === sourceNode.hook.cell)
      events.push((world.cells[cell] === 1) === changedLater(world, cell, i) ? 'hook unlinked' : 'hook linked');
  }
  return events.join(', ');
}

const hasEnded = ({ stateSeen }: JobStatus): boolean => stateSeen === JobState.completed || stateSeen === JobState.cancelled;

/** Whether a cell changes once more in this step, after its i-th change. */
const changedLater = ({ changed, changedCount }: DiskOfMachine['world'], cell: number, i: number): boolean =>
  changed.subarray(i + 1, changedCount).includes(cell);
