/**
 * As in QEMU 1.6 (qemu-coroutine-lock.c; reference A.3): woken coroutines run before all others, first come first served, as
 * soon as the coroutine that woke them yields or ends. Those that a woken one wakes go to the front.
 */
import type { WakeDiscipline } from './discipline.ts';

export const QEMU_1_6: WakeDiscipline = {
  woken: (queue, id) => queue.add(id),
};
