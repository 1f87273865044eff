/** How a command ends (docs/command.md). Nothing but a result that holds is 0: `cowcheck ... && echo fine` must not lie. */
import type { Verdict } from '../../../search/campaign/verdict.ts';

export const HOLDS = 0;
/** A property is broken, or a trace does not end as it says. */
export const BROKEN = 1;
/** Bad usage, unreadable input, output that can't be written. */
export const BAD_USAGE = 2;
/** A limit came before the verdict. */
export const UNFINISHED = 3;
/**
 * A mistake of cowcheck's own, or no memory left: its stack is printed. Node's own status would be 1, which says that a
 * property is broken.
 */
export const INTERNAL_ERROR = 70;
/** Ctrl-C, or another signal that asks for the end. */
export const INTERRUPTED = 130;

/** Of a search. */
export function exitStatusOf(verdict: Verdict, interrupted: boolean): number {
  if (interrupted) return INTERRUPTED;
  return { holds: HOLDS, broken: BROKEN, unfinished: UNFINISHED }[verdict];
}
