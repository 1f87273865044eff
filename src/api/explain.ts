/** `explain`: why a trace fails, as plain data. */
import type { JobName } from '../../model/machine/job-names.ts';
import type { Job } from '../../model/families/custom/job.ts';
import type { SyncMode } from '../../model/sync.ts';
import { explain as explainTrace } from '../explain/explain-any.ts';
import type { MoreAsked } from '../../model/families/custom/property.ts';
import { traceOf } from './trace-of.ts';

/** A step of the run, counted from 1. */
export interface ExplainedStep {
  /** Its number. */
  readonly step: number;
  /** The coroutine: `job`, `user`, or a request such as `g1`. */
  readonly who: string;
  /** The step, as traces have it. */
  readonly what: string;
  /** What the step showed; empty: nothing. */
  readonly saw: string;
  /** Its part in the failure; null: it has none. */
  readonly note: string | null;
}

/** Why a trace fails, as plain data. */
export interface ExplainResult {
  /** The property that breaks. */
  readonly property: string;
  /** The sync mode of the job. */
  readonly mode: SyncMode;
  /** What broke, in the words of the property. */
  readonly detail: string;
  /** Why it broke, in a sentence or two. */
  readonly why: string;
  /** The sector that it is about; null: it is about none. */
  readonly sector: number | null;
  /** What that sector should be. */
  readonly expected: string | null;
  /** What it is. */
  readonly got: string | null;
  /** How often the schedule switched away from a coroutine that could have continued. */
  readonly preemptions: number;
  /** The run. */
  readonly steps: readonly ExplainedStep[];
}

/**
 * Explains why a trace fails.
 * @param trace the text of a trace
 * @param job the job that it is of; `correct`, or another name: a built-in one, which the trace names
 * @param options properties to ask for besides, and properties not to ask for
 * @returns why it fails; null if nothing breaks in it
 * @throws as `replay`
 */
export function explain(trace: string, job: Job | JobName, options: MoreAsked = {}): ExplainResult | null {
  const given = traceOf(trace, job, options);
  const explanation = explainTrace(given);
  if (explanation === null) return null;
  const { property, detail, sentence, sector, expected, got, preemptions, rows, guilty } = explanation;
  const notes = new Map(guilty.map(({ step, note }) => [step, note]));
  const steps = rows.map(({ n, who, what, saw }) => ({ step: n, who, what, saw, note: notes.get(n) ?? null }));
  return { property, mode: given.scenario.mode, detail, why: sentence, sector, expected, got, preemptions, steps };
}
