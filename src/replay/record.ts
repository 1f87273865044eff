/** From a run to a trace of it. */
import { jobRules } from '../../model/machine/jobs.ts';
import type { RuleName } from '../../model/machine/job-names.ts';
import type { Step } from '../../model/kernel/step.ts';
import { notReproduced } from '../../model/machine/contract-broken.ts';
import { Experiment, BestEffortReplay } from '../search/experiment.ts';
import type { RunResult } from '../search/run.ts';
import type { ReadySteps, Strategy } from '../search/strategies/strategy.ts';
import { type FailingRun, causeOf } from '../search/diagnose/cause.ts';
import type { FailingTrace, Trace, TraceStep } from '../trace/format.ts';
import { observe } from './observe.ts';
import { verdictOf } from './replay.ts';

/**
 * Runs it once more and notes what each step shows.
 * @param cause if it is known: to find out takes a dozen runs
 * @throws if it does not fail, which would be our own mistake
 */
export function recordTrace(
  run: FailingRun,
  about: Pick<Trace, 'minimal' | 'found'>,
  cause: readonly RuleName[] = causeOf(run),
): FailingTrace {
  const {
    experiment,
    schedule,
    result: { violation, steps },
  } = play(run);
  if (violation === null) throw notReproduced(run.setting.customJob ?? 'correct');
  return { ...inputsOf(run), schedule, verdict: verdictOf(experiment, violation, steps), cause, ...about };
}

/**
 * A trace of a run in which nothing breaks: the steps as far as they go, and on to the end. @throws if a property
 * breaks, or it never ends
 */
export function recordHolding(run: FailingRun): Trace {
  const {
    schedule,
    result: { violation, cutOff },
  } = play(run);
  if (violation !== null || cutOff)
    throw new Error(`this run does not hold: ${violation === null ? 'it never ends' : `${violation.property}: ${violation.detail}`}`);
  return { ...inputsOf(run), schedule, verdict: null, cause: [], minimal: 'not tried' };
}

/** What decides a run, as its trace has it. */
export function inputsOf({
  scenario,
  setting,
}: Omit<FailingRun, 'steps'>): Pick<Trace, 'job' | 'with' | 'without' | 'wake' | 'effects' | 'scenario' | 'asked'> {
  const { job = 'correct', customJob, without, wake, effects, asked } = setting;
  const subject = customJob === undefined ? jobRules(job, without) : { job: customJob, without };
  return { ...subject, wake, effects, scenario, ...(asked === undefined ? {} : { asked }) };
}

export interface Played {
  readonly experiment: Experiment;
  readonly schedule: TraceStep[];
  readonly result: RunResult;
}

/** A run once more, with what each step shows. */
export function play(run: FailingRun): Played {
  const experiment = new Experiment(run.scenario, run.setting);
  const schedule: TraceStep[] = [];
  const { machine } = experiment;
  const recording = new Recording(new BestEffortReplay(machine, run.steps), (id, step) => {
    const coroutine = machine.coroutines.byId(id);
    schedule.push({ who: machine.coroutineName(coroutine), what: machine.stepName(step), saw: observe(machine, coroutine, step) });
  });
  return { experiment, schedule, result: experiment.run(recording) };
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
