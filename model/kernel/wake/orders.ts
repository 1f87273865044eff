/** The wake disciplines, by the names that scenarios and options have for them. */
import { ANY } from './any.ts';
import type { WakeDiscipline } from './discipline.ts';
import { QEMU_1_6 } from './qemu-1.6.ts';

const ORDERS = { any: ANY, qemu: QEMU_1_6 } as const satisfies Record<string, WakeDiscipline>;
/** `any`: woken coroutines run in any order; `qemu`: in the order of QEMU's queues. */
export type WakeOrder = keyof typeof ORDERS;

export const disciplineOf = (order: WakeOrder): WakeDiscipline => ORDERS[order];
