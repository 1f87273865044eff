/** From a run that broke a property to what is reported of it: shrunk, brought into its normal form, recorded as a trace, explained. */
import type { RuleName } from '../../model/machine/job-names.ts';
import type { Setting } from '../../model/machine/shape.ts';
import type { Scenario } from '../../model/scenario/scenario.ts';
import type { Found } from '../search/campaign/campaign.ts';
import { Experiment, namedSchedule } from '../search/experiment.ts';
import type { FailingTrace, Trace } from '../trace/format.ts';
import { type FailingRun, causeOf, isCausedBy, isSameWithout } from '../search/diagnose/cause.ts';
import { recordTrace } from '../replay/record.ts';
import { namedSteps, settingOf } from '../replay/replay.ts';
import { type Cost, costOf } from './cost.ts';
import { normalForm } from './normal-form.ts';
import { canBeProven, prove } from './minimality.ts';
import { type Shrunk, shrink } from './shrink.ts';
import { Thrown } from './thrown.ts';

export interface Failure {
  readonly trace: FailingTrace;
  readonly cost: Cost;
  /** Runs that it took to make it so small, and scenarios that were searched. */
  readonly tries: number;
  /** What the job threw while it was made smaller, in one line. */
  readonly thrown?: string;
}

/** How it was found. */
export interface Search {
  readonly setting: Setting;
  readonly strategy: string;
  readonly seed: string;
}

function runOf({ scenario, schedule, without }: Found, { setting }: Search): FailingRun {
  const foundWith = { ...setting, without };
  return { scenario, setting: { ...foundWith, requestsMin: 0 }, steps: namedSchedule(scenario, foundWith, schedule) };
}

/** As it was found, which takes no more than three runs: it can be kept before its cause and a smaller one are known. */
export function failureAsFound(found: Found, search: Search): Failure {
  const { strategy, seed } = search;
  const run = runOf(found, search);
  const trace = recordTrace(run, { minimal: 'not tried', found: { strategy, seed, run: found.run } }, found.cause);
  return { trace, cost: costOf(trace), tries: 0 };
}

/** @param shouldStop asked while it is shrunk, and then it is reported as small as it has become */
export function failureOf(found: Found, search: Search, shouldStop: () => boolean): Failure {
  const { strategy, seed, setting } = search;
  return shrunkFailure(asAsked(runOf(found, search), setting), { strategy, seed, run: found.run }, shouldStop, setting.without);
}

/** A smaller trace of the same failure. @throws if the trace's run does not fail */
export function shrunkTrace(trace: FailingTrace, shouldStop: () => boolean): Failure {
  return shrunkFailure(runOfTrace(trace), trace.found, shouldStop);
}

/**
 * Searches for the smallest trace of the same failure, and proves that it is.
 * @param shouldStop asked while it searches, and then the failure is as small as it has become
 * @param counts which scenarios are looked at, if not all
 */
export function provenFailure(failure: Failure, shouldStop: () => boolean, counts?: (scenario: Scenario) => boolean): Failure {
  const { trace, cost, tries } = failure;
  const given: Shrunk = { run: runOfTrace(trace), property: trace.verdict.property, cost, tries };
  if (!canBeProven(given) || shouldStop()) return failure;
  const thrown = new Thrown();
  const proof = thrown.within(() => prove(given, shouldStop, counts));
  if (proof === null) return { ...failure, thrown: failure.thrown ?? thrown.first! };
  const { requests } = proof.below;
  const what = requests === 1 ? 'request, error or command' : 'requests, errors and commands';
  const known = requests === 0 ? '' : `; proven: no such trace has fewer than ${requests} ${what} in ${proof.scope}`;
  const minimal = proof.isSmallest ? `proven (${proof.scope})` : `best effort (${proof.tries} tries${known})`;
  return told({ ...inNormalForm(proof), ...threw(failure) }, minimal, trace.found);
}

/** What is known of how small a trace is, for machines. */
export function minimalityOf({ minimal }: Trace): { minimal: 'proven' | 'best effort'; minimalScope?: string } {
  const [, scope] = /^proven \((.*)\)$/.exec(minimal) ?? [];
  return scope === undefined ? { minimal: 'best effort' } : { minimal: 'proven', minimalScope: scope };
}

function runOfTrace(trace: FailingTrace): FailingRun {
  const setting = settingOf(trace);
  return { scenario: trace.scenario, setting, steps: namedSteps(trace, new Experiment(trace.scenario, setting)) };
}

/** @param asked the rules that were to be off */
function shrunkFailure(
  run: FailingRun,
  found: Trace['found'],
  shouldStop: () => boolean,
  asked: readonly RuleName[] = run.setting.without,
): Failure {
  const shrunk = shrink(run, shouldStop);
  if (shouldStop()) return told(shrunk, `interrupted (${shrunk.tries} tries)`, found);
  const normal = inNormalForm(shrunk);
  return told({ ...normal, run: withoutAll(normal.run, asked) }, `best effort (${shrunk.tries} tries)`, found);
}

/**
 * The run without all rules that were to be off, if it fails for the same cause there: of an era some
 * are on while it is searched, to let others show (known-causes.ts).
 */
function asAsked(run: FailingRun, { without }: Setting): FailingRun {
  const cause = run.setting.without.length < without.length ? causeOf(run) : [];
  const asked = { ...run, setting: { ...run.setting, without } };
  return cause.length > 0 && isCausedBy(asked, cause) ? asked : run;
}

/** A shrunk run without all these rules, if it is the same, step by step. */
function withoutAll(run: FailingRun, without: readonly RuleName[]): FailingRun {
  const all = { ...run, setting: { ...run.setting, without } };
  return isSameWithout(run, without) && isCausedBy(all, causeOf(run)) ? all : run;
}

function inNormalForm(shrunk: Shrunk): Shrunk {
  return { ...shrunk, run: new Thrown().within(() => normalForm(shrunk.run)) ?? shrunk.run };
}

function told(shrunk: Shrunk, minimal: string, found: Trace['found']): Failure {
  const { run, cost, tries } = shrunk;
  return { trace: recordTrace(run, { minimal, ...(found === undefined ? {} : { found }) }), cost, tries, ...threw(shrunk) };
}

const threw = ({ thrown }: Pick<Failure, 'thrown'>): Pick<Failure, 'thrown'> => (thrown === undefined ? {} : { thrown });
