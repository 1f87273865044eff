/** Timers for any time: Node's own go off at once where they are asked to wait for more than 24 days. */
const MAX_MS = 2 ** 31 - 1;

/** @param deadline in milliseconds since 1970 @returns how long a timer should wait for it */
export const msUntil = (deadline: number): number => Math.min(Math.max(0, deadline - Date.now()), MAX_MS);
