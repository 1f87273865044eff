/**
 * One run of a scenario on a real QEMU. Whatever can be decided from outside is a step of somebody, and a
 * strategy picks who goes next: the guest issues a request, the user starts or cancels the job, a request that
 * QEMU has sent us has its effect or gets its reply. After each step QEMU comes to rest.
 */
import type { Step } from '../../model/kernel/step.ts';
import { defineStep, stepOf } from '../../model/kernel/step.ts';
import type { Scenario } from '../../model/scenario.ts';
import type { Violation } from '../../properties/property.ts';
import type { RandomNumbers } from '../explore/random-numbers.ts';
import type { ReadySteps, Strategy } from '../explore/strategy.ts';
import type { TraceStep } from '../trace/format.ts';
import { Actors, type Actor } from './actors.ts';
import type { Daemon } from './daemon.ts';
import { Disks } from './disks.ts';
import type { Start } from './job.ts';
import { Situations } from './situations.ts';
import type { Saboteur } from './sabotage.ts';

export interface CaseResult {
  readonly scenario: Scenario;
  readonly start: Start;
  readonly steps: readonly TraceStep[];
  readonly violation: Violation | null;
  /** It came to its limit of steps. */
  readonly cutOff: boolean;
  readonly situations: ReadonlySet<string>;
}

/** Nobody has needed more than a few hundred. */
const STEPS_MAX = 5_000;

const REAL = defineStep('qemu', 'nothing');

/** @param number tells this case's names from those of others of the process */
export async function runCase(daemon: Daemon, number: number, scenario: Scenario, start: Start, strategy: Strategy, random: RandomNumbers, saboteur: Saboteur | null = null): Promise<CaseResult> {
  const actors = new Actors(daemon, number, scenario, new Disks(scenario), start, saboteur);
  const situations = new Situations(actors.view);
  const steps: TraceStep[] = [];
  let violation: Violation | null = null;
  await actors.open();
  strategy.start(random);
  for (;;) {
    const ready = actors.ready();
    if (ready.length === 0 || steps.length >= STEPS_MAX) break;
    const actor = ready[strategy.pick(asReadySteps(ready))]!;
    const { who, what } = actor;
    situations.before(actor, actors);
    const saw = await actors.run(actor);
    steps.push({ who, what, saw });
    situations.after(actors);
    strategy.done(actor.id, stepOf(REAL, 0));
    violation = actors.violation;
    if (violation !== null) break;
  }
  const cutOff = violation === null && steps.length >= STEPS_MAX;
  if (violation === null && !cutOff) violation = actors.unfinished();
  await actors.close();
  if (violation === null && !cutOff) violation = actors.atEnd();
  return { scenario, start, steps, violation, cutOff, situations: situations.met };
}

function asReadySteps(ready: readonly Actor[]): ReadySteps {
  return { count: ready.length, ids: Int32Array.from(ready, ({ id }) => id), step: (): Step => stepOf(REAL, 0) };
}
