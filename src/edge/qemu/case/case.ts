/**
 * One run of a scenario on a real QEMU. Whatever can be decided from outside is a step of somebody, and a
 * picker says who goes next: the guest issues a request, the user starts or cancels the job, a request that
 * QEMU has sent us has its effect or gets its reply. After each step QEMU comes to rest.
 */
import type { Scenario } from '../../../../model/scenario/scenario.ts';
import type { Violation } from '../../../../properties/property.ts';
import type { TraceStep } from '../../../trace/format.ts';
import { Actors, type TestHooks } from './actors.ts';
import { QemuHangs } from '../daemon/barrier.ts';
import { QemuGone } from '../daemon/gone.ts';
import type { Daemon } from '../daemon/daemon.ts';
import type { Role } from '../disks/role.ts';
import type { Struck } from '../observe/oracle.ts';
import { type Ending, endingOf } from './ending.ts';
import type { Start } from './start.ts';
import type { Picker } from './picker.ts';
import { Situations } from './situations.ts';

export interface CaseResult {
  readonly scenario: Scenario;
  readonly start: Start;
  readonly steps: readonly TraceStep[];
  readonly violation: Violation | null;
  /** It came to its limit of steps. */
  readonly cutOff: boolean;
  /** Switches away from somebody who could have gone on. */
  readonly preemptions: number;
  /** How the job ended; null: it did not. */
  readonly ending: Ending | null;
  /** The errors that were injected. */
  readonly struck: readonly Struck[];
  /** Whose requests were waiting to have their effect when a guest's write landed in the same sectors. */
  readonly overtaken: ReadonlySet<Role>;
  readonly situations: ReadonlySet<string>;
  /** What the backup has come to; null: it is not over, or nothing is promised of it. */
  readonly shown: string | null;
  /** What the increment after it has come to; null: there is none. */
  readonly shownNext: string | null;
}

/** Nobody has needed more than a few hundred. */
const STEPS_MAX = 5_000;

/**
 * A violation leaves QEMU as it is, with all that hangs in it: it can't be used any more.
 * @throws QemuGone if QEMU ends other than by a fault of its own, or does not come to rest
 */
export async function runCase(
  daemon: Daemon,
  scenario: Scenario,
  start: Start,
  picker: Picker,
  hooks: TestHooks = {},
): Promise<CaseResult> {
  const actors = new Actors(daemon, scenario, start, hooks);
  const situations = new Situations(actors.view);
  const steps: TraceStep[] = [];
  let [preemptions, last, hasEnded] = [0, -1, false];
  const result = (violation: Violation | null, isOver = false): CaseResult => ({
    scenario,
    start,
    steps,
    violation,
    cutOff: steps.length >= STEPS_MAX,
    preemptions,
    ending: endingOf(actors.view),
    struck: actors.view.struck,
    overtaken: actors.overtaken,
    situations: situations.met,
    shown: isOver ? actors.shown() : null,
    shownNext: isOver ? actors.shownNext() : null,
  });

  /** @returns whether anybody has gone on */
  const go = async (): Promise<boolean> => {
    const ready = actors.ready();
    hasEnded = ready.length === 0;
    const actor = hasEnded ? undefined : ready[picker.pick(ready)];
    if (actor === undefined) return false;
    if (actor.id !== last && ready.some(({ id }) => id === last)) preemptions++;
    last = actor.id;
    situations.before(actor, actors);
    const { who, what } = actor;
    steps.push({ who, what, saw: '' });
    steps[steps.length - 1] = { who, what, saw: await actors.run(actor) };
    situations.after(actors);
    picker.done(actor);
    return true;
  };

  try {
    await actors.open();
    while (actors.violation === null && steps.length < STEPS_MAX && (await go()));
    const violation = actors.violation ?? (hasEnded ? actors.unfinished() : null);
    if (violation !== null) return result(violation);
    await actors.close();
    return hasEnded ? result(actors.atEnd(), true) : result(null);
  } catch (error) {
    if (error instanceof QemuHangs) return result({ property: 'always-finishes', detail: error.message });
    const cause = await daemon.causeOf(error);
    if (!(cause instanceof QemuGone) || !daemon.hasCrashed) throw cause;
    return result({ property: 'nothing-freed', detail: cause.message.replace(/ \(process \d+\)/, '') }); // the same each time
  }
}
