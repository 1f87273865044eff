/** The rule that QEMU 1.6 to 4.0 lacked, and the trace of the gallery that lacks it: what the first screen breaks. */
export const DOOR_BUG = 'drainBeforeUnhook';
