/**
 * What a step of the model shows in the words of a log (log.ts); null: nothing, it is nobody's business when it
 * happens. Invisible are, besides what lies between two I/Os,
 *
 *   - that a read was asked for, that its data has come, and that a write is over: what it takes, and what is done with it, says more;
 *   - all reads of a format's file, and of a backing file;
 *   - all I/O of zeroes in a format's file, which is metadata there;
 *   - what lands on an overlay, which is known only to have happened between the data's coming and the guest's being told;
 *   - that a discard takes effect, which it does in pieces of QEMU's own.
 */
import { NO_ERROR, errnoOf, sideOf } from '../../model/block/errors.ts';
import { type Image, Place } from '../../model/block/image.ts';
import type { Requester } from '../../model/block/requester.ts';
import { ErrorAction, JobState } from '../../model/job/job-status.ts';
import type { Coroutine } from '../../model/kernel/coroutine.ts';
import { type Step, atOf } from '../../model/kernel/step.ts';
import type { Machine } from '../../model/machine/machine.ts';
import { type StepIo, ioOf } from '../../model/meaning.ts';
import { isAllZero, landText, rangeText, tookText } from './log.ts';

interface Range {
  readonly first: number;
  readonly end: number;
}

/** What is remembered of a step from before it runs, for afterwards nobody knows any more. */
export interface Before {
  /** All that its I/O is about. */
  readonly range: Range;
  /** It reads the target. */
  readonly isOfTarget: boolean;
}

/** The sectors that the I/O of a step is about. */
export function rangeOfIo(machine: Machine, coroutine: Coroutine, step: Step): Range {
  const { job } = machine;
  const guest = ioOf(step)?.by === 'copy' ? null : machine.guestOf(coroutine);
  if (guest !== null) return guest.rangeSeen;
  return job.storeSeen(coroutine as Requester, Math.min(Math.floor(atOf(step) / machine.clusterSectors), job.clusters - 1));
}

export function beforeStep(machine: Machine, coroutine: Coroutine, step: Step): Before {
  const io = ioOf(step);
  if (io === null) return { range: { first: 0, end: 0 }, isOfTarget: false };
  const isOfTarget = io.by === 'reader' && machine.job.nodeReadBy(coroutine as Requester) === machine.job.target;
  return { range: rangeOfIo(machine, coroutine, step), isOfTarget };
}

/** Called right after the step has run. */
export function shownBy(machine: Machine, coroutine: Coroutine, step: Step, before: Before): string[] {
  const io = ioOf(step);
  if (io === null) return jobShows(machine);
  if (machine.faultStruck() !== NO_ERROR) return [];
  const text =
    io.kind === 'read'
      ? readShows(machine, coroutine as Requester, step, io, before)
      : io.by === 'copy'
        ? storeShows(machine, step, io, before)
        : guestShows(machine, step, io, before);
  return text === null ? [] : [text];
}

function jobShows({ world, job: { status } }: Machine): string[] {
  const changed = world.changed.subarray(0, world.changedCount);
  const texts: string[] = [];
  if (changed.includes(status.eventsCell)) {
    const { action, error } = status.eventSeen;
    const did = { [ErrorAction.none]: '', [ErrorAction.report]: 'report', [ErrorAction.ignore]: 'ignore', [ErrorAction.stop]: 'stop' };
    texts.push(`ERROR ${sideOf(error) === 'source' ? 'read' : 'write'} ${did[action]}`);
  }
  if (!changed.includes(status.stateCell)) return texts;
  if (status.stateSeen === JobState.active) return [...texts, 'T0'];
  if (status.stateSeen === JobState.cancelled) return [...texts, 'CANCELLED'];
  if (status.stateSeen !== JobState.completed) return texts;
  return [...texts, status.errorSeen === NO_ERROR ? 'COMPLETED' : `COMPLETED ${errnoOf(status.errorSeen)}`];
}

function readShows(machine: Machine, requester: Requester, step: Step, { phase }: StepIo, { range, isOfTarget }: Before): string | null {
  const { source, sourceNode } = machine;
  const comesFromSource = !isOfTarget || requester.runSeen.place === Place.backing;
  if (phase !== 'effect' || !source.isRaw || !comesFromSource) return null;
  const first = atOf(step);
  const end = sourceNode.unitEnd(first, isOfTarget ? Math.min(range.end, requester.runSeen.end) : range.end);
  const names = Array.from({ length: end - first }, (_, i) => machine.contentName(requester.bufferContent(first + i)));
  return tookText('source', first, names);
}

function storeShows(machine: Machine, step: Step, { phase, kind }: StepIo, { range }: Before): string | null {
  const { target, job } = machine;
  if (phase === 'submit') return target.isRaw ? `store target ${rangeText(range.first, range.end)}` : null;
  if (phase !== 'effect') return null;
  const first = atOf(step);
  const names = namesIn(machine, target, first, job.target.unitEnd(first, range.end));
  return !target.isRaw && (kind === 'zero' || isAllZero(names)) ? null : landText('target', first, names);
}

const ASKED: Readonly<Record<string, string>> = { write: 'write', zero: 'zero', discard: 'trim' };

function guestShows(machine: Machine, step: Step, { kind, phase }: StepIo, { range }: Before): string | null {
  const { source, sourceNode } = machine;
  if (!source.isRaw && (phase !== 'submit' || kind !== 'write')) return null;
  if (phase === 'submit') return `${ASKED[kind]} source ${rangeText(range.first, range.end)}`;
  if (phase !== 'effect' || kind === 'discard') return null;
  const first = atOf(step);
  return landText('source', first, namesIn(machine, source, first, sourceNode.unitEnd(first, range.end)));
}

const namesIn = (machine: Machine, image: Image, first: number, end: number): string[] =>
  Array.from({ length: end - first }, (_, i) => machine.contentName(image.contentAt(first + i)));

/** Whether a step may show something. */
export function mayShow(step: Step): boolean {
  const io = ioOf(step);
  return io !== null && (io.phase === 'submit' || io.phase === 'effect');
}
