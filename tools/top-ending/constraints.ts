/**
 * What may delay the lookup of a copy, as constraints on schedules. A copy of an overlay's cluster first
 * looks up where the cluster lies, then fetches it. Whatever comes between the decision to copy and the
 * lookup (a lock of the format, a table that must be read first, I/O limits) is a choice of the
 * scheduler; a constraint takes that choice away. Whether a step is allowed follows from the state and the
 * step, so a search that rules steps out sees all schedules that are left.
 */
import type { Coroutine } from '../../model/kernel/coroutine.ts';
import type { Step } from '../../model/kernel/step.ts';
import { ioOf, meaningOf } from '../../model/meaning.ts';
import type { Machine } from '../../model/machine/machine.ts';
import { isHooked } from '../../model/families/notifier/ample-steps/course.ts';
import { Properties } from '../../properties/all.ts';
import type { Violation } from '../../properties/property.ts';

export interface Constraint {
  readonly says: string;
  /** Asked after a step. */
  readonly allows: (machine: Machine, who: Coroutine, step: Step) => boolean;
}

function looksUp(step: Step): boolean {
  const io = ioOf(step);
  return io?.by === 'copy' && io.kind === 'read' && io.phase === 'submit';
}

/** Whether somebody else's copy stands before its lookup. */
const isPutOff = (machine: Machine, who: Coroutine): boolean =>
  machine.coroutines.all.some((other) => other !== who && !other.hasEnded && looksUp(other.pending));

/** A copy in the throttle queue: behind another request, or at its head. */
function isInQueue(step: Step, at: 'waitsInLine' | 'waitsForLimit'): boolean {
  const { role, inCopy } = meaningOf(step);
  return inCopy && role === at;
}

export const CONSTRAINTS = {
  lookupsWhileHooked: {
    says: 'every copy looks up while the hook is linked',
    allows: (machine, _, step) => !looksUp(step) || isHooked(machine.job),
  },
  lookupsAtOnce: {
    says: 'a copy looks up its cluster as soon as its turn comes, before any other coroutine runs',
    allows: (machine, who) => !isPutOff(machine, who),
  },
  queuesBehind: {
    says: 'a copy meets the throttle queue only behind another request, never at its head',
    allows: (_, who, step) => who.hasEnded || !isInQueue(who.pending, 'waitsForLimit') || isInQueue(step, 'waitsInLine'),
  },
} as const satisfies Record<string, Constraint>;

export type ConstraintName = keyof typeof CONSTRAINTS;

/** What a schedule comes to that takes a step which is ruled out. */
export const RULED_OUT = 'ruled out';

/** The properties, for schedules that keep to constraints; others end in `RULED_OUT`. */
export class ConstrainedProperties extends Properties {
  readonly #machine: Machine;
  readonly #constraints: readonly Constraint[];

  constructor(machine: Machine, names: readonly ConstraintName[]) {
    super(machine);
    this.#machine = machine;
    this.#constraints = names.map((name) => CONSTRAINTS[name]);
  }

  override after(coroutine: Coroutine, step: Step): Violation | null {
    const isAllowed = this.#constraints.every(({ allows }) => allows(this.#machine, coroutine, step));
    return isAllowed
      ? super.after(coroutine, step)
      : { property: RULED_OUT, detail: 'the schedule is not one of those that are looked at' };
  }
}
