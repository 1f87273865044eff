/**
 * What a step of the model shows in the words of a log (log.ts); null: nothing, it is nobody's business when it
 * happens. Invisible are, besides what lies between two I/Os,
 *
 *   - that a read was asked for, and that its data has come: what it takes, and what is done with it, says more;
 *   - all I/O of zeroes in a format's file, which is metadata there, and what a copy takes of zeroes, which QEMU does not read;
 *   - what is read from a backing file, which the format also reads to fill up its own clusters;
 *   - what lands on an overlay, which is known only to have happened between the data's coming and the guest's being told;
 *   - that a discard takes effect, which it does in pieces of QEMU's own.
 */
import { type Step, atOf } from '../../model/kernel/step.ts';
import { type Role, type StepIo, ioOf, meaningOf } from '../../model/meaning.ts';
import type { Image } from '../../model/block/image.ts';
import { Place } from '../../model/block/image.ts';
import type { Requester } from '../../model/block/requester.ts';
import type { Coroutine } from '../../model/kernel/coroutine.ts';
import { JobState } from '../../model/job/job-status.ts';
import type { Machine } from '../../model/machine/machine.ts';
import { isAllZero, landText, rangeText, tookText } from './log.ts';

/** Whether a step of this name may show something. */
export function mayShow(step: Step): boolean {
  const { io, role } = meaningOf(step);
  return io === null
    ? role !== null && ENDS_OR_BEGINS.has(role)
    : io.phase !== 'start' && io.phase !== 'fail' && !(io.kind === 'read' && io.phase !== 'effect');
}

/** Where T0 or the job's event may be. */
const ENDS_OR_BEGINS: ReadonlySet<Role> = new Set(['takesPoint', 'drainsBeforePoint', 'closes']);

/** What is remembered of a step from before it runs, for afterwards nobody knows any more. */
export interface Before {
  readonly range: { readonly first: number; readonly end: number };
  readonly place: Place;
}

export function beforeStep(machine: Machine, coroutine: Coroutine, step: Step): Before {
  const io = ioOf(step);
  const guest = io?.by === 'copy' ? null : machine.guestOf(coroutine);
  return {
    range: guest?.rangeSeen ?? machine.job.sectorsOf(Math.min(Math.floor(atOf(step) / machine.clusterSectors), machine.job.clusters - 1)),
    place: io === null ? Place.own : (coroutine as Requester).runSeen.place,
  };
}

/** Called right after the step has run. */
export function shownBy(machine: Machine, coroutine: Coroutine, step: Step, before: Before): string | null {
  if (!mayShow(step)) return null;
  const io = ioOf(step);
  if (io === null) return jobShows(machine);
  if (io.kind === 'read') return readShows(machine, coroutine as Requester, step, io, before);
  return io.by === 'copy' ? storeShows(machine, step, io, before) : guestShows(machine, step, io, before);
}

function jobShows({ world, job: { status } }: Machine): string | null {
  if (!world.changed.subarray(0, world.changedCount).includes(status.stateCell)) return null;
  return {
    [JobState.created]: null,
    [JobState.active]: 'T0',
    [JobState.completed]: 'COMPLETED',
    [JobState.cancelled]: 'CANCELLED',
    [JobState.refused]: null,
  }[status.stateSeen];
}

function readShows(machine: Machine, requester: Requester, step: Step, { by }: StepIo, { range, place }: Before): string | null {
  const { source, target } = machine;
  const image = by === 'reader' ? target : source;
  const first = atOf(step);
  const end = machine.sourceNode.unitEnd(first, image.isRaw ? range.end : Math.min(range.end, requester.runSeen.end));
  const names = Array.from({ length: end - first }, (_, i) => machine.contentName(requester.bufferContent(first + i)));
  if (by === 'reader' && place === Place.backing) return tookText('source', first, names);
  if (isAllZero(names) && !(by === 'guest' && source.isRaw)) return null;
  return image.isRaw || place === Place.own ? tookText(image.name, first, names) : null;
}

function storeShows(machine: Machine, step: Step, { phase }: StepIo, { range }: Before): string | null {
  const { target } = machine;
  if (phase === 'submit') return target.isRaw ? `store target ${rangeText(range.first, range.end)}` : null;
  const names = namesIn(machine, target, range.first, range.end);
  if (!target.isRaw && isAllZero(names)) return null;
  return phase === 'complete' ? `stored target ${rangeText(range.first, range.end)}` : landText('target', atOf(step), names);
}

const ASKED: Readonly<Record<string, string>> = { write: 'write', zero: 'zero', discard: 'trim' };

function guestShows(machine: Machine, step: Step, { kind, phase }: StepIo, { range }: Before): string | null {
  const { source, sourceNode } = machine;
  if (!source.isRaw && (phase !== 'submit' || kind !== 'write')) return null;
  if (phase === 'submit') return `${ASKED[kind]} source ${rangeText(range.first, range.end)}`;
  if (phase === 'complete') return `wrote source ${rangeText(range.first, range.end)}`;
  const first = atOf(step);
  return kind === 'discard' ? null : landText('source', first, namesIn(machine, source, first, sourceNode.unitEnd(first, range.end)));
}

const namesIn = (machine: Machine, image: Image, first: number, end: number): string[] =>
  Array.from({ length: end - first }, (_, i) => machine.contentName(image.contentAt(first + i)));
