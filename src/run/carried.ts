/** Data in flight: what a copy has asked for or holds in its buffer, and what a guest is about to write. */
import { type Content, ZERO } from '../../model/block/content.ts';
import { changesTheDisk } from '../../model/block/guest.ts';
import { Requester } from '../../model/block/requester.ts';
import { type StepIo, ioOf, roleOf } from '../../model/meaning.ts';
import type { GuestOperation } from '../../model/scenario/scenario.ts';
import type { Run } from './run.ts';

/** One sector's data on its way. */
export interface Carried {
  readonly who: string;
  readonly to: 'source' | 'target';
  /** What a guest will write is not known to the disk yet, so it is told by its name. Null: a copy has asked for it, and has no data. */
  readonly content: Content | string | null;
}

/** Of the run as it is shown now: all that is on its way to a sector. Copies first, as they are drawn nearer to the target. */
export function carriedAt({ machine, scenario }: Run): (sector: number) => Carried[] {
  const all = machine.coroutines
    .alive()
    .flatMap((coroutine) =>
      coroutine instanceof Requester
        ? [{ coroutine, who: machine.coroutineName(coroutine), at: sectorOf(machine.stepName(coroutine.pending)) }]
        : [],
    );
  return (s) => [
    ...all.flatMap(({ coroutine, who, at }): Carried[] => {
      const { first, end } = coroutine.cowSeen;
      const cluster = Math.floor(s / machine.clusterSectors);
      if (cluster < first || cluster >= end) return [];
      const content = coroutine.bufferContent(s);
      const io = ioOf(coroutine.pending);
      if (isInBuffer(io, s, at, content)) return [{ who, to: 'target', content }];
      return isAskedFor(io, s, at) ? [{ who, to: 'target', content: null }] : [];
    }),
    ...all.flatMap(({ coroutine, who, at }): Carried[] => {
      const request = scenario.guest.find(({ id }) => id === who);
      if (request === undefined || !isWritten(request, s) || roleOf(coroutine.pending) === 'begins') return [];
      return isOnItsWay(ioOf(coroutine.pending), s, at) ? [{ who, to: 'source', content: writtenBy(request, s) }] : [];
    }),
  ];
}

/** The sector of `copy.land s3`; null: the step is about a cluster, or about none. */
function sectorOf(stepName: string): number | null {
  const place = / s(\d+)$/.exec(stepName)?.[1];
  return place === undefined ? null : Number(place);
}

/** From where the read took effect to where the write to the target does. */
function isInBuffer(io: StepIo | null, s: number, at: number | null, content: Content): boolean {
  if (io?.by !== 'copy') return false;
  if (io.kind === 'read') return io.phase === 'complete' || (io.phase === 'effect' && content !== ZERO && at !== null && s < at);
  return io.phase === 'submit' || (io.phase === 'effect' && (at === null || s >= at));
}

/** From where a read is sent to where it takes effect. */
function isAskedFor(io: StepIo | null, s: number, at: number | null): boolean {
  return io?.by === 'copy' && io.kind === 'read' && io.phase === 'effect' && (at === null || s >= at);
}

/** From the first step of a request to where it lands or fails. */
function isOnItsWay(io: StepIo | null, s: number, at: number | null): boolean {
  if (io?.by !== 'guest') return true;
  if (io.phase === 'complete' || io.phase === 'fail') return false;
  return io.phase !== 'effect' || at === null || s >= at;
}

const isWritten = ({ kind, first, count }: GuestOperation, s: number): boolean => changesTheDisk(kind) && s >= first && s < first + count;

const writtenBy = ({ id, kind }: GuestOperation, s: number): string =>
  kind === 'write' ? `s${s}.${id}` : kind === 'zero' ? '∅' : 'discard';
