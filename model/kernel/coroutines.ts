/**
 * All coroutines of a world, and what they do to each other: wake, block, start and end (reference: qemu-1.6 A.3). Which of
 * them can run is told by their guards (readiness.ts) and by the wake discipline (wake/).
 */
import type { Coroutine, Registry, Run } from './coroutine.ts';
import { ALWAYS, TIMED, isSleep } from './guard.ts';
import { Kinds } from './kinds.ts';
import { ANYBODY, Readiness } from './readiness.ts';
import { KIND, NOBODY, PENDING, SELF, WOKEN, kindAt } from './slot.ts';
import { ENDED, type Step, guardOf } from './step.ts';
import type { WakeDiscipline } from './wake/discipline.ts';
import { type WakeOrder, disciplineOf } from './wake/orders.ts';
import { RunQueue } from './wake/run-queue.ts';
import type { World } from './world.ts';

export class Coroutines implements Registry {
  readonly world: World;
  readonly all: Coroutine[] = [];
  readonly kinds = new Kinds();
  /** The cell with the id of the coroutine that must run next; `NOBODY`: any ready coroutine may. */
  readonly runQueueCell: number;

  readonly #discipline: WakeDiscipline;
  readonly #runQueue: RunQueue;
  readonly #readiness: Readiness;
  #running = NOBODY;
  /** If that is a task: for whom it works. */
  #ranFor = NOBODY;
  // What the step at hand has done. It is forgotten between two steps, and so it is no state of the model.
  #spawned = NOBODY;
  #hasWoken = false;
  /** The cells that a restart clears, by whichever coroutine; null: there was no restart yet. */
  #lost: readonly number[] | null = null;
  /** By id: how often it was spawned or killed since the world was built. */
  readonly #lives: number[] = [0];

  constructor(world: World, wakeOrder: WakeOrder) {
    this.world = world;
    this.#discipline = disciplineOf(wakeOrder);
    this.#runQueue = new RunQueue(world, (id) => this.byId(id).runNextCell);
    this.runQueueCell = this.#runQueue.headCell;
    this.#readiness = new Readiness(world);
  }

  add(coroutine: Coroutine): number {
    this.all.push(coroutine);
    this.#lives.push(0);
    return this.all.length;
  }

  byId(id: number): Coroutine {
    return this.all[id - 1]!;
  }

  /** A run begins. */
  begin(): void {
    this.#running = NOBODY;
    this.#readiness.begin(this.all);
  }

  // Who can run.

  /**
   * From this id on, no coroutine is unblocked before an earlier one is: the search for ready ones
   * passes over those that have ended and stops at the first that is blocked. A fact of the
   * scenario, and only a short cut. It begins behind the last task, for a task may come back from its end,
   * so tasks are best created before the coroutines that are blocked in order.
   */
  get blockedInOrderFrom(): number {
    return this.#readiness.blockedInOrderFrom;
  }
  set blockedInOrderFrom(id: number) {
    this.#readiness.blockedInOrderFrom = id;
  }

  /** The cells have been changed from outside, by undo for example. */
  forgetReady(): void {
    this.#readiness.forget();
  }

  /** Who is ready, as bits, to come back to after an undo. 0 where there are too many for bits. */
  get readyMask(): number {
    return this.#readiness.mask;
  }
  set readyMask(mask: number) {
    this.#readiness.mask = mask;
  }

  /**
   * Writes the ids of all ready coroutines, ascending, to `into`. Asks guards only; no model code runs.
   * Where somebody must run next, woken or entered, only that one is ready.
   * @param from where in `into` to begin
   * @returns how many
   */
  ready(into: Int32Array, from = 0): number {
    const first = this.world.cells[this.runQueueCell]!;
    if (first === NOBODY) return this.#readiness.list(into, from);
    into[from] = first;
    return 1;
  }

  /** Whether one coroutine must run next: one that was woken, by the wake discipline, or one that was entered. */
  get mustRunFirst(): boolean {
    return this.world.cells[this.runQueueCell] !== NOBODY;
  }

  /** Whether this one could run if nobody else must run next. */
  isReady(id: number): boolean {
    return this.#readiness.isReady(id);
  }

  /** What `endStep` wants to know of a step that changed this cell. */
  whoseGuard(cell: number): number {
    return this.#readiness.whoseGuard(cell);
  }

  /** Whether this cell holds the pending step of a coroutine. */
  isPending(cell: number): boolean {
    return this.#readiness.isPending(cell);
  }

  // Called by the engine.

  /** Before a coroutine's step: if it had to run next, it is no longer in the run queue. */
  beginStep(coroutine: Coroutine): void {
    this.#running = coroutine.id;
    if (coroutine.isTask) this.#ranFor = this.world.cells[coroutine.principalCell]!;
    if (this.world.cells[this.runQueueCell] !== coroutine.id) return;
    if (!this.isReady(coroutine.id)) throw new Error(`${coroutine.name} must run next, and is not ready`);
    this.#runQueue.shift();
  }

  /** The code of a step begins, for the first time or again, in order to learn it. A step that the table runs has no code to run. */
  beginCode(): void {
    this.#runQueue.forgetLast();
    this.#spawned = NOBODY;
    this.#hasWoken = false;
  }

  /** The last thing that a step does, whatever its code: whether its coroutine sleeps now is a cell, and so is whether a task is free. */
  settle({ asleepCell, isTask, principalCell }: Coroutine, step: Step, next: Step, write: (cell: number, value: number) => void): void {
    if (isSleep(guardOf(next))) write(asleepCell, 1);
    else if (guardOf(step) === TIMED) write(asleepCell, 0);
    if (next === ENDED && isTask) write(principalCell, NOBODY);
  }

  /**
   * After a step.
   * @param others bit i: the step may have changed whether the coroutine with id i + 1 is ready
   */
  endStep(coroutine: Coroutine, next: Step, others = ANYBODY): void {
    const { world } = this;
    if (world.isTracking) world.store(coroutine.slot + PENDING, next);
    else world.cells[coroutine.slot + PENDING] = next; // no slot is watched
    this.#readiness.stepped(coroutine.id, others);
  }

  /**
   * Grows whenever a coroutine is spawned or killed: what goes on from an earlier yield belongs to an earlier life. It is
   * no state of the model, which never sees it.
   */
  lifeOf(id: number): number {
    return this.#lives[id]!;
  }

  // What model code does.

  /**
   * Starts a task that is free. Whether it is, is a cell that its last step clears: the end itself is no access of that step,
   * so that nothing would tell a search that asking for it and ending depend on each other.
   * @param start its first step, with whatever guard
   * @param principalCell of the coroutine that starts it: the task works for the same; or the task's own `selfCell`
   */
  spawn(id: number, start: Step, principalCell: number): void {
    const task = this.byId(id);
    if (!task.isTask) throw new Error(`${task.name} is no task, so it cannot be spawned`);
    // While a step is learned, the world may be anywhere.
    if (this.world.recorder === null && !task.hasEnded) throw new Error(`${task.name} has not ended, so it cannot be spawned`);
    this.#replace(task, start);
    this.world.move(task.principalCell, principalCell);
    this.#spawned = id;
    if (isSleep(guardOf(start))) this.world.write(task.asleepCell, 1);
  }

  /**
   * Ends a coroutine where it stands, as a crash does. The cells of its slot, and the queues that it waits in, are the
   * caller's to clear; it is never woken again.
   */
  kill(id: number): void {
    const victim = this.byId(id);
    this.#runQueue.remove(id);
    for (const cell of [victim.slot + WOKEN, victim.asleepCell]) this.world.write(cell, 0);
    if (victim.isTask) this.world.write(victim.principalCell, NOBODY);
    this.#replace(victim, ENDED);
  }

  /**
   * The process ends, and is started again: all coroutines but me end where they stand, and the cells that do not survive a
   * restart are cleared, save those of my slot. I must be the only one of my kind, for the table learns whom I leave alone.
   */
  restart(me: Coroutine): void {
    const { cells } = this.world;
    const kind = kindAt(cells, me.slot);
    for (const other of this.all) {
      if (other === me) continue;
      if (kindAt(cells, other.slot) === kind) throw new Error(`${other.name} is of the same kind as ${me.name}, which cannot restart`);
      this.#lives[other.id]!++;
    }
    this.#lost ??= this.#lostInRestart();
    for (const cell of this.#lost) if (cell < me.slot || cell >= me.slot + me.slotCells) this.world.write(cell, 0);
  }

  /** Which code a coroutine runs, and its id, are facts. */
  #lostInRestart(): number[] {
    const facts = new Set(this.all.flatMap(({ slot }) => [slot + SELF, slot + KIND]));
    return this.world.lostInRestart().filter((cell) => !facts.has(cell));
  }

  #replace(coroutine: Coroutine, step: Step): void {
    if (coroutine.id === this.#running) throw new Error(`${coroutine.name} cannot spawn or kill itself`);
    this.#lives[coroutine.id]!++;
    this.world.write(coroutine.slot + PENDING, step);
  }

  /**
   * Wakes a coroutine that sleeps; one that does not, or has been woken already, is left alone. When it runs, the wake
   * discipline says.
   *
   * Whether it sleeps is a cell, which the engine writes as part of the step that goes to sleep. So a wake that comes
   * before that step, and does nothing, depends on it by their footprints. The pending step tells the same, but no footprint
   * has it: a search with sleep sets would take the two steps for independent, and miss an order of them.
   */
  wake(id: number): void {
    const { world } = this;
    const { asleepCell, slot } = this.byId(id);
    if (world.isZero(asleepCell)) return;
    world.write(asleepCell, 0);
    world.write(slot + WOKEN, 1);
    this.#hasWoken = true;
    this.#discipline.woken(this.#runQueue, id);
  }

  /**
   * Runs somebody up to its next yield, and then goes on, before anybody else (QEMU: qemu_coroutine_enter). In between come only
   * those whom that one enters, and those whom it wakes, where the wake discipline has them run first.
   *
   * What may run anyway cannot be entered, as in QEMU. A search relies on that: it takes a step that touches private cells
   * alone to depend on nothing, and whether it comes before or after it was entered would make a difference.
   *
   * Nor can a step that has woken somebody enter another. Whomever I wake when I go on should run behind those whom I have
   * woken before, and would run before them.
   * @param id of a task that this step has spawned, or of a coroutine that sleeps, which is woken
   * @param step where I give way: `always` ready
   */
  *enter(me: Coroutine, id: number, step: Step): Run {
    const { world } = this;
    const { asleepCell, slot, name } = this.byId(id);
    if (guardOf(step) !== ALWAYS) throw new Error(`${me.name} cannot enter ${name} in a step that is not always ready`);
    if (this.#hasWoken) throw new Error(`${me.name} has woken somebody, and cannot enter ${name} in the same step`);
    if (!world.isZero(asleepCell)) {
      world.write(asleepCell, 0);
      world.write(slot + WOKEN, 1);
    } else if (id !== this.#spawned) throw new Error(`${name} neither sleeps nor was spawned in this step, so it cannot be entered`);
    this.#runQueue.enter(id, me);
    yield step;
  }

  /** `id` does not start before one thing more has ended. */
  block(id: number): void {
    const cell = this.byId(id).blockersCell;
    this.world.move(cell, cell, 1);
  }

  /** Something that others wait for before they start has ended: `id` is blocked by one thing less. */
  unblock(id: number): void {
    const cell = this.byId(id).blockersCell;
    this.world.move(cell, cell, -1);
  }

  /** Whatever `id` was waiting for before it starts, it need not any more. */
  release(id: number): void {
    this.world.write(this.byId(id).blockersCell, 0);
  }

  // For observers.

  /**
   * For whom a coroutine works: a guest's request, the job. Of any that is no task: itself. Of a task that is free: for whom it
   * made the latest step, if it has ended with that; else whom it will work for, if there is but one; else itself.
   */
  principalOf(coroutine: Coroutine): Coroutine {
    if (!coroutine.isTask) return coroutine;
    const principal = this.world.cells[coroutine.principalCell]!;
    if (principal !== NOBODY) return this.byId(principal);
    return coroutine.id === this.#running ? this.byId(this.#ranFor) : (coroutine.home ?? coroutine);
  }

  /** Those that have not ended, for messages. */
  alive(): Coroutine[] {
    return this.all.filter((c) => !c.hasEnded);
  }
}
