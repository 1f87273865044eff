/**
 * What makes a step ready. A guard looks at one cell of the coroutine itself, so that asking runs no model code.
 * In a step that is `woken` or `timed` the coroutine sleeps: it can be woken. `timed`: or a timer wakes it, which may be
 * at any time, so the step is always ready.
 */
export type Guard = 'always' | 'woken' | 'timed' | 'unblocked';

// A guard as a number.
/** Of a coroutine that has ended. */
export const NEVER = 0;
export const ALWAYS = 1;
export const WOKEN_ONLY = 2;
export const UNBLOCKED_ONLY = 3;
export const TIMED = 4;
export const GUARDS: Readonly<Record<Guard, number>> = { always: ALWAYS, woken: WOKEN_ONLY, timed: TIMED, unblocked: UNBLOCKED_ONLY };

export const isSleep = (guard: number): boolean => guard === WOKEN_ONLY || guard === TIMED;
