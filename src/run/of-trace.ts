/** A run from a trace, and a trace from a run. */
import { isCustomJob } from '../../model/families/custom/file-name.ts';
import { jobNames } from '../../model/machine/jobs.ts';
import { recordHolding, recordTrace } from '../replay/record.ts';
import { type Trace, isQemuJob } from '../trace/format.ts';
import { settingOf } from '../replay/replay.ts';
import { Run } from './run.ts';

export interface Followed {
  readonly run: Run;
  /** Where the schedule could not be followed any more, and why; null: it was, to its end. */
  readonly parted: { readonly step: number; readonly expected: string; readonly possible: readonly string[] } | null;
}

/** Why a page can't run a trace; null: it can. */
export function whyNot({ job }: Trace): string | null {
  if (isQemuJob(job)) return `it is a run on a real QEMU (${job}), which only QEMU can replay: npx cowcheck replay`;
  if (isCustomJob(job)) return `it is a trace of a custom job (${job}), which this page does not have: npx cowcheck explain`;
  if (!jobNames().includes(job)) return `it is a trace of the job ${job}, which this page does not have: npx cowcheck explain`;
  return null;
}

/** Runs a trace as far as its schedule can be followed. */
export function runOfTrace(trace: Trace): Followed {
  const run = new Run(trace.scenario, settingOf(trace));
  for (const [i, { who, what, saw }] of trace.schedule.entries()) {
    const ready = run.readyAfter(i);
    const names = ready.map((id) => nextOf(run, id));
    const chosen = names.findIndex((name) => name.who === who && name.what === what);
    if (chosen < 0)
      return { run, parted: { step: i + 1, expected: `${who}: ${what}`, possible: names.map((name) => `${name.who}: ${name.what}`) } };
    run.take(ready[chosen]!);
    const shows = run.steps[i]!.saw;
    if (saw !== '' && saw !== shows)
      return { run, parted: { step: i + 1, expected: `${what} -> ${saw}`, possible: [`${what} -> ${shows}`] } };
  }
  return { run, parted: null };
}

/** What a coroutine does next. */
export function nextOf({ machine }: Run, id: number): { who: string; what: string } {
  const coroutine = machine.coroutines.byId(id);
  return { who: machine.coroutineName(coroutine), what: machine.stepName(coroutine.pending) };
}

/** A run that broke something, as a trace up to that step. @throws if nothing broke */
export function traceOfRun({ scenario, setting, steps, broken }: Run): Trace {
  if (broken === null) throw new Error('nothing broke in this run: there is no failing trace of it');
  return recordTrace({ scenario, setting, steps: steps.slice(0, broken.step) }, { minimal: 'not tried' });
}

/** A run that holds, once it has come to its end; null: it has not, or something broke. */
export function holdingTraceOf(run: Run): Trace | null {
  const { scenario, setting, steps, broken, length } = run;
  return broken === null && run.readyAfter(length).length === 0 ? recordHolding({ scenario, setting, steps }) : null;
}
