/** What a step shows to whoever reads a trace: the text right of the arrow. */
import { GuestRequest } from '../../model/block/guest.ts';
import { Place } from '../../model/block/image.ts';
import type { Requester } from '../../model/block/requester.ts';
import type { Coroutine } from '../../model/kernel/coroutine.ts';
import { type Step, atOf, nameOf } from '../../model/kernel/step.ts';
import { JobState } from '../../model/backup/job.ts';
import type { Machine } from '../../model/machine.ts';

const PLACES = { [Place.backing]: 'backing', [Place.own]: 'own', [Place.zero]: 'zero' };

/** Called right after the step has run. */
export function observe(machine: Machine, coroutine: Coroutine, step: Step): string {
  const { label } = nameOf(step);
  if (label.endsWith('.took')) return taken(machine, coroutine as Requester, step);
  if (label.endsWith('.land')) return landed(machine);
  if (label === 'ask' || label === 'copy.ask') return machine.source.isAllocatedAt(Math.min(atOf(step), machine.source.sectors - 1)) ? 'allocated' : 'unallocated';
  if ((label === 'copy.read' || label === 'read.look') && !machine.source.isRaw) return PLACES[(coroutine as Requester).runSeen.place];
  return coroutine === machine.job ? jobEvents(machine) : '';
}

function taken(machine: Machine, requester: Requester, step: Step): string {
  const { sourceNode, source, job } = machine;
  const first = atOf(step);
  const whole = requester instanceof GuestRequest && nameOf(step).guestIo !== null ? requester.rangeSeen : job.sectorsOf(Math.floor(first / job.clusterSectors));
  const end = sourceNode.unitEnd(first, source.isRaw ? whole.end : requester.runSeen.end);
  return Array.from({ length: end - first }, (_, i) => machine.contentName(requester.bufferContent(first + i))).join(' ');
}

/** The contents that this step changed, by sector. */
function landed(machine: Machine): string {
  const { world, source, target } = machine;
  const contents: string[] = [];
  for (let i = 0; i < world.changedCount; i++) {
    const cell = world.changed[i]!;
    for (const image of [source, target]) {
      if (cell >= image.dataCell && cell < image.dataCell + image.sectors) contents.push(machine.contentName(world.cells[cell]!));
    }
  }
  return contents.join(' ');
}

function jobEvents({ world, job, sourceNode }: Machine): string {
  const events: string[] = [];
  for (let i = 0; i < world.changedCount; i++) {
    const cell = world.changed[i]!;
    if (cell === job.stateCell) events.push({ [JobState.created]: '', [JobState.active]: 'T0', [JobState.completed]: 'COMPLETED', [JobState.cancelled]: 'CANCELLED' }[job.stateSeen]);
    if (cell === sourceNode.hookCell) events.push(world.cells[cell] === 1 ? 'hook linked' : 'hook unlinked');
  }
  return events.join(', ');
}
