/** What a list of requests in flight keeps in the cells of each requester. */

/** The range that it holds: `[FIRST, END)`; nothing is held where END is 0. */
export const FIRST = 0;
export const END = 1;
/** The id of the next older request. */
export const NEXT = 2;
/** The head of the queue of those who wait for it. */
export const WAITERS = 3;

export const TURN_CELLS = 4;
