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
import type { Start } from '../../../validate/start.ts';
import type { Picker } from './picker.ts';
import { Situations } from './situations.ts';
import { TwoDisks } from './two-disks.ts';
import { Chain } from './chain.ts';
import type { Actor } from './actor.ts';

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

/** Who acts in a case, and who judges it: on one disk, or on two. */
export interface Players {
  readonly violation: Violation | null;
  open(): Promise<void>;
  ready(): Actor[];
  run(actor: Actor): Promise<string>;
  unfinished(): Violation | null;
  close(): Promise<void>;
  atEnd(): Violation | null;
}

/** What came of it. */
export interface Played extends Pick<CaseResult, 'steps' | 'violation' | 'cutOff' | 'preemptions'> {
  /** All that could run has run, QEMU has closed the disks, and nothing else has gone wrong. */
  readonly isOver: boolean;
}

/** Told of each step. */
interface Watcher {
  before(actor: Actor): void;
  after(): void;
}

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
  if (start.transaction !== null) return runTwoDisks(daemon, scenario, start, picker);
  if (start.chain !== null) return runChain(daemon, scenario, start, picker, hooks);
  const actors = new Actors(daemon, scenario, start, hooks);
  const situations = new Situations(actors.view);
  const { isOver, ...played } = await play(daemon, actors, picker, {
    before: (actor) => situations.before(actor, actors),
    after: () => situations.after(actors),
  });
  return {
    scenario,
    start,
    ...played,
    ending: endingOf(actors.view),
    struck: actors.view.struck,
    overtaken: actors.overtaken,
    situations: situations.met,
    shown: isOver ? actors.shown() : null,
    shownNext: isOver ? actors.shownNext() : null,
  };
}

async function runTwoDisks(daemon: Daemon, scenario: Scenario, start: Start, picker: Picker): Promise<CaseResult> {
  const disks = new TwoDisks(daemon, scenario, start);
  const situations = new Situations(disks.both[0].view);
  const { isOver: _isOver, ...played } = await play(daemon, disks, picker, {
    before: () => {},
    after: () => situations.after(disks.both[0]),
  });
  const [{ view }] = disks.both;
  return {
    scenario,
    start,
    ...played,
    ending: endingOf(view),
    struck: view.struck,
    overtaken: new Set(disks.both.flatMap(({ overtaken }) => [...overtaken])),
    situations: new Set([...situations.met, ...disks.situations]),
    shown: null,
    shownNext: null,
  };
}

async function runChain(
  daemon: Daemon,
  scenario: Scenario,
  start: Start,
  picker: Picker,
  { saboteur = null }: TestHooks,
): Promise<CaseResult> {
  const chain = new Chain(daemon, scenario, start, saboteur);
  const { isOver: _isOver, ...played } = await play(daemon, chain, picker);
  return {
    scenario,
    start,
    ...played,
    ending: null,
    struck: chain.struck,
    overtaken: chain.overtaken,
    situations: new Set(chain.situations),
    shown: null,
    shownNext: null,
  };
}

/** @throws as `runCase` */
export async function play(daemon: Daemon, players: Players, picker: Picker, watcher: Watcher | null = null): Promise<Played> {
  const steps: TraceStep[] = [];
  let [preemptions, last, hasEnded] = [0, -1, false];
  const result = (violation: Violation | null, isOver = false): Played => ({
    steps,
    violation,
    cutOff: steps.length >= STEPS_MAX,
    preemptions,
    isOver,
  });

  /** @returns whether anybody has gone on */
  const go = async (): Promise<boolean> => {
    const ready = players.ready();
    hasEnded = ready.length === 0;
    const actor = hasEnded ? undefined : ready[picker.pick(ready)];
    if (actor === undefined) return false;
    if (actor.id !== last && ready.some(({ id }) => id === last)) preemptions++;
    last = actor.id;
    watcher?.before(actor);
    const { who, what } = actor;
    steps.push({ who, what, saw: '' });
    steps[steps.length - 1] = { who, what, saw: await players.run(actor) };
    watcher?.after();
    picker.done(actor);
    return true;
  };

  try {
    await players.open();
    while (players.violation === null && steps.length < STEPS_MAX && (await go()));
    const violation = players.violation ?? (hasEnded ? players.unfinished() : null);
    if (violation !== null) return result(violation);
    await players.close();
    return hasEnded ? result(players.atEnd(), true) : result(null);
  } catch (error) {
    if (error instanceof QemuHangs) return result({ property: 'always-finishes', detail: error.message });
    const cause = await daemon.causeOf(error);
    if (!(cause instanceof QemuGone) || !daemon.hasCrashed) throw cause;
    return result({ property: 'nothing-freed', detail: cause.message.replace(/ \(process \d+\)/, '') }); // the same each time
  }
}
