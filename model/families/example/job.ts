/**
 * A backup that was never in QEMU: job and requests copy by tasks, each from a pool of its own; readers of the point in time read a
 * node that freezes what is yet to be copied; the bitmap is synchronized at the end.
 */
import { type BlockError, NO_ERROR } from '../../block/errors.ts';
import { InFlight, MINE } from '../../block/in-flight.ts';
import type { BlockNode } from '../../block/node.ts';
import type { Requester, SectorRange } from '../../block/requester.ts';
import { BackupState } from '../../job/backup-state.ts';
import { CLAIMED, COPIED, SKIPPED } from '../../job/bitmap.ts';
import type { JobData } from '../../job/block-job.ts';
import { ErrorAction } from '../../job/job-status.ts';
import { refuseJob, takePointInTime } from '../../job/point-in-time.ts';
import { CLOSE, CLOSE_DRAIN, START_DRAIN, WAIT } from '../../job/steps.ts';
import type { Run } from '../../kernel/coroutine.ts';
import type { Coroutines } from '../../kernel/coroutines.ts';
import { ENDED, type Step } from '../../kernel/step.ts';
import { WaitQueue } from '../../kernel/wait-queue.ts';
import type { BitmapMode } from '../../sync.ts';
import type { JobSite } from '../family.ts';
import type { Rules } from './rules.ts';
import { CLAIMS, READ_DISK, READ_TARGET, WAIT_FOR_READER, WAIT_FOR_SLOT, WAIT_FOR_TASKS } from './steps.ts';
import { PoolTask } from './task.ts';

// Cells of a requester.
const FIRST_TASK = 0; // the id of the first task of its pool
const ERROR = 1; // of a copy that was made for it
const IS_FROZEN = 2; // it reads the disk, of which guests must not change what it reads
export const LOCALS = 3;

const TASKS = { job: 2, guest: 1 };

export class PoolJob extends BackupState {
  readonly coroutines: Coroutines;
  readonly #rules: Rules;
  readonly #bitmapMode: BitmapMode | null;
  /** The job's pool first, and then that of each guest request. */
  readonly #pools: readonly (readonly PoolTask[])[];
  readonly #frozen: InFlight;
  /** Who waits for a copy to end. */
  readonly #copyEnds: WaitQueue;

  constructor({ coroutines, sizes, parts, requests, bitmapMode }: JobSite, rules: Rules) {
    super(coroutines, sizes, parts, parts.source.image.sectors);
    this.coroutines = coroutines;
    this.#rules = rules;
    this.#bitmapMode = bitmapMode;
    this.#pools = [TASKS.job, ...Array.from({ length: requests }, () => TASKS.guest)].map((tasks) =>
      Array.from({ length: tasks }, (_, i) => new PoolTask(this, `t${i + 1}`, sizes)),
    );
    this.#frozen = new InFlight(coroutines, 'frozen', (reader) => reader.cowInFlightCell);
    this.#copyEnds = new WaitQueue(coroutines, this.world.alloc('copyEnds', 1));
    this.source.hook.calls((me, range) => this.#beforeWrite(me, range));
  }

  override *body(start: Step): Run {
    yield start;
    if (this.targetExists) refuseJob(this);
    else yield* this.stepping(this.#run());
  }

  *#run(): Run {
    const { source, sync } = this;
    source.drainBegin();
    yield* source.drain(this, START_DRAIN);
    source.dirty?.createSuccessor();
    source.hook.link();
    takePointInTime(this); // T0
    for (let c = 0; c < this.clusters; c++) if (sync.selects === 'dirty' && !source.dirty!.isDirty(c)) this.#set(c, SKIPPED);
    source.drainEnd();
    if (sync.selects === 'none') while (!this.isCancelled) yield* this.park();
    else yield* this.#copyAll();
    yield* this.#end();
  }

  *#copyAll(): Run {
    for (;;) {
      for (let c = 0; c < this.clusters && !this.isCancelled && this.result === NO_ERROR; c++) {
        yield* this.sleep(c);
        while (this.#freeTask(this) === null) yield* this.#copyEnds.wait(this, this.step(WAIT_FOR_SLOT, c));
        if (!this.isCancelled && this.#has(c, 0)) yield* this.#copy(this, c);
      }
      while (this.#someHave(CLAIMED)) yield* this.#copyEnds.wait(this, this.step(WAIT_FOR_TASKS));
      if (this.isCancelled) return;
      if (this.result !== NO_ERROR) {
        if (this.actOn(this.result) === ErrorAction.report) return;
        this.setResult(NO_ERROR);
      } else if (!this.#someHave(0)) return;
    }
  }

  *#end(): Run {
    const { source, target } = this;
    source.drainBegin();
    yield* source.drain(this, CLOSE_DRAIN);
    while (this.#someHave(CLAIMED)) yield* this.#copyEnds.wait(this, this.step(WAIT_FOR_TASKS));
    this.#settleBitmap();
    source.hook.unlink();
    source.drainEnd();
    yield this.step(CLOSE);
    target.image.close();
    if (!this.isCancelled) this.tellResult();
    this.complete();
  }

  #settleBitmap(): void {
    const { dirty } = this.source;
    const isCopied = !this.isCancelled && this.result === NO_ERROR;
    if (this.#bitmapMode === 'never' || (this.#bitmapMode === 'on-success' && !isCopied)) return dirty?.reclaim();
    dirty?.abdicate();
    if (!isCopied) for (let c = 0; c < this.clusters; c++) if (this.#has(c, 0)) dirty?.add(c);
  }

  /** A cluster that nobody has copied or copies is handed to a free task. */
  *#copy(me: Requester, cluster: number): Run {
    if (!this.#rules.claimIsOneStep) yield me.step(CLAIMS, cluster);
    this.#set(cluster, CLAIMED);
    this.#freeTask(me)!.start(me, cluster);
  }

  /** A task ends: its cluster is copied, or is still to be. */
  taskEnded(principal: Requester, cluster: number, error: BlockError): void {
    this.#set(cluster, error === NO_ERROR ? COPIED : 0);
    if (error === NO_ERROR) this.advance(cluster);
    else if (principal === this) this.setResult(error);
    else this.world.write(principal.localCell(ERROR), error);
    this.#copyEnds.wakeAll();
  }

  *#beforeWrite(me: Requester, { first, end }: SectorRange): Run<BlockError> {
    for (let c = this.#clusterOf(first); c <= this.#clusterOf(end - 1); c++) {
      for (;;) {
        const error = this.world.read(me.localCell(ERROR));
        this.world.write(me.localCell(ERROR), NO_ERROR);
        if (error !== NO_ERROR) return error;
        if (this.#has(c, 0)) yield* this.#copy(me, c);
        if (!this.#has(c, CLAIMED)) break;
        yield* this.#copyEnds.wait(me, me.step(WAIT, c));
      }
    }
    while (this.#rules.writesWaitForFrozenReads) {
      const reader = this.#frozen.newestOverlapping(me, { first, end });
      if (reader === null || reader === MINE) break;
      yield* this.#frozen.waitersOf(reader).wait(me, me.step(WAIT_FOR_READER));
    }
    return NO_ERROR;
  }

  // The reader's node: a cluster after the other.

  override *readPointInTime(me: Requester, range: SectorRange): Run<BlockError> {
    const { source, target, world } = this;
    let error: BlockError = NO_ERROR;
    yield* source.begin(me);
    for (let first = range.first; first < range.end && error === NO_ERROR && source.hook.isLinked;) {
      const piece = { first, end: Math.min(range.end, this.sectorsOf(this.#clusterOf(first)).end) };
      const isFrozen = !this.#has(this.#clusterOf(first), COPIED);
      world.write(me.localCell(IS_FROZEN), isFrozen ? 1 : 0);
      if (isFrozen) {
        this.#frozen.begin(me, piece);
        error = yield* source.read(me, piece, READ_DISK);
        this.#frozen.end(me);
        this.#frozen.waitersOf(me).wakeAll();
      } else error = yield* target.read(me, piece, READ_TARGET);
      first = piece.end;
    }
    source.end(me);
    return error;
  }
  override nodeReadBy(reader: Requester): BlockNode {
    return this.world.cells[reader.localCell(IS_FROZEN)] === 1 ? this.source : this.target;
  }
  override decisionCell(reader: Requester): number {
    return reader.localCell(IS_FROZEN);
  }

  override loadJob(cells: Int32Array, data: JobData): void {
    super.loadJob(cells, data);
    for (const task of this.#pools.flat()) task.loadInto(cells, ENDED);
    this.loadCopier(cells, this, -1);
  }
  loadCopier(cells: Int32Array, me: Requester, number: number): void {
    const pool = this.#pools[1 + number]!;
    cells[me.localCell(FIRST_TASK)] = pool[0]!.id;
    for (const task of pool) task.home = me;
  }

  #freeTask(me: Requester): PoolTask | null {
    const first = this.#rules.poolInCell
      ? this.world.read(me.localCell(FIRST_TASK))
      : this.#pools.find(([one]) => one!.home === me)![0]!.id;
    for (let i = 0; i < (me === this ? TASKS.job : TASKS.guest); i++) {
      const task = this.coroutines.byId(first + i) as PoolTask;
      if (task.isFree) return task;
    }
    return null;
  }

  #clusterOf(sector: number): number {
    return Math.floor(sector / this.clusterSectors);
  }
  #has(cluster: number, state: number): boolean {
    return this.world.read(this.copied.cellOf(cluster)) === state;
  }
  #someHave(state: number): boolean {
    return Array.from({ length: this.clusters }).some((_, c) => this.#has(c, state));
  }
  #set(cluster: number, state: number): void {
    this.world.write(this.copied.cellOf(cluster), state);
  }
}
