/** The nearest passing run: the same choices but for one, on the same job, and nothing breaks. */
import { isOfOneRun } from '../../model/families/custom/job-error.ts';
import type { Step } from '../../model/kernel/step.ts';
import { Experiment, BestEffortReplay } from '../search/experiment.ts';
import type { ReadySteps, Strategy } from '../search/strategies/strategy.ts';
import type { MissingOrder } from './story/facts.ts';
import type { Story, StoryStep } from './story/story.ts';

export interface Passing {
  /** The step before which somebody else goes on. */
  readonly before: number;
  readonly who: string;
  /** How far: up to and with this step; null: as long as it can. */
  readonly upTo: number | null;
}

/** Each try is a run of its own, and all together take no more steps than this, but for the first two. */
const TRIES_MAX = 16;
const STEPS_MAX = 20_000;

/** @returns null if none was found; some failures do not hang on the order at all */
export function nearestPassing(story: Story, order: MissingOrder | null): Passing | null {
  const experiment = new Experiment(story.trace.scenario, story.experiment.setting);
  return (
    candidates(story, order)
      .slice(0, Math.max(2, Math.min(TRIES_MAX, Math.floor(STEPS_MAX / story.steps.length))))
      .find((candidate) => passes(experiment, story, candidate)) ?? null
  );
}

/** First the order that was missing; then, from the last to the first, each interruption undone. */
function candidates({ steps }: Story, order: MissingOrder | null): Passing[] {
  const { first, second } = order ?? {};
  const swapped =
    first?.step != null && second?.step != null ? [{ before: second.step, who: steps[first.step - 1]!.who, upTo: first.step }] : [];
  const undone = steps
    .toReversed()
    .flatMap(({ n, interrupted }) => (interrupted === null ? [] : [{ before: n, who: interrupted, upTo: null }]));
  return [...swapped, ...undone];
}

function passes(experiment: Experiment, { steps }: Story, { before, who, upTo }: Passing): boolean {
  const isEarlier = (step: StoryStep): boolean => upTo !== null && step.n >= before && step.who === who && step.n <= upTo;
  const others = steps.filter((step) => !isEarlier(step));
  const order = [...others.filter(({ n }) => n < before), ...steps.filter(isEarlier), ...others.filter(({ n }) => n >= before)];
  const prefer = new BestEffortReplay(experiment.machine, order);
  try {
    const { violation, cutOff } = experiment.run(upTo === null ? new GoesOn(prefer, before - 1, steps[before - 2]!.id) : prefer);
    return violation === null && !cutOff;
  } catch (error) {
    if (isOfOneRun(error)) return false; // a custom job may do in that order what it must not
    throw error;
  }
}

/** Follows another strategy, but after so many steps one coroutine goes on as long as it is ready. */
class GoesOn implements Strategy {
  readonly name = 'goes on';
  readonly #inner: Strategy;
  readonly #after: number;
  readonly #id: number;
  #steps = 0;
  #isOver = false;

  constructor(inner: Strategy, after: number, id: number) {
    this.#inner = inner;
    this.#after = after;
    this.#id = id;
  }

  start(...run: Parameters<Strategy['start']>): void {
    this.#inner.start(...run);
  }

  pick(ready: ReadySteps): number {
    const chosen = this.#inner.pick(ready);
    if (this.#steps < this.#after || this.#isOver) return chosen;
    const mine = ready.ids.subarray(0, ready.count).indexOf(this.#id);
    this.#isOver = mine < 0;
    return this.#isOver ? chosen : mine;
  }

  done(id: number, step: Step): void {
    this.#steps++;
    this.#inner.done(id, step);
  }
}
