/**
 * Replay, with its three outcomes. `reproduced`: the same property breaks at the same step; or of a
 * trace that holds: it runs exactly to its end, and nothing breaks. `holds now`: of a failing one, it does
 * not, because a rule is on that was off when the trace was found, or because the schedule runs to its end
 * and beyond without breaking anything. `diverged`: the schedule can no longer be followed, and no rule
 * explains why, or it breaks what it should not: the trace is stale.
 */
import { rulesOff } from '../../model/machine/jobs.ts';
import type { RuleName } from '../../model/machine/job-names.ts';
import type { Setting } from '../../model/machine/shape.ts';
import { isCustomJob } from '../../model/families/custom/file-name.ts';
import type { Step } from '../../model/kernel/step.ts';
import type { Violation } from '../../properties/property.ts';
import { type Since, describeWaiting } from '../../properties/waiting.ts';
import { Experiment, type NamedStep, BestEffortReplay } from '../search/experiment.ts';
import type { ReadySteps, Strategy } from '../search/strategies/strategy.ts';
import { type FailingTrace, type Trace, type TraceStep, type Verdict, isFailing, isQemuJob } from '../trace/format.ts';
import { printable } from '../trace/printable.ts';
import { observe } from './observe.ts';
import { writeStep } from '../trace/write.ts';

export interface ReplayResult {
  readonly outcome: 'reproduced' | 'holds now' | 'diverged';
  /** Where the schedule could not be followed, from 1. */
  readonly step?: number;
  readonly expected?: string;
  /** What could have run there. */
  readonly ready?: readonly string[];
  /** One line for people. */
  readonly detail: string;
}

/** Rules to switch on and off, on top of what the trace says. */
export interface RuleChanges {
  readonly with: readonly RuleName[];
  readonly without: readonly RuleName[];
}

export function settingOf(trace: Trace, changes: RuleChanges = { with: [], without: [] }): Setting {
  const { job, with: on = [] } = trace;
  if (isQemuJob(job)) throw new Error(`a run of ${job} was taken for one of the model`);
  const { asked } = trace;
  const more = { effects: trace.effects, wake: trace.wake, requestsMin: 0, ...(asked === undefined ? {} : { asked }) };
  if (isCustomJob(job))
    return {
      ...more,
      customJob: job,
      without: rulesOff({ job: 'correct', with: changes.with, without: [...trace.without, ...changes.without] }),
    };
  const stillOn = on.filter((rule) => !changes.without.includes(rule));
  const without = rulesOff({ job, with: [...stillOn, ...changes.with], without: [...trace.without, ...changes.without] });
  return { ...more, job, without };
}

export function replay(trace: Trace, changes?: RuleChanges): ReplayResult {
  const setting = settingOf(trace, changes);
  const { parted, violation } = followExactly(trace, setting);
  if (parted !== undefined) return isFailing(trace) ? explainParting(trace, setting, parted) : partedAt(parted);
  return isFailing(trace) ? judge(trace, violation) : judgeHolding(trace, violation);
}

/** A failing trace that can't be followed: a rule that is on now may be why. */
function explainParting(trace: FailingTrace, setting: Setting, parted: Parting): ReplayResult {
  const culprits = [...new Set([...trace.cause, ...settingOf(trace).without])].filter((rule) => !setting.without.includes(rule));
  const explained = culprits.length > 0 && reproducesWith(trace, { ...setting, without: [...setting.without, ...culprits] });
  const repaired = explained ? followFreely(trace, setting) : null;
  if (explained && repaired === null) {
    return {
      outcome: 'holds now',
      ...parted,
      detail: `the job no longer allows the order of the trace: at step ${parted.step} ${parted.expected} cannot run`,
    };
  }
  const also = repaired === null ? '' : `; followed as far as possible, ${repaired.property} breaks`;
  return partedAt(parted, also);
}

const partedAt = (parted: Parting, also = ''): ReplayResult => ({
  outcome: 'diverged',
  ...parted,
  detail: `at step ${parted.step} the trace has "${parted.expected}"; runnable: ${parted.ready.join(', ') || 'nothing'}${also}`,
});

/** What becomes of the scenario if the schedule is followed as far as it goes. @returns null if nothing breaks */
export function followFreely(trace: Trace, setting: Setting): Violation | null {
  const experiment = new Experiment(trace.scenario, setting);
  return experiment.run(new BestEffortReplay(experiment.machine, namedSteps(trace, experiment))).violation;
}

/** The schedule's steps as the machine numbers them; those that it doesn't know are left out. */
export function namedSteps(trace: Trace, { machine }: Experiment): NamedStep[] {
  const steps = new Map<string, Step>();
  const known = (what: string): Step | undefined => {
    if (!steps.has(what)) {
      const step = machine.parseStep(what);
      if (step !== null) steps.set(what, step);
    }
    return steps.get(what);
  };
  return trace.schedule.flatMap(({ who, what }) => {
    const step = known(what);
    return step === undefined ? [] : [{ who, step }];
  });
}

function judge(trace: FailingTrace, violation: { found: Verdict } | null): ReplayResult {
  if (violation === null) return { outcome: 'holds now', detail: 'the schedule runs to its end and nothing breaks' };
  const { found } = violation;
  if (isSame(found, trace.verdict))
    return { outcome: 'reproduced', detail: `${found.property} breaks at step ${found.step}: ${found.detail}` };
  return {
    outcome: 'diverged',
    step: found.step,
    expected: `${trace.verdict.property} at step ${trace.verdict.step}`,
    ready: [],
    detail: `${found.property} breaks at step ${found.step} instead: ${found.detail}`,
  };
}

function judgeHolding({ schedule }: Trace, violation: { found: Verdict } | null): ReplayResult {
  if (violation === null) return { outcome: 'reproduced', detail: `nothing breaks in its ${schedule.length} steps` };
  const { found } = violation;
  return {
    outcome: 'diverged',
    step: found.step,
    expected: 'that nothing breaks',
    ready: [],
    detail: `${found.property} breaks at step ${found.step}: ${found.detail}`,
  };
}

function isSame(a: Verdict, b: Verdict): boolean {
  return a.property === b.property && a.step === b.step && a.sector === b.sector && a.expected === b.expected && a.got === b.got;
}

function reproducesWith(trace: FailingTrace, setting: Setting): boolean {
  const { parted, violation } = followExactly(trace, setting);
  return parted === undefined && violation !== null && isSame(violation.found, trace.verdict);
}

interface Parting {
  readonly step: number;
  readonly expected: string;
  readonly ready: readonly string[];
}

class PartedError extends Error {
  readonly where: Parting;
  constructor(where: Parting) {
    super(`parted at step ${where.step}`);
    this.where = { ...where, expected: printable(where.expected) };
  }
}

function followExactly(trace: Trace, setting: Setting): { parted?: Parting; violation: { found: Verdict } | null } {
  const experiment = new Experiment(trace.scenario, setting);
  try {
    const { violation, steps } = experiment.run(new Exactly(experiment, trace));
    if (violation !== null) return { violation: { found: verdictOf(experiment, violation, steps) } };
    const next = trace.schedule[steps];
    return next === undefined
      ? { violation: null }
      : { parted: new PartedError({ step: steps + 1, expected: `${next.who}: ${next.what}`, ready: [] }).where, violation: null };
  } catch (error) {
    if (error instanceof PartedError) return { parted: error.where, violation: null };
    throw error;
  }
}

/** A violation with the names that the scenario gives to contents, and who waits with the step since when. */
export function verdictOf(experiment: Experiment, violation: Violation, step: number): Verdict {
  const { machine } = experiment;
  const { property, detail, waiting, sector, expected, got } = violation;
  const since = (): Since => new Map(experiment.latest(step).map((id, i) => [id, i + 1]));
  return {
    property,
    step,
    detail: waiting === undefined ? detail : describeWaiting(machine, waiting, since()),
    ...(sector === undefined ? {} : { sector }),
    ...(expected === undefined ? {} : { expected: machine.contentName(expected) }),
    ...(got === undefined ? {} : { got: machine.contentName(got) }),
  };
}

/**
 * Replay as a strategy: each step must be the one that the trace names and show what it showed. Where
 * the schedule ends a failing run goes on by itself, and one that holds must have come to its end.
 */
class Exactly implements Strategy {
  readonly name = 'replay';
  readonly #experiment: Experiment;
  readonly #schedule: readonly TraceStep[];
  readonly #goesOn: boolean;
  #at = 0;
  #last = 0;

  constructor(experiment: Experiment, trace: Trace) {
    this.#experiment = experiment;
    this.#schedule = trace.schedule;
    this.#goesOn = isFailing(trace);
  }

  start(): void {}

  pick(ready: ReadySteps): number {
    const next = this.#schedule[this.#at];
    const { machine } = this.#experiment;
    const names = Array.from({ length: ready.count }, (_, i) => ({
      who: machine.coroutineName(machine.coroutines.byId(ready.ids[i]!)),
      what: machine.stepName(ready.step(i)),
    }));
    const parted = (expected: string): PartedError =>
      new PartedError({ step: this.#at + 1, expected, ready: names.map(({ who, what }) => `${who}: ${what}`) });
    if (next === undefined && !this.#goesOn) throw parted('the end');
    const chosen =
      next === undefined
        ? Math.max(0, Array.from(ready.ids.subarray(0, ready.count)).indexOf(this.#last))
        : names.findIndex(({ who, what }) => who === next.who && what === next.what);
    if (chosen < 0) throw parted(`${next!.who}: ${next!.what}`);
    return chosen;
  }

  done(id: number, step: Step): void {
    const expected = this.#schedule[this.#at++];
    this.#last = id;
    if (expected === undefined) return;
    const { machine } = this.#experiment;
    const saw = observe(machine, machine.coroutines.byId(id), step);
    if (expected.saw !== '' && saw !== expected.saw)
      throw new PartedError({ step: this.#at, expected: writeStep(expected), ready: [writeStep({ ...expected, saw })] });
  }
}
