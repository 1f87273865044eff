/**
 * Coroutines, and which of them can run (reference: qemu-1.6 A.3). A coroutine is written as a generator that yields its
 * next step; what it owns lies in a slot of cells, the same layout for every coroutine of a kind.
 */
import { Kinds, type Sharing } from './kinds.ts';
import { ENDED, type Guard, NAME_MASK, type Step, type StepName, nameOf, stepNames, stepOf } from './step.ts';
import type { WakeDiscipline } from './wake/discipline.ts';
import { type WakeOrder, disciplineOf } from './wake/orders.ts';
import { WokenList } from './wake/woken-list.ts';
import type { World } from './world.ts';

export type { WakeOrder } from './wake/orders.ts';

/** What a coroutine's body is: it yields steps and may hand a result to the body that called it. */
export type Run<Result = void> = Generator<Step, Result, void>;

// The first cells of every slot.
const PENDING = 0; // the step that comes next, 0 at the end
const SELF = 1; // this coroutine's id, so that code can hand it on without knowing it
const WOKEN = 2;
const QUEUE_NEXT = 3; // the one behind me in the wait queue I am in
const RUN_NEXT = 4; // the one behind me among the woken
const BLOCKERS = 5; // how many things must end before I may start
const KIND = 6; // which code I run, on which objects (kinds.ts), and in which of its variants
const ASLEEP = 7; // 1 while it sleeps and has not been woken
const SLOT_CELLS = 8;

/** An id that nobody has. */
export const NOBODY = 0;

// How `Guard` is kept: a number by name of step.
const NEVER = 0;
const ALWAYS = 1;
const WOKEN_ONLY = 2;
const UNBLOCKED_ONLY = 3;
const TIMED = 4;
const GUARDS: Record<Guard, number> = { always: ALWAYS, woken: WOKEN_ONLY, timed: TIMED, unblocked: UNBLOCKED_ONLY };
const isSleep = (guard: number): boolean => guard === WOKEN_ONLY || guard === TIMED;

/** When a pending step is ready, as a number. */
const guardOf = (step: Step): number => (step === ENDED ? NEVER : GUARDS[nameOf(step).guard]);

/** The pending step, and the kind, of the coroutine with this slot. */
export const pendingAt = (cells: Int32Array, slot: number): Step => cells[slot + PENDING]!;
export const kindAt = (cells: Int32Array, slot: number): number => cells[slot + KIND]!;

/** Up to so many coroutines fit into the bits of a number. */
const FEW = 31;
/** All bits: a step after which anybody may be ready. */
const ANYBODY = -1;

export abstract class Coroutine {
  readonly world: World;
  /** 1, 2, 3 ... in the order of creation; 0 stands for nobody. */
  readonly id: number;
  readonly name: string;
  readonly slot: number;
  readonly slotCells: number;
  /** The kind of the first variant. */
  readonly #kind: number;
  /** Cells that hold the same from the first step to the last, so that a body may keep their values in variables across yields. */
  readonly constantCells: readonly number[] = [];
  /** Whether other coroutines start it, and start it again after its end (`Coroutines.spawn`). */
  readonly isTask: boolean = false;

  /** @param moreCells how many cells of its slot are for the subclass */
  constructor(coroutines: Coroutines, name: string, moreCells: number, { environment, variants = 1 }: Sharing = {}) {
    this.world = coroutines.world;
    this.name = name;
    this.slotCells = SLOT_CELLS + moreCells;
    this.slot = this.world.alloc(name, this.slotCells);
    this.id = coroutines.add(this);
    this.#kind = coroutines.kinds.of(new.target, environment ?? this, variants);
  }

  /** The body, from its first step on. Called anew for every run, so it must keep nothing between calls. */
  abstract body(start: Step): Run;

  step(name: StepName, at = 0): Step {
    return stepOf(name, at);
  }

  get selfCell(): number {
    return this.slot + SELF;
  }
  get queueNextCell(): number {
    return this.slot + QUEUE_NEXT;
  }
  get runNextCell(): number {
    return this.slot + RUN_NEXT;
  }
  get blockersCell(): number {
    return this.slot + BLOCKERS;
  }
  get asleepCell(): number {
    return this.slot + ASLEEP;
  }

  /** After a sleep that is `timed`: somebody woke me, and not the timer. */
  get wasWoken(): boolean {
    return !this.world.isZero(this.slot + WOKEN);
  }

  /** After a wait or a sleep: I run, so I am no longer woken. */
  forgetWake(): void {
    this.world.write(this.slot + WOKEN, 0);
  }

  /**
   * Before a run: where it starts, and how many things must end first.
   * @param start `ENDED`: it takes no part in the run, or is a task that waits to be spawned
   * @param variant which course of its body it takes where its steps and cells do not tell; below `Sharing.variants`
   */
  loadInto(cells: Int32Array, start: Step, blockers = 0, variant = 0): void {
    cells[this.slot + KIND] = this.#kind + variant;
    cells[this.slot + PENDING] = start;
    cells[this.slot + SELF] = this.id;
    cells[this.slot + BLOCKERS] = blockers;
    cells[this.slot + ASLEEP] = isSleep(guardOf(start)) ? 1 : 0;
  }

  // For engines and observers: what can be seen from outside.

  get variant(): number {
    return this.world.cells[this.slot + KIND]! - this.#kind;
  }

  get pending(): Step {
    return this.world.cells[this.slot + PENDING]!;
  }
  get hasEnded(): boolean {
    return this.pending === ENDED;
  }
}

/** All coroutines of a world: who is ready, and who has been woken. */
export class Coroutines {
  readonly world: World;
  readonly all: Coroutine[] = [];
  readonly kinds = new Kinds();
  /**
   * From this id on, no coroutine is unblocked before an earlier one is: the search for ready ones
   * passes over those that have ended and stops at the first that is blocked. A fact of the
   * scenario, and only a short cut. It begins behind the last task, for a task may come back from its end,
   * so tasks are best created before the coroutines that are blocked in order.
   */
  blockedInOrderFrom = NOBODY;

  readonly #discipline: WakeDiscipline;
  readonly #woken: WokenList;
  readonly #wokenHead: number;
  #firstAlive = 0;
  /** Bit i: the coroutine with id i + 1 is ready. Follows from the cells, and is kept for speed where they are few. */
  #ready = 0;
  #readyIsKnown = false;
  /** By cell: whose guard looks at it. */
  #guardedBy: Int32Array = new Int32Array(0);
  readonly #guardOf = new Uint8Array(NAME_MASK + 1);
  #slots: Int32Array = new Int32Array(0);
  #running = NOBODY;
  #lastTask = NOBODY;
  /** By id: how often it was spawned or killed since the world was built. */
  readonly #lives: number[] = [0];

  constructor(world: World, wakeOrder: WakeOrder) {
    this.world = world;
    this.#discipline = disciplineOf(wakeOrder);
    this.#woken = new WokenList(world, (id) => this.byId(id).runNextCell);
    this.#wokenHead = this.#woken.headCell;
  }

  /** The cell that holds the first of the woken. */
  get wokenCell(): number {
    return this.#wokenHead;
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
    this.forgetReady();
    if (this.#slots.length === this.all.length) return;
    this.#slots = Int32Array.from(this.all, (c) => c.slot);
    this.#lastTask = this.all.findLast((c) => c.isTask)?.id ?? NOBODY;
    for (const { index } of stepNames()) this.#guardOf[index] = guardOf(index);
    this.#guardedBy = new Int32Array(this.world.cells.length);
    for (const { slot, id } of this.all) for (const cell of [slot + PENDING, slot + WOKEN, slot + BLOCKERS]) this.#guardedBy[cell] = id;
  }

  /** The cells have been changed from outside, by undo for example. */
  forgetReady(): void {
    this.#firstAlive = 0;
    this.#readyIsKnown = false;
  }

  /** Who is ready, as bits, to come back to after an undo. 0 where there are too many for bits. */
  get readyMask(): number {
    if (this.#slots.length > FEW) return 0;
    if (!this.#readyIsKnown) this.#recountReady();
    return this.#ready;
  }
  set readyMask(mask: number) {
    this.#ready = mask;
    this.#readyIsKnown = true;
    this.#firstAlive = 0;
  }

  /**
   * Writes the ids of all ready coroutines, ascending, to `into`. Asks guards only; no model code runs.
   * Where the wake discipline has woken coroutines run first, only the first of them is ready.
   * @param from where in `into` to begin
   * @returns how many
   */
  ready(into: Int32Array, from = 0): number {
    const cells = this.world.cells;
    const first = cells[this.#wokenHead]!;
    if (first !== 0) {
      into[from] = first;
      return 1;
    }
    if (this.#slots.length > FEW) return this.#readyOfMany(into.subarray(from));
    if (!this.#readyIsKnown) this.#recountReady();
    let count = from;
    for (let left = this.#ready; left !== 0; left &= left - 1) into[count++] = 32 - Math.clz32(left & -left);
    return count - from;
  }

  /** Whether this one could run if nobody had been woken. */
  isReady(id: number): boolean {
    return this.#isReady(this.#slots[id - 1]!);
  }

  #readyOfMany(into: Int32Array): number {
    const { cells } = this.world;
    const slots = this.#slots;
    const ordered = this.blockedInOrderFrom === NOBODY ? slots.length : Math.max(this.blockedInOrderFrom - 1, this.#lastTask);
    let count = 0;
    for (let i = 0; i < ordered; i++) if (this.#isReady(slots[i]!)) into[count++] = i + 1;
    if (this.#firstAlive < ordered) this.#firstAlive = ordered;
    while (this.#firstAlive < slots.length && cells[slots[this.#firstAlive]! + PENDING] === ENDED) this.#firstAlive++;
    for (let i = this.#firstAlive; i < slots.length && cells[slots[i]! + BLOCKERS] === 0; i++)
      if (this.#isReady(slots[i]!)) into[count++] = i + 1;
    return count;
  }

  #recountReady(): void {
    this.#ready = 0;
    for (let i = 0; i < this.#slots.length; i++) if (this.#isReady(this.#slots[i]!)) this.#ready |= 1 << i;
    this.#readyIsKnown = true;
  }

  #isReady(slot: number): boolean {
    const { cells } = this.world;
    switch (this.#guardOf[cells[slot + PENDING]! & NAME_MASK]!) {
      case ALWAYS:
      case TIMED:
        return true;
      case WOKEN_ONLY:
        return cells[slot + WOKEN] !== 0;
      case UNBLOCKED_ONLY:
        return cells[slot + BLOCKERS] === 0;
      default:
        return false;
    }
  }

  /** Called by the engine before a coroutine's step: if it was first among the woken, it no longer is. */
  beginStep(id: number): void {
    this.#running = id;
    this.#woken.forgetLast();
    this.#woken.begins(id);
  }

  /** A step is run again in order to learn it: whom it wakes goes where it went at first. */
  forgetLastWoken(): void {
    this.#woken.forgetLast();
  }

  /** What the engine writes to a coroutine's `asleepCell` as the last thing that a step does. @returns null: it stays as it is */
  asleepAfter(step: Step, next: Step): 0 | 1 | null {
    if (isSleep(this.#guardOf[next & NAME_MASK]!)) return 1;
    return this.#guardOf[step & NAME_MASK] === TIMED ? 0 : null;
  }

  /**
   * Called by the engine after a step.
   * @param others bit i: the step may have changed whether the coroutine with id i + 1 is ready
   */
  endStep(coroutine: Coroutine, next: Step, others = ANYBODY): void {
    const { world } = this;
    if (world.isTracking) world.store(coroutine.slot + PENDING, next);
    else world.cells[coroutine.slot + PENDING] = next; // no slot is watched
    if (others === ANYBODY) {
      this.#readyIsKnown = false;
      return;
    }
    this.#recountOne(coroutine.id - 1);
    for (let left = others; left !== 0; left &= left - 1) this.#recountOne(31 - Math.clz32(left & -left));
  }

  #recountOne(i: number): void {
    if (this.#isReady(this.#slots[i]!)) this.#ready |= 1 << i;
    else this.#ready &= ~(1 << i);
  }

  /** What `endStep` wants to know of a step that changed this cell. */
  whoseGuard(cell: number): number {
    const id = this.#guardedBy[cell]!;
    return id === NOBODY ? 0 : id > FEW ? ANYBODY : 1 << (id - 1);
  }

  /** Whether this cell holds the pending step of a coroutine. */
  isPending(cell: number): boolean {
    const id = this.#guardedBy[cell]!;
    return id !== NOBODY && this.byId(id).slot + PENDING === cell;
  }

  /**
   * Starts a task that has not begun, or has ended. Whether a slot is free follows from a cell that the task itself
   * clears: its end is no access of its last step, so that nothing would tell a search that asking for it and ending
   * depend on each other.
   * @param start its first step, with whatever guard
   */
  spawn(id: number, start: Step): void {
    const task = this.byId(id);
    if (!task.isTask) throw new Error(`${task.name} is no task, so it cannot be spawned`);
    // While a step is learned, the world may be anywhere.
    if (this.world.recorder === null && !task.hasEnded) throw new Error(`${task.name} has not ended, so it cannot be spawned`);
    this.#replace(task, start);
    if (isSleep(guardOf(start))) this.world.write(task.asleepCell, 1);
  }

  /**
   * Ends a coroutine where it stands, as a crash does. The cells of its slot, and the queues that it waits in, are the
   * caller's to clear; it is never woken again.
   */
  kill(id: number): void {
    const victim = this.byId(id);
    this.#discipline.killed(this.#woken, id);
    for (const cell of [victim.slot + WOKEN, victim.asleepCell]) this.world.write(cell, 0);
    this.#replace(victim, ENDED);
  }

  #replace(coroutine: Coroutine, step: Step): void {
    if (coroutine.id === this.#running) throw new Error(`${coroutine.name} cannot spawn or kill itself`);
    this.#lives[coroutine.id]!++;
    this.world.write(coroutine.slot + PENDING, step);
  }

  /**
   * Grows whenever a coroutine is spawned or killed: what goes on from an earlier yield belongs to an earlier life. It is
   * no state of the model, which never sees it.
   */
  lifeOf(id: number): number {
    return this.#lives[id]!;
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
    this.#discipline.woken(this.#woken, id);
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

  /** Sleeping and waiting coroutines with the name of the step they wait in, for messages. */
  alive(): Coroutine[] {
    return this.all.filter((c) => !c.hasEnded);
  }
}
