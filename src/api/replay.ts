/** `replay`: a trace that was kept, run again in a test suite. */
import type { JobName, RuleName } from '../../model/machine/job-names.ts';
import type { Setting } from '../../model/machine/shape.ts';
import { ruleNames } from '../../model/machine/jobs.ts';
import type { Job } from '../../model/families/custom/job.ts';
import { JobError } from '../../model/families/custom/job-error.ts';
import { printable } from '../trace/printable.ts';
import { followFreely, replay as replayTrace, settingOf } from '../replay/replay.ts';
import type { Trace } from '../trace/format.ts';
import type { MoreAsked } from '../../model/families/custom/property.ts';
import { traceOf } from './trace-of.ts';

/** What became of a trace. */
export interface ReplayResult {
  /** `reproduced`: it breaks as it did; `holds now`: it breaks no more; `diverged`: its order can't be followed any more. */
  readonly outcome: 'reproduced' | 'holds now' | 'diverged';
  /** One line for people. */
  readonly detail: string;
  /**
   * What breaks now, its property and how, in one line. After `diverged`: what breaks if the order is followed as far as it can be.
   * Null: nothing does.
   */
  readonly breaks: string | null;
}

/** How a trace is run again. */
export interface ReplayOptions extends MoreAsked {
  /** Rules of a built-in job that are on, although they were off when the trace was found. */
  readonly with?: readonly RuleName[];
}

/**
 * Runs a trace again.
 * @param trace the text of a trace
 * @param job the job that it is of; `correct`, or another name: a built-in one, which the trace names
 * @param options rules that are on again, properties to ask for besides, and properties not to ask for
 * @returns whether it still breaks. After a fix that adds a wait, `diverged` is the expected outcome, and `breaks` says what it is worth
 * @throws TraceError with one line if the text is no trace; JobError if it is of another kind of job, or of a property that nobody
 * asks of the job, or the job can't be run
 */
export function replay(trace: string, job: Job | JobName, options: ReplayOptions = {}): ReplayResult {
  const { with: on = [] } = options;
  const given = traceOf(trace, job, options);
  if (typeof job !== 'string' && on.length > 0)
    throw new JobError(`a custom job has none of cowcheck's rules to switch on: ${on.join(', ')}`);
  const unknown = on.find((rule) => !ruleNames().includes(rule));
  if (unknown !== undefined) throw new JobError(`there is no rule "${printable(unknown)}": cowcheck rules lists them`);
  const changes = { with: on, without: [] };
  const { outcome, detail } = replayTrace(given, changes);
  return { outcome, detail, breaks: outcome === 'holds now' ? null : whatBreaks(given, settingOf(given, changes)) };
}

function whatBreaks(trace: Trace, setting: Setting): string | null {
  const violation = followFreely(trace, setting);
  return violation === null ? null : `${violation.property}: ${violation.detail}`;
}
