/** The slot of a coroutine: the cells that it owns. The first ones are the same for every coroutine; each by its place. */
import type { Step } from './step.ts';

/** The step that comes next, 0 at the end. */
export const PENDING = 0;
/** The coroutine's id, so that code can hand it on without knowing it. */
export const SELF = 1;
export const WOKEN = 2;
/** The one behind me in the wait queue I am in. */
export const QUEUE_NEXT = 3;
/** The one behind me among the woken. */
export const RUN_NEXT = 4;
/** How many things must end before I may start. */
export const BLOCKERS = 5;
/** Which code I run, on which objects (kinds.ts), and in which of its variants. */
export const KIND = 6;
/** 1 while the coroutine sleeps and has not been woken. */
export const ASLEEP = 7;
export const SLOT_CELLS = 8;
/** Behind them, of a task: the coroutine for which it works; nobody: it is free. */
export const PRINCIPAL = SLOT_CELLS;

/** An id that nobody has. */
export const NOBODY = 0;

/** The pending step, and the kind, of the coroutine with this slot. */
export const pendingAt = (cells: Int32Array, slot: number): Step => cells[slot + PENDING]!;
export const kindAt = (cells: Int32Array, slot: number): number => cells[slot + KIND]!;
