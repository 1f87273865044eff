/**
 * Requests that QEMU cuts before they come to the filter, or that read in pieces at once, as several requests: a discard is cut where
 * clusters of the target begin (block/io.c, `bdrv_co_pdiscard`), one piece after the other; a read of the target is one read of each run
 * of clusters, all at once (block/qcow2.c, `qcow2_add_task`), and looks them up in one of qcow2's tables at a time.
 */
import type { GuestOperation, Scenario } from '../../model/scenario/scenario.ts';
import { CLUSTER_BYTES, copyClusterSectors } from './log.ts';
import type { Start } from './start.ts';

/** The pieces of a request, in the order in which they begin; their ids are the request's own, or begin with it. */
export function piecesOf(operation: GuestOperation, scenario: Scenario, { by, reads }: Start): GuestOperation[] {
  const { kind } = operation;
  if (kind === 'discard' && by === 'filter') return inARow(cutAt(operation, alignmentOf(scenario)));
  if (kind === 'readT0' && reads === 'target') return cutAt(operation, Math.min(copyClusterSectors(scenario), tableSectors(scenario)));
  return [operation];
}

/** By request: how many of its pieces QEMU made. One of them failed, of a discard the last, and QEMU makes none behind it. */
export type PiecesMade = ReadonlyMap<string, number>;

/** In which of their pieces these requests may have failed, of which the log says only that each has: all to try, most pieces first. */
export function piecesMadeBy(failed: readonly GuestOperation[], scenario: Scenario, start: Start): PiecesMade[] {
  let all: PiecesMade[] = [new Map()];
  for (const operation of failed) {
    const most = piecesOf(operation, scenario, start).length;
    if (most > 1) all = all.flatMap((made) => Array.from({ length: most }, (_, i) => new Map([...made, [operation.id, most - i]])));
  }
  return all;
}

/** Whether a request of the model is the request of the log, or a piece of it. */
export const isPieceOf = (id: string, { id: whole }: Pick<GuestOperation, 'id'>): boolean => id === whole || id.startsWith(`${whole}p`);

/** What one L2 table of the target is about: it is one cluster, and has 8 bytes for each (docs/interop/qcow2.txt). */
function tableSectors({ disk, targetClusterSectors }: Scenario): number {
  const sectorBytes = CLUSTER_BYTES / disk.clusterSectors;
  return targetClusterSectors === 0 ? Infinity : (targetClusterSectors ** 2 * sectorBytes) / 8;
}

/** Of the filter: the larger of its disks'. */
const alignmentOf = ({ disk, targetClusterSectors }: Scenario): number => Math.max(targetClusterSectors, disk.overlay?.clusterSectors ?? 0);

/** A head up to where a unit begins, the whole units, and a tail, for a discard; for a read each unit. */
function cutAt(operation: GuestOperation, unit: number): GuestOperation[] {
  const { id, kind, first, count } = operation;
  const end = first + count;
  if (unit === 0) return [operation];
  const [from, to] = [Math.ceil(first / unit) * unit, Math.floor(end / unit) * unit];
  const cuts = kind === 'discard' ? [from, to] : Array.from({ length: Math.max(0, (to - from) / unit + 1) }, (_, i) => from + i * unit);
  const places = [first, ...cuts.filter((at, i) => at > first && at < end && cuts.indexOf(at) === i), end];
  return places.slice(1).map((at, i) => ({ ...operation, id: i === 0 ? id : `${id}p${i}`, first: places[i]!, count: at - places[i]! }));
}

const inARow = (pieces: readonly GuestOperation[]): GuestOperation[] =>
  pieces.map((piece, i) => (i === 0 ? piece : { ...piece, after: [pieces[i - 1]!.id] }));
