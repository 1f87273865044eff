/**
 * A call that has a range copied (QEMU: BlockCopyCallState). It starts a task for each cluster that is yet to be copied,
 * waits for them, then for tasks of other calls in its range, and looks again.
 */
import { MINE } from '../../block/in-flight.ts';
import { Requester, type SectorRange } from '../../block/requester.ts';
import type { Run } from '../../kernel/coroutine.ts';
import type { Step } from '../../kernel/step.ts';
import { type Filter, SIZES } from './filter.ts';
import { SPAWNED, WAIT_FOR_OTHER, WAIT_FOR_SLOT, WAIT_FOR_TASKS } from './steps.ts';
import type { Starter, Task } from './task.ts';

const FIRST = 0; // the range ...
const END = 1;
const NEXT = 2; // ... and the first cluster of it that has not been looked at
const RUNNING = 3; // its tasks in flight
const FIRST_TASK = 4; // the id of its first task; the others come behind it
const CONTENT = 5; // what a guest writes
const CALL_CELLS = 6;

/** What the call is about, in a run. */
export interface CallData extends SectorRange {
  readonly content: number;
}

export abstract class Call extends Requester implements Starter {
  protected readonly filter: Filter;
  readonly #tasks: readonly Task[];

  constructor(filter: Filter, name: string, tasks: readonly Task[]) {
    super(filter.coroutines, name, SIZES, CALL_CELLS, { environment: filter });
    this.filter = filter;
    this.#tasks = tasks;
  }

  /** Before a run. */
  loadCall(cells: Int32Array, start: Step, { first, end, content }: CallData): void {
    this.loadInto(cells, start);
    cells[this.slotCell(FIRST)] = first;
    cells[this.slotCell(END)] = end;
    cells[this.slotCell(CONTENT)] = content;
    cells[this.slotCell(FIRST_TASK)] = this.#tasks[0]!.id;
  }

  protected get range(): SectorRange {
    return { first: this.#get(FIRST), end: this.#get(END) };
  }
  protected get contentCell(): number {
    return this.slotCell(CONTENT);
  }

  /** Copies whatever of the range is yet to be copied, and returns once no task of another call is at work in it. */
  protected *copyRange(): Run {
    for (;;) {
      yield* this.#startTasks();
      while (this.#get(RUNNING) > 0) yield* this.#sleep(this.step(WAIT_FOR_TASKS));
      const other = this.filter.tasks.newestOverlapping(this, this.range);
      if (other !== null && other !== MINE) yield* this.filter.tasks.waitersOf(other).wait(this, this.step(WAIT_FOR_OTHER));
      else if (!this.#hasDirty()) return;
    }
  }

  /** The call is over: its cells hold nothing that could matter. */
  protected forget(): void {
    for (const cell of [FIRST, END, NEXT, CONTENT, FIRST_TASK]) this.world.write(this.slotCell(cell), 0);
  }

  /** Called by a task of this call, at its end. */
  taskEnded(): void {
    this.world.move(this.slotCell(RUNNING), this.slotCell(RUNNING), -1);
    this.filter.coroutines.wake(this.id); // if it sleeps, it waits for this
  }

  *#startTasks(): Run {
    this.world.move(this.slotCell(NEXT), this.slotCell(FIRST));
    for (;;) {
      const claimsBeforeWaiting = this.filter.mistake === 'claimsBeforeWaiting';
      if (!claimsBeforeWaiting) yield* this.#waitForSlot();
      if (!this.#findDirty()) return;
      this.world.write(this.filter.dirtyCell(this.#get(NEXT)), 0);
      if (claimsBeforeWaiting) yield* this.#waitForSlot();
      const cluster = this.#get(NEXT);
      this.#freeTask().start(this, cluster);
      this.world.move(this.slotCell(RUNNING), this.slotCell(RUNNING), 1);
      this.world.move(this.slotCell(NEXT), this.slotCell(NEXT), 1);
      yield this.step(SPAWNED, cluster);
    }
  }

  *#waitForSlot(): Run {
    while (this.#get(RUNNING) === this.filter.workers) yield* this.#sleep(this.step(WAIT_FOR_SLOT));
  }

  *#sleep(step: Step): Run {
    yield step;
    this.forgetWake();
  }

  /** The lowest that is free, so that the same tasks are in use wherever it makes no difference. */
  #freeTask(): Task {
    for (let i = 0; i < this.filter.workers; i++) {
      const task = this.#task(i);
      if (task.isFree) return task;
    }
    throw new Error(`${this.name} has no free task`);
  }

  /** By a cell: the table takes what one call does for another's, unless it sees in the cells that their tasks differ. */
  #task(i: number): Task {
    if (this.filter.mistake === 'poolInField') return this.#tasks[i]!;
    return this.filter.coroutines.byId(this.#get(FIRST_TASK) + i) as Task;
  }

  /** Leaves the first cluster from NEXT on that is yet to be copied in NEXT. */
  #findDirty(): boolean {
    for (; this.#get(NEXT) < this.#get(END); this.world.move(this.slotCell(NEXT), this.slotCell(NEXT), 1))
      if (!this.world.isZero(this.filter.dirtyCell(this.#get(NEXT)))) return true;
    return false;
  }

  #hasDirty(): boolean {
    const { first, end } = this.range;
    for (let c = first; c < end; c++) if (!this.world.isZero(this.filter.dirtyCell(c))) return true;
    return false;
  }

  #get(cell: number): number {
    return this.world.read(this.slotCell(cell));
  }
}
