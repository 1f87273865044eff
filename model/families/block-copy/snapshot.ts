/**
 * The snapshot-access node above the filter: who reads it reads the disk at T0, from the target where a guest's copy has stored it,
 * and else from the disk, frozen meanwhile (QEMU: block/copy-before-write.c; C.3 of the reference). All of a job's disk may be read
 * so (A on a job's own F): there are no access bits to be clear. After the job such a read fails (ENOTSUP); here it reads nothing,
 * since nothing is promised. Once the snapshot is broken a read is told EACCES; here it is told of the error that broke it.
 * Status and discard of the node are not modelled (C.4, C.5), nor that two frozen reads must not overlap, which QEMU asserted up
 * to 9.1 (B-14). What a reader has to read from the target no copy is about to store: it is in no list of requests there.
 *
 *   copy-before-write.c               here
 *   --------------------------------  ------------------------------------------
 *   cbw_snapshot_read_lock            cbwSnapshotReadLock
 *   cbw_snapshot_read_unlock          cbwSnapshotReadUnlock
 *   cbw_co_preadv_snapshot            cbwCoPreadvSnapshot
 */
import { type BlockError, NO_ERROR } from '../../block/errors.ts';
import { MINE } from '../../block/in-flight.ts';
import type { Requester, SectorRange } from '../../block/requester.ts';
import type { Run } from '../../kernel/coroutine.ts';
import { pieceCell } from './call-state.ts';
import type { SnapshotAccess } from './snapshot-access.ts';
import type { BlockCopyState } from './state.ts';
import { READ_DISK, READ_TARGET, WAIT_FOR_FROZEN } from './steps.ts';

/** R1: where the next piece is read from, and how far that goes. Lookup and freeze are one step. @param whole all that is read */
function cbwSnapshotReadLock({ rules, clusterSectors }: BlockCopyState, access: SnapshotAccess, piece: Piece, whole: SectorRange): void {
  const first = Math.floor(piece.first / clusterSectors);
  const clustersEnd = Math.ceil(whole.end / clusterSectors);
  const isDone = access.isDone(first);
  let end = first + 1;
  while (end < clustersEnd && access.isDone(end) === isDone) end++;
  const isFrozen = !isDone || !(end === clustersEnd || rules.doneRunIsDone);
  piece.begin(Math.min(end * clusterSectors, whole.end), isFrozen);
  if (isFrozen) access.frozen.begin(piece.me, { first: piece.first, end: whole.end });
}

/** R3 */
function cbwSnapshotReadUnlock(access: SnapshotAccess, { me, isFrozen }: Piece): void {
  if (!isFrozen) return;
  access.frozen.end(me);
  access.frozen.waitersOf(me).wakeAll();
}

/** @param whole in sectors @returns the error that ended it */
export function* cbwCoPreadvSnapshot(state: BlockCopyState, access: SnapshotAccess, me: Requester, whole: SectorRange): Run<BlockError> {
  const piece = new Piece(me);
  for (piece.first = whole.first; piece.first < whole.end; piece.first = piece.end) {
    if (state.snapshotError !== NO_ERROR && state.rules.brokenSnapshotFailsReads) {
      const broken = state.snapshotError;
      piece.forget();
      return broken;
    }
    cbwSnapshotReadLock(state, access, piece, whole);
    const error = piece.isFrozen ? yield* state.source.read(me, piece, READ_DISK) : yield* state.target.read(me, piece, READ_TARGET); // R2
    cbwSnapshotReadUnlock(access, piece);
    if (error === NO_ERROR) continue;
    piece.forget();
    return error;
  }
  piece.forget();
  return NO_ERROR;
}

/** W7: a guest's request waits until nobody reads these clusters from the disk at T0. */
export function* waitForFrozen(state: BlockCopyState, me: Requester, range: SectorRange): Run {
  const { access, clusterSectors, rules } = state;
  if (access === null || !rules.writesWaitForFrozenReads) return;
  for (;;) {
    const { first, end } = state.clustersOf(range);
    const reader = access.frozen.newestOverlapping(me, { first: first * clusterSectors, end: end * clusterSectors });
    if (reader === null || reader === MINE) return;
    yield* access.frozen.waitersOf(reader).wait(me, me.step(WAIT_FOR_FROZEN));
  }
}

/** For observers: whether a reader of the node reads the disk now. */
export const readsDiskSeen = (me: Requester): boolean => new Piece(me).isFrozenSeen;

/** For observers: the cell that is written when a reader of the node decides from where to read its next piece (R1). */
export const pieceDecided = (me: Requester): number => pieceCell(me, IS_FROZEN);

const FIRST = 0;
const END = 1;
const IS_FROZEN = 2;

/** What a reader reads at once, as cells of it. */
class Piece implements SectorRange {
  readonly me: Requester;

  constructor(me: Requester) {
    this.me = me;
  }

  get first(): number {
    return this.me.world.read(pieceCell(this.me, FIRST));
  }
  set first(sector: number) {
    this.me.world.write(pieceCell(this.me, FIRST), sector);
  }
  get end(): number {
    return this.me.world.read(pieceCell(this.me, END));
  }
  get isFrozen(): boolean {
    return this.me.world.read(pieceCell(this.me, IS_FROZEN)) === 1;
  }
  get isFrozenSeen(): boolean {
    return this.me.world.cells[pieceCell(this.me, IS_FROZEN)] === 1;
  }
  begin(end: number, isFrozen: boolean): void {
    this.me.world.write(pieceCell(this.me, END), end);
    this.me.world.write(pieceCell(this.me, IS_FROZEN), isFrozen ? 1 : 0);
  }
  forget(): void {
    for (const cell of [FIRST, END, IS_FROZEN]) this.me.world.write(pieceCell(this.me, cell), 0);
  }
}
