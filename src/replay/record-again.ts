/** A trace that was edited by hand, run again: what its steps show now, and how it ends. */
import { causeOf } from '../search/diagnose/cause.ts';
import { Experiment } from '../search/experiment.ts';
import type { Trace, TraceStep } from '../trace/format.ts';
import { printable } from '../trace/printable.ts';
import { type Played, inputsOf, play } from './record.ts';
import { namedSteps, replay, settingOf, verdictOf } from './replay.ts';

/** It can't be run as it stands: the text says where, and what could have run there. */
export class NotRunnable extends Error {}

/**
 * Its steps decide the run; what they showed, and the verdict, are forgotten. Behind the last one the run goes on to its end, or to the
 * step that breaks a property. What is about the failure that it was, its cause and how it was found, is told anew or dropped.
 * @throws NotRunnable
 */
export function recordAgain(trace: Trace): Trace {
  const setting = settingOf(trace);
  const { scenario, about } = trace;
  const steps = namedSteps(trace, new Experiment(scenario, setting));
  const run = { scenario, setting, steps };
  const played = play(run);
  const { experiment, schedule, result } = played;
  refuseParted(trace, played);
  if (result.cutOff) throw new NotRunnable('it does not come to an end within the limit of steps');
  const verdict = result.violation === null ? null : verdictOf(experiment, result.violation, result.steps);
  const cause = verdict === null ? [] : causeOf(run);
  return { ...inputsOf(run), ...(about === undefined ? {} : { about }), schedule, verdict, cause, minimal: 'not tried' };
}

/** @throws NotRunnable if another step ran than the trace names, before a property broke */
function refuseParted(trace: Trace, { schedule: ran, result }: Played): void {
  const isOther = ({ who, what }: TraceStep, i: number): boolean => ran[i] !== undefined && (ran[i].who !== who || ran[i].what !== what);
  const at = trace.schedule.findIndex(isOther);
  if (at < 0 && (result.violation !== null || trace.schedule.length <= ran.length)) return; // what comes behind a violation is dropped
  if (at < 0) {
    const next = trace.schedule[ran.length]!;
    throw new NotRunnable(`step ${ran.length + 1}, ${nameOf(next)}, comes behind the end of the run`);
  }
  const asItRan = trace.schedule.map((step, i) => ({ ...step, saw: i < at ? ran[i]!.saw : step.saw }));
  const { ready = [] } = replay({ ...trace, schedule: asItRan });
  throw new NotRunnable(`step ${at + 1} ("${nameOf(trace.schedule[at]!)}") cannot run there; runnable: ${ready.join(', ') || 'nothing'}`);
}

const nameOf = ({ who, what }: TraceStep): string => printable(`${who}: ${what}`);
