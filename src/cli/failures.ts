/** From what a campaign found to what is reported: shrunk, recorded as a trace, sorted by cause. */
import type { Setting } from '../../model/machine.ts';
import type { Found } from '../explore/campaign.ts';
import { namedSchedule } from '../explore/experiment.ts';
import { type Cost, shrink } from '../shrink/shrink.ts';
import { RULES } from '../../model/backup/rules.ts';
import type { Trace } from '../trace/format.ts';
import { type FailingRun, causeOf, recordTrace } from '../trace/record.ts';

export interface Failure {
  readonly trace: Trace;
  readonly cost: Cost;
  /** Why, in one sentence. */
  readonly sentence: string;
}

/** Failures of different causes; of each cause the first that was found. */
export function failuresOf(found: readonly Found[], setting: Setting, about: { strategy: string; seed: string }): Failure[] {
  const tight = { ...setting, requestsMin: 0 };
  const byCause = new Map<string, Failure>();
  const seen = new Set<string>(); // before shrinking, which takes longer than asking for the cause
  for (const { scenario, schedule, violation, run: number } of found) {
    const run: FailingRun = { scenario, setting: tight, steps: namedSchedule(scenario, tight, schedule) };
    const bucket = bucketOf(scenario.mode, violation.property, causeOf(run));
    if (seen.has(bucket)) continue;
    seen.add(bucket);
    const failure = failureOf(run, { ...about, run: number });
    const { trace } = failure;
    const shrunkBucket = bucketOf(trace.scenario.mode, trace.verdict.property, trace.cause);
    if (!byCause.has(shrunkBucket)) byCause.set(shrunkBucket, failure);
  }
  return [...byCause.values()];
}

const bucketOf = (mode: string, property: string, cause: readonly string[]): string => [mode, property, ...cause].join(' ');

function failureOf(run: FailingRun, found: NonNullable<Trace['found']>): Failure {
  const shrunk = shrink(run);
  const trace = recordTrace(shrunk.run, { minimal: `best effort (${shrunk.tries} tries)`, found });
  return { trace, cost: shrunk.cost, sentence: sentenceOf(trace) };
}

/** The rule's own words, where a rule is the cause; the bare fact elsewhere. */
function sentenceOf({ cause, verdict }: Trace): string {
  const [rule] = cause;
  if (rule === undefined) return `${verdict.detail}.`;
  return cause.length === 1 ? `${RULES[rule].without} (Rule ${rule}: ${RULES[rule].sentence})` : `Only both rules together keep it: ${cause.map((name) => `${name} (${RULES[name].sentence})`).join(' ')}`;
}
