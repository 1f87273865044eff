/** Ways to see fewer states without missing a failure. Each can be switched off, to show that it changes no verdict. */
import type { Machine } from '../../../model/machine/machine.ts';
import type { GuestOperation, Scenario } from '../../../model/scenario/scenario.ts';

export interface Reductions {
  /** A step that touches nothing but private cells of its own runs at once. */
  readonly local: boolean;
  /** So does one that nobody else could notice, by the protocol of copy-before-write (model/families/notifier/ample-steps/). */
  readonly ample: boolean;
  /** The last step of a coroutine is put off for as long as it is independent of all that others would do next. */
  readonly last: boolean;
  /** Of two steps that are independent, in either order, one order is enough: sleep sets (Godefroid 1996), kept with each state. */
  readonly sleep: boolean;
  /** Which guest wrote a sector is forgotten: only whether it shows T0, zeroes or something newer counts. */
  readonly contents: boolean;
  /** Requests that are alike start in one order. */
  readonly twins: boolean;
}

export const ALL_REDUCTIONS: Reductions = { local: true, ample: true, last: true, sleep: true, contents: true, twins: true };
export const NO_REDUCTION: Reductions = { local: false, ample: false, last: false, sleep: false, contents: false, twins: false };

/** Those that are in both. */
export const bothOf = (some: Reductions, others: Reductions): Reductions => ({
  local: some.local && others.local,
  ample: some.ample && others.ample,
  last: some.last && others.last,
  sleep: some.sleep && others.sleep,
  contents: some.contents && others.contents,
  twins: some.twins && others.twins,
});

/**
 * By id of a guest request: the id of the one before it that is like it in all but its name, so that it
 * makes no difference which of them starts first; 0: there is none.
 */
export function twinsOf({ scenario, guests, coroutines }: Machine): Int32Array {
  const twins = new Int32Array(coroutines.all.length + 1);
  const { guest, endlessGuest = false } = scenario;
  if (endlessGuest) return twins; // who starts anew comes after others that have yet to start
  for (let i = 1; i < guest.length; i++) {
    for (let j = i - 1; j >= 0 && twins[guests[i]!.id] === 0; j--)
      if (areAlike(scenario, guest[i]!, guest[j]!)) twins[guests[i]!.id] = guests[j]!.id;
  }
  return twins;
}

/**
 * Of a machine of two disks: what forgets who wrote a sector, or in which order requests begin, could miss what one-cut asks of them.
 * Sleep sets and what is local follow from footprints alone.
 */
export const OF_TWO_DISKS: Reductions = { ...ALL_REDUCTIONS, ample: false, last: false, contents: false, twins: false };

/** Of a machine that may be started again: no step is unnoticed by that, which ends them all. It depends on each: sleep sets hold. */
export const OF_RESTARTS: Reductions = { ...NO_REDUCTION, sleep: true };

function areAlike({ guest, cancelAfter = [] }: Scenario, a: GuestOperation, b: GuestOperation): boolean {
  if (a.kind !== b.kind || a.first !== b.first || a.count !== b.count || a.early !== b.early || a.after.join() !== b.after.join())
    return false;
  const followed = [...cancelAfter, ...guest.flatMap(({ after }) => after)];
  return !followed.includes(a.id) && !followed.includes(b.id);
}
