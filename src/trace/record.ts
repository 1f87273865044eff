/** From a run that broke a property to a trace of it. */
import type { Setting } from '../../model/machine.ts';
import { RULE_NAMES, type RuleName } from '../../model/backup/rules.ts';
import type { Step } from '../../model/kernel/step.ts';
import type { Scenario } from '../../model/scenario.ts';
import { Experiment, type NamedStep, Prefer } from '../explore/experiment.ts';
import type { ReadySteps, Strategy } from '../explore/strategy.ts';
import type { Trace, TraceStep } from './format.ts';
import { observe } from './observe.ts';
import { verdictOf } from './replay.ts';

export interface FailingRun {
  readonly scenario: Scenario;
  readonly setting: Setting;
  readonly steps: readonly NamedStep[];
}

/** Runs it once more and notes what each step shows. @throws if it does not fail, which would be our own mistake */
export function recordTrace(run: FailingRun, about: Pick<Trace, 'minimal' | 'found'>): Trace {
  const experiment = new Experiment(run.scenario, run.setting);
  const schedule: TraceStep[] = [];
  const { machine } = experiment;
  const recording = new Recording(new Prefer(machine, run.steps), (id, step) => {
    const coroutine = machine.coroutines.byId(id);
    schedule.push({ who: machine.coroutineName(coroutine), what: machine.stepName(step), saw: observe(machine, coroutine, step) });
  });
  const { violation, steps } = experiment.run(recording);
  if (violation === null) throw new Error('a failing run did not fail when it was run again: the model is not deterministic');
  return {
    job: run.setting.ownJob ?? 'correct',
    without: run.setting.without,
    wake: run.setting.wake,
    effects: run.setting.effects,
    scenario: run.scenario,
    schedule,
    verdict: verdictOf(experiment, violation, steps),
    cause: causeOf(run),
    ...about,
  };
}

/**
 * The smallest set of rules that, switched on, makes the run hold: tried one by one, then two by two.
 * Empty if the job breaks with all rules on, or if no two of them help.
 */
export function causeOf({ scenario, setting, steps }: FailingRun): RuleName[] {
  const off = RULE_NAMES.filter((rule) => setting.without.includes(rule));
  const holdsWith = (on: readonly RuleName[]): boolean => {
    const experiment = new Experiment(scenario, { ...setting, without: off.filter((rule) => !on.includes(rule)) });
    return experiment.run(new Prefer(experiment.machine, steps)).violation === null;
  };
  const sets = [...off.map((rule) => [rule]), ...off.flatMap((a, i) => off.slice(i + 1).map((b) => [a, b]))];
  return sets.find(holdsWith) ?? (off.length > 2 && holdsWith(off) ? off : []);
}

/** Wraps a strategy and tells a listener of each step that ran. */
class Recording implements Strategy {
  readonly name = 'recording';
  readonly #inner: Strategy;
  readonly #ran: (id: number, step: Step) => void;

  constructor(inner: Strategy, ran: (id: number, step: Step) => void) {
    this.#inner = inner;
    this.#ran = ran;
  }
  start(...run: Parameters<Strategy['start']>): void {
    this.#inner.start(...run);
  }
  pick(ready: ReadySteps): number {
    return this.#inner.pick(ready);
  }
  done(id: number, step: Step): void {
    this.#inner.done(id, step);
    this.#ran(id, step);
  }
}
