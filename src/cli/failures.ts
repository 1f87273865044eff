/** From what a campaign found to what is reported: shrunk, recorded as a trace, sorted by cause. */
import type { Setting } from '../../model/machine.ts';
import type { Found } from '../explore/campaign.ts';
import { Experiment, type NamedStep } from '../explore/experiment.ts';
import { type Cost, shrink } from '../shrink/shrink.ts';
import { RULES } from '../../model/backup/rules.ts';
import type { Trace } from '../trace/format.ts';
import { type FailingRun, recordTrace } from '../trace/record.ts';

export interface Failure {
  readonly trace: Trace;
  readonly cost: Cost;
  /** Why, in one sentence. */
  readonly sentence: string;
}

/** Failures of different causes; of each cause the first that was found. */
export function failuresOf(found: readonly Found[], setting: Setting, about: { strategy: string; seed: string }): Failure[] {
  const byCause = new Map<string, Failure>();
  for (const failing of found) {
    const failure = failureOf(failing, setting, about);
    const key = `${failure.trace.scenario.mode} ${failure.trace.verdict.property} ${failure.trace.cause.join('+')}`;
    if (!byCause.has(key)) byCause.set(key, failure);
  }
  return [...byCause.values()];
}

function failureOf(found: Found, setting: Setting, about: { strategy: string; seed: string }): Failure {
  const run: FailingRun = { scenario: found.scenario, setting: { ...setting, requestsMin: 0 }, steps: namedSteps(found, setting) };
  const shrunk = shrink(run);
  const trace = recordTrace(shrunk.run, { minimal: `best effort (${shrunk.tries} tries)`, found: { ...about, run: found.run } });
  return { trace, cost: shrunk.cost, sentence: sentenceOf(trace) };
}

/** The rule's own words, where a rule is the cause; the bare fact elsewhere. */
function sentenceOf({ cause, verdict }: Trace): string {
  const [rule] = cause;
  if (rule === undefined) return `${verdict.detail}.`;
  return cause.length === 1 ? `${RULES[rule].without} (Rule ${rule}: ${RULES[rule].sentence})` : `Only both rules together keep it: ${cause.map((name) => `${name} (${RULES[name].sentence})`).join(' ')}`;
}

function namedSteps({ scenario, schedule }: Found, setting: Setting): NamedStep[] {
  const { machine } = new Experiment(scenario, { ...setting, requestsMin: 0 });
  machine.begin();
  return schedule.map((id) => {
    const coroutine = machine.coroutines.byId(id);
    const step = { who: machine.coroutineName(coroutine), step: coroutine.pending };
    machine.step(id);
    return step;
  });
}
