/**
 * Which of the rules that are off is to blame for a failure. An era of QEMU has a dozen and more of them off at
 * once, and a run that would break one property goes on, once that is mended, to break the next. So a suspect is a rule
 * without which alone the same thing breaks, and it is the cause if nothing, or at least not this, breaks with it.
 */
import type { Machine } from '../../../model/machine/machine.ts';
import type { Setting } from '../../../model/machine/shape.ts';
import type { Step } from '../../../model/kernel/step.ts';
import { ruleNames } from '../../../model/machine/jobs.ts';
import type { RuleName } from '../../../model/machine/job-names.ts';
import type { Scenario } from '../../../model/scenario/scenario.ts';
import { Experiment, type NamedStep, BestEffortReplay } from '../experiment.ts';

export interface FailingRun {
  readonly scenario: Scenario;
  readonly setting: Setting;
  readonly steps: readonly NamedStep[];
}

/** What a run comes to: what broke and where, null if nothing did, and the steps that ran until then. */
interface Outcome {
  readonly broke: string | null;
  readonly steps: number;
  /** On the disk of a real guest a list of many thousand, for which few ask. */
  readonly taken: () => readonly Taken[];
}

/** A step, and where it led the coroutine that took it. */
interface Taken extends NamedStep {
  readonly to: Step;
}

/**
 * The fewest rules that, switched on, make the failure go: one that alone breaks the same, else all that do.
 * Where none does, since it takes two of them, the one that keeps to the schedule the longest, once it is on:
 * it is the closest to the failure. Where none helps, two, or all. Empty if the job breaks with all rules on.
 */
export function causeOf(run: FailingRun): RuleName[] {
  const off = ruleNames().filter((rule) => run.setting.without.includes(rule));
  const failure = outcomeWithout(run, off);
  const withOn = (...on: RuleName[]): Outcome => outcomeWithout(run, allBut(off, on));
  if (withOn(...off).broke !== null) return [];
  const alone = off.length < 2 ? [] : off.filter((rule) => isSame(outcomeWithout(run, [rule]), failure));
  const mends = alone.find((rule) => withOn(rule).broke === null) ?? alone.find((rule) => !isSame(withOn(rule), failure));
  if (mends !== undefined) return [mends];
  const together = alone.filter((rule) => outcomeWithout(run, [rule]).steps === failure.steps);
  if (together.length > 0) return together;
  const needed = off.map((rule) => ({ rule, outcome: withOn(rule) })).filter(({ outcome }) => !isSame(outcome, failure));
  const [closest] = needed.toSorted((a, b) => parting(b.outcome, failure) - parting(a.outcome, failure));
  if (closest !== undefined) return [closest.rule];
  const pairs = off.flatMap((a, i) => off.slice(i + 1).map((b): [RuleName, RuleName] => [a, b]));
  return pairs.find((pair) => withOn(...pair).broke === null) ?? off;
}

/** Whether these rules are to blame for a failure, too; quicker than to ask for its cause. */
export function isCausedBy(run: FailingRun, cause: readonly RuleName[]): boolean {
  const { without } = run.setting;
  if (cause.length === 0 || cause.length === without.length) return true;
  const failure = outcomeWithout(run, without);
  return (
    failure.broke !== null && isSame(outcomeWithout(run, cause), failure) && !isSame(outcomeWithout(run, allBut(without, cause)), failure)
  );
}

/** Whether the run is the same, step by step, if these rules are off, and breaks the same. */
export function isSameWithout(run: FailingRun, without: readonly RuleName[]): boolean {
  const [one, other] = [outcomeWithout(run, run.setting.without), outcomeWithout(run, without)];
  return isSame(one, other) && one.steps === other.steps && hasSameSteps(one.taken(), other.taken());
}

const allBut = (rules: readonly RuleName[], these: readonly RuleName[]): RuleName[] => rules.filter((rule) => !these.includes(rule));
const isSameStep = ({ who, step }: NamedStep, other: NamedStep | undefined): boolean => who === other?.who && step === other.step;
const hasSameSteps = (some: readonly Taken[], others: readonly Taken[]): boolean => some.every((taken, i) => isSameStep(taken, others[i]));
const isSame = (a: Outcome, b: Outcome): boolean => a.broke === b.broke;

/** How many steps two runs have in common before they part. */
function parting(one: Outcome, other: Outcome): number {
  const [steps, others] = [one.taken(), other.taken()];
  const part = steps.findIndex((taken, i) => !isSameStep(taken, others[i]) || taken.to !== others[i]?.to);
  return part < 0 ? steps.length : part;
}

/** What becomes of the run, followed as far as possible, if just these rules are off. */
function outcomeWithout({ scenario, setting, steps }: FailingRun, without: readonly RuleName[]): Outcome {
  const experiment = new Experiment(scenario, { ...setting, without });
  const followed = new Followed(experiment.machine, steps);
  const { violation, steps: ran } = experiment.run(followed);
  return { broke: violation === null ? null : `${violation.property} ${violation.sector ?? ''}`, steps: ran, taken: () => followed.taken };
}

class Followed extends BestEffortReplay {
  readonly #machine: Machine;
  readonly #to: Step[] = [];

  constructor(machine: Machine, steps: readonly NamedStep[]) {
    super(machine, steps);
    this.#machine = machine;
  }

  override done(id: number, step: Step): void {
    super.done(id, step);
    this.#to.push(this.#machine.coroutines.byId(id).pending);
  }

  get taken(): Taken[] {
    return this.ran.map((ran, i) => ({ ...ran, to: this.#to[i]! }));
  }
}
