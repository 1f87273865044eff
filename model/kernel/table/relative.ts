/** Cells as they are learned: one of the coroutine's own slot by its place in it, so that it serves every coroutine of the kind. */

/** Where a learned cell lies for the coroutine with this slot. A cell of its own is written as the complement of its place. */
export const placeOf = (cell: number, slot: number): number => (cell ^ (cell >> 31)) + (slot & (cell >> 31));

/** The inverse. @param slotEnd the first cell behind the slot */
export const relativeTo = (cell: number, slot: number, slotEnd: number): number => (cell >= slot && cell < slotEnd ? ~(cell - slot) : cell);
