/** `explain`: why a trace fails, as plain data. */
import type { JobName } from '../../model/machine/job-names.ts';
import type { Job } from '../../model/families/custom/job.ts';
import type { SyncMode } from '../../model/sync.ts';
import { explain as explainTrace } from '../explain/explain-any.ts';
import type { MoreAsked } from '../../model/families/custom/property.ts';
import { traceOf } from './trace-of.ts';

/** A step of the run, counted from 1. */
export interface ExplainedStep {
  readonly step: number;
  readonly who: string;
  readonly what: string;
  /** What the step showed; empty: nothing. */
  readonly saw: string;
  /** Its part in the failure; null: it has none. */
  readonly note: string | null;
}

export interface ExplainResult {
  readonly property: string;
  readonly mode: SyncMode;
  /** What broke, in the words of the property; and why, in those of the explanation. */
  readonly detail: string;
  readonly why: string;
  /** The sector that it is about, what it should be and what it is; null: it is about none. */
  readonly sector: number | null;
  readonly expected: string | null;
  readonly got: string | null;
  readonly preemptions: number;
  readonly steps: readonly ExplainedStep[];
}

/**
 * @param trace the text of a trace
 * @param job the job that it is of; `correct`, or another name: a built-in one, which the trace names
 * @returns null if nothing breaks in it
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
