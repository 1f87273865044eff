/**
 * What a call of block-copy keeps (QEMU: BlockCopyCallState, and the AioTaskPool of its loop), as cells of whichever coroutine
 * makes the call. A call is about clusters.
 */
import { type BlockError, NO_ERROR } from '../../block/errors.ts';
import type { Requester, SectorRange } from '../../block/requester.ts';
import { TURN_CELLS } from '../../block/turn-cells.ts';
import type { Step, StepName } from '../../kernel/step.ts';

const OFFSET = 0; // the next cluster that this pass looks at
const HAS_FOUND = 1; // this pass has found something to copy
const HAS_POOL = 2; // its tasks run in coroutines of their own
const BUSY = 3; // how many of those are running
const WAITS = 4; // it sleeps until one of them ends
const POOL_ERROR = 5; // of the first of them that failed
const ERROR = 6; // of the first task that failed
const IS_CANCELLED = 7;
const HAS_FINISHED = 8;
const FIRST_TASK = 9; // the id of the first of its tasks; the others come behind it
const AREA_END = 10; // of the clusters that this pass has found, from the offset on
const CALL_CELLS = 11;
const TURN = CALL_CELLS; // on the target
const IS_ZERO = TURN + TURN_CELLS; // of a task: nothing but zeroes is there to copy
const OWNER = IS_ZERO + 1; // of a task: the id of the coroutine that makes the call
const PIECE = OWNER + 1; // of a reader of the snapshot-access node: what it reads at once
const PIECE_CELLS = 3;

/** Cells that a call, a task and a reader take up in the slot of a requester. */
export const LOCALS = PIECE + PIECE_CELLS;

/** The cells of a request on the target. */
export const turnOnTarget = (requester: Requester): number => requester.localCell(TURN);
export const isZeroCell = (task: Requester): number => task.localCell(IS_ZERO);
export const pieceCell = (reader: Requester, n: number): number => reader.localCell(PIECE + n);
export const ownerCell = (task: Requester): number => task.localCell(OWNER);

export class CallState implements SectorRange {
  readonly me: Requester;

  constructor(me: Requester) {
    this.me = me;
  }

  step(name: StepName, cluster = 0): Step {
    return this.me.step(name, cluster);
  }

  // Its range, from its first step to its last.

  begin({ first, end }: SectorRange): void {
    this.me.setCow(first, end);
  }
  get first(): number {
    return this.me.cowFirst;
  }
  get end(): number {
    return this.me.cowEnd;
  }

  // A pass over the range.

  beginPass(): void {
    this.offset = this.first;
    for (const cell of [HAS_FOUND, HAS_POOL, POOL_ERROR]) this.#set(cell, 0);
  }
  get offset(): number {
    return this.#get(OFFSET);
  }
  set offset(cluster: number) {
    this.#set(OFFSET, cluster);
  }
  get hasFound(): boolean {
    return this.#get(HAS_FOUND) === 1;
  }
  /** This pass has found something to copy. */
  found({ first, end }: SectorRange): void {
    this.offset = first;
    this.#set(AREA_END, end);
    this.#set(HAS_FOUND, 1);
  }
  get area(): SectorRange {
    return { first: this.offset, end: this.#get(AREA_END) };
  }

  // Its pool of tasks.

  get hasPool(): boolean {
    return this.#get(HAS_POOL) === 1;
  }
  makePool(): void {
    this.#set(HAS_POOL, 1);
  }
  get busy(): number {
    return this.#get(BUSY);
  }
  get poolError(): BlockError {
    return this.#get(POOL_ERROR);
  }
  /** The cell with the id of its first task. */
  get firstTaskCell(): number {
    return this.me.localCell(FIRST_TASK);
  }
  taskBegins(): void {
    this.#add(BUSY, 1);
  }
  taskEnds(error: BlockError): void {
    this.#add(BUSY, -1);
    if (this.poolError === NO_ERROR) this.#set(POOL_ERROR, error);
  }
  get waitsForTask(): boolean {
    return this.#get(WAITS) === 1;
  }
  set waitsForTask(yes: boolean) {
    this.#set(WAITS, yes ? 1 : 0);
  }

  // How it ends.

  get error(): BlockError {
    return this.#get(ERROR);
  }
  /** The first counts. */
  fails(error: BlockError): void {
    if (this.error === NO_ERROR) this.#set(ERROR, error);
  }
  forgetError(): void {
    this.#set(ERROR, NO_ERROR);
  }
  get isCancelled(): boolean {
    return this.#get(IS_CANCELLED) === 1;
  }
  cancel(): void {
    this.#set(IS_CANCELLED, 1);
  }
  get hasFinished(): boolean {
    return this.#get(HAS_FINISHED) === 1;
  }
  /** What came of it is there to be looked at; its other cells hold nothing that could matter. */
  finish(): void {
    this.me.setCow(0, 0);
    for (const cell of [OFFSET, AREA_END, HAS_FOUND, HAS_POOL, POOL_ERROR]) this.#set(cell, 0);
    this.#set(HAS_FINISHED, 1);
  }
  forget(): void {
    for (const cell of [ERROR, IS_CANCELLED, HAS_FINISHED]) this.#set(cell, 0);
  }

  #get(cell: number): number {
    return this.me.world.read(this.me.localCell(cell));
  }
  #set(cell: number, value: number): void {
    this.me.world.write(this.me.localCell(cell), value);
  }
  #add(cell: number, n: number): void {
    this.me.world.move(this.me.localCell(cell), this.me.localCell(cell), n);
  }
}
