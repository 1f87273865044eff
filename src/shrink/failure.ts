/** From a run that broke a property to what is reported of it: shrunk, recorded as a trace, explained. */
import { RULES } from '../../model/backup/rules.ts';
import type { Setting } from '../../model/machine.ts';
import type { Found } from '../explore/campaign.ts';
import { namedSchedule } from '../explore/experiment.ts';
import type { Trace } from '../trace/format.ts';
import { type FailingRun, causeOf, recordTrace } from '../trace/record.ts';
import { type Cost, shrink } from './shrink.ts';

export interface Failure {
  readonly trace: Trace;
  readonly cost: Cost;
  /** Why, in one sentence. */
  readonly sentence: string;
}

/** How it was found. */
export interface Search {
  readonly setting: Setting;
  readonly strategy: string;
  readonly seed: string;
}

function runOf({ scenario, schedule, without }: Found, { setting }: Search): FailingRun {
  const tight = { ...setting, without, requestsMin: 0 };
  return { scenario, setting: tight, steps: namedSchedule(scenario, tight, schedule) };
}

/** The same for failures that are taken to be one and the same. */
export const bucketOf = (mode: string, property: string, cause: readonly string[]): string => [mode, property, ...cause].join(' ');

/** Asked before shrinking, which takes longer. */
export function bucketBeforeShrinking(found: Found, search: Search): string {
  return bucketOf(found.scenario.mode, found.violation.property, causeOf(runOf(found, search)));
}

/** @param shouldStop asked while it is shrunk, and then it is reported as small as it has become */
export function failureOf(found: Found, search: Search, shouldStop: () => boolean): Failure {
  const shrunk = shrink(runOf(found, search), shouldStop);
  const { strategy, seed } = search;
  const minimal = `${shouldStop() ? 'interrupted' : 'best effort'} (${shrunk.tries} tries)`;
  const trace = recordTrace(shrunk.run, { minimal, found: { strategy, seed, run: found.run } });
  return { trace, cost: shrunk.cost, sentence: sentenceOf(trace) };
}

/** The rule's own words, where a rule is the cause; the bare fact elsewhere. */
function sentenceOf({ cause, verdict }: Trace): string {
  const [rule] = cause;
  if (rule === undefined) return `${verdict.detail}.`;
  return cause.length === 1 ? `${RULES[rule].without} (Rule ${rule}: ${RULES[rule].sentence})` : `Only both rules together keep it: ${cause.map((name) => `${name} (${RULES[name].sentence})`).join(' ')}`;
}
