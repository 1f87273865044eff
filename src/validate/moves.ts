/** Steps of the model as a search takes them: of which coroutine, and whether the request that it makes is denied. */
import { ERRNOS, type Errno } from '../../model/block/errors.ts';
import type { FaultOp, Faults } from '../../model/block/faults.ts';
import type { Requester } from '../../model/block/requester.ts';
import type { Coroutine } from '../../model/kernel/coroutine.ts';
import { atOf } from '../../model/kernel/step.ts';
import type { Machine } from '../../model/machine/machine.ts';
import { ioOf, meaningOf } from '../../model/meaning.ts';
import { rangeOfIo } from './shown.ts';

/** The id of a coroutine, with an errno above it. */
export type Move = number;

const ID_BITS = 16;

export const moveOf = (id: number, errno: Errno | null): Move => id + ((errno === null ? 0 : 1 + ERRNOS.indexOf(errno)) << ID_BITS);
export const idOf = (move: Move): number => move & ((1 << ID_BITS) - 1);
export const errnoOf = (move: Move): Errno | null => ERRNOS[(move >> ID_BITS) - 1] ?? null;

/** A request that a coroutine makes in its next step. */
export interface Asking {
  readonly faults: Faults;
  readonly op: FaultOp;
  readonly sector: number;
  /** A reader of the target, which may be sent to the disk: of whose requests one fails the log may say either. */
  readonly isReader: boolean;
}

/** What a coroutine asks of a disk in its next step; null: nothing that could be denied. */
export function askingOf(machine: Machine, coroutine: Coroutine): Asking | null {
  const { sourceFaults, targetFaults, job, clusterSectors } = machine;
  if (sourceFaults === null || targetFaults === null) return null;
  const { pending } = coroutine;
  const { role, asks } = meaningOf(pending);
  if (role === 'asksAllocation') return { faults: sourceFaults, op: 'ask', sector: atOf(pending), isReader: false };
  if (asks) return { faults: sourceFaults, op: 'ask', sector: atOf(pending) * clusterSectors, isReader: false };
  const io = ioOf(pending);
  if (io === null || io.phase !== 'submit' || io.kind === 'discard') return null;
  const op = io.kind === 'read' ? 'read' : 'write';
  const isReader = io.by === 'reader' && job.nodeReadBy(coroutine as Requester) === job.target;
  const faults = isReader || (io.by === 'copy' && op === 'write') ? targetFaults : sourceFaults;
  return { faults, op, sector: atOf(pending), isReader };
}

/** Takes a move. @param step takes the step itself @returns whether its request was denied, if it is one that should be */
export function take(machine: Machine, move: Move, step: (id: number) => void): boolean {
  const [id, errno] = [idOf(move), errnoOf(move)];
  const asking = errno === null ? null : askingOf(machine, machine.coroutines.byId(id));
  if (errno === null || asking === null) {
    step(id);
    return errno === null;
  }
  const { faults, op, sector } = asking;
  faults.planNow({ op, errno }, sector);
  step(id);
  return faults.forgetPlan({ op }, sector);
}

/** The clusters of the scenario in which a request would fail, of a coroutine that is about to make it; the one that it begins in first. */
export function clustersAsked(machine: Machine, coroutine: Coroutine, { op, sector, faults, isReader }: Asking): number[] {
  const { clusterSectors } = machine.shape;
  const first = Math.floor(sector / clusterSectors);
  if (op === 'ask') return [first];
  let { end } = rangeOfIo(machine, coroutine, coroutine.pending);
  const image = isReader || faults.side === 'target' ? machine.target : machine.source;
  if (op === 'read' && !image.isRaw) {
    const place = image.placeAt(sector);
    let runEnd = sector + 1;
    while (runEnd < end && image.placeAt(runEnd) === place) runEnd++;
    end = runEnd;
  }
  return Array.from({ length: Math.ceil(end / clusterSectors) - first }, (_, i) => first + i);
}
