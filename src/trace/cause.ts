/**
 * Which of the rules that are off is to blame for a failure. An era of QEMU has a dozen and more of them off at
 * once, and a run that would break one property goes on, once that is mended, to break the next. So a suspect is a rule
 * without which alone the same thing breaks, and it is the cause if nothing, or at least not this, breaks with it.
 */
import type { Setting } from '../../model/machine.ts';
import { RULE_NAMES, type RuleName } from '../../model/backup/rules.ts';
import type { Scenario } from '../../model/scenario.ts';
import { Experiment, type NamedStep, Prefer } from '../explore/experiment.ts';

export interface FailingRun {
  readonly scenario: Scenario;
  readonly setting: Setting;
  readonly steps: readonly NamedStep[];
}

/** What a run comes to: what broke and where, and the steps that ran until then. */
interface Outcome {
  readonly what: string;
  readonly steps: readonly NamedStep[];
}

/**
 * The fewest rules that, switched on, make the failure go: one that alone breaks the same, else all that do;
 * where none does, the smallest set with which the run holds, tried one by one, then two by two. Empty
 * if the job breaks with all rules on, or if no two of them help.
 */
export function causeOf(run: FailingRun): RuleName[] {
  const off = RULE_NAMES.filter((rule) => run.setting.without.includes(rule));
  const holdsWith = (on: readonly RuleName[]): boolean => outcomeWithout(run, allBut(off, on)) === null;
  if (off.length > 1) {
    const failure = outcomeWithout(run, off);
    const alone = off.map((rule) => ({ rule, outcome: outcomeWithout(run, [rule]) })).filter(({ outcome }) => isSame(outcome, failure));
    const suspects = alone.map(({ rule }) => rule);
    const mends = suspects.find((rule) => holdsWith([rule])) ?? suspects.find((rule) => !isSame(outcomeWithout(run, allBut(off, [rule])), failure));
    if (mends !== undefined) return [mends];
    const together = alone.filter(({ outcome }) => outcome!.steps.length === failure!.steps.length).map(({ rule }) => rule);
    if (together.length > 0) return together;
  }
  const sets = [...off.map((rule) => [rule]), ...off.flatMap((a, i) => off.slice(i + 1).map((b) => [a, b]))];
  return sets.find(holdsWith) ?? (off.length > 2 && holdsWith(off) ? off : []);
}

/** Whether these rules are to blame for a failure, too; quicker than to ask for its cause. */
export function isCausedBy(run: FailingRun, cause: readonly RuleName[]): boolean {
  const { without } = run.setting;
  if (cause.length === 0 || cause.length === without.length) return true;
  const failure = outcomeWithout(run, without);
  return isSame(outcomeWithout(run, cause), failure) && !isSame(outcomeWithout(run, allBut(without, cause)), failure);
}

/** Whether the run is the same, step by step, if these rules are off, and breaks the same. */
export function isSameWithout(run: FailingRun, without: readonly RuleName[]): boolean {
  const [one, other] = [outcomeWithout(run, run.setting.without), outcomeWithout(run, without)];
  return isSame(one, other) && one!.steps.length === other!.steps.length && one!.steps.every(({ who, step }, i) => who === other!.steps[i]!.who && step === other!.steps[i]!.step);
}

const allBut = (rules: readonly RuleName[], these: readonly RuleName[]): RuleName[] => rules.filter((rule) => !these.includes(rule));
const isSame = (a: Outcome | null, b: Outcome | null): boolean => a?.what === b?.what;

/** What the run breaks, followed as far as possible, if just these rules are off. */
function outcomeWithout({ scenario, setting, steps }: FailingRun, without: readonly RuleName[]): Outcome | null {
  const experiment = new Experiment(scenario, { ...setting, without });
  const followed = new Prefer(experiment.machine, steps);
  const { violation } = experiment.run(followed);
  return violation === null ? null : { what: `${violation.property} ${violation.sector ?? ''}`, steps: followed.ran };
}
