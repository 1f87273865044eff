/** From a run that broke a property to a trace of it. */
import { jobRules } from '../../model/backup/eras.ts';
import type { Step } from '../../model/kernel/step.ts';
import { Experiment, Prefer } from '../explore/experiment.ts';
import type { ReadySteps, Strategy } from '../explore/strategy.ts';
import { type FailingRun, causeOf } from './cause.ts';
import type { Trace, TraceStep } from './format.ts';
import { observe } from './observe.ts';
import { verdictOf } from './replay.ts';

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
    ...jobRules(run.setting.job ?? 'correct', run.setting.without),
    wake: run.setting.wake,
    effects: run.setting.effects,
    scenario: run.scenario,
    schedule,
    verdict: verdictOf(experiment, violation, steps),
    cause: causeOf(run),
    ...about,
  };
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
