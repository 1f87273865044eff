/** Mend: the same choices, but one step comes before another. The run itself says whether that would have helped. */
import type { Trace } from '../../src/trace/format.ts';
import { explain } from '../../src/explain/explanation.ts';
import { Experiment, type NamedStep, BestEffortReplay } from '../../src/search/experiment.ts';
import { namedSteps, settingOf } from '../../src/replay/replay.ts';

export interface Mended {
  /** Who ran, to the end or to what broke. */
  readonly ids: readonly number[];
  /** What broke all the same; null: nothing did. */
  readonly broke: string | null;
  /** Whether the first of the two did not come after the other once more. In another order it may not come at all. */
  readonly isAsWanted: boolean;
}

/**
 * The coroutine that takes the step `first` runs, up to it, before the step `second`, which came earlier; from there on the
 * choices are the same as far as they can be made.
 */
export function mend(trace: Trace, first: number, second: number): Mended {
  const experiment = new Experiment(trace.scenario, settingOf(trace));
  const steps = namedSteps(trace, experiment);
  const { who } = steps[first - 1]!;
  const isEarlier = (i: number): boolean => i >= second - 1 && i < first && steps[i]!.who === who;
  const [before, earlier, after] = [
    steps.slice(0, second - 1),
    steps.filter((_, i) => isEarlier(i)),
    steps.filter((_, i) => i >= second - 1 && !isEarlier(i)),
  ];
  const prefer = new BestEffortReplay(experiment.machine, [...before, ...earlier, ...after]);
  const { violation, steps: length } = experiment.run(prefer);
  const [firstAt, secondAt] = [first, second].map((n) => placeOf(steps, n, prefer.ran)) as [number, number];
  const isAsWanted = secondAt < 0 || firstAt < secondAt;
  return { ids: experiment.latest(length), broke: violation?.property ?? null, isAsWanted };
}

/** Where the n-th of these steps comes in another run; -1: nowhere. The same step may come several times. */
function placeOf(steps: readonly NamedStep[], n: number, ran: readonly NamedStep[]): number {
  const { who, step } = steps[n - 1]!;
  const isIt = (other: NamedStep): boolean => other.who === who && other.step === step;
  const nth = steps.slice(0, n).filter(isIt).length;
  return ran.flatMap((other, i) => (isIt(other) ? [i] : []))[nth - 1] ?? -1;
}

/** Whether two steps the other way round mend it, as far as anybody knows. */
export const canBeMended = (trace: Trace): boolean => explain(trace)?.passing?.upTo != null;
