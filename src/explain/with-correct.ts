/** The same choices on the correct job: where the two part, and the first choice that it would not have allowed. */
import type { Setting } from '../../model/machine/shape.ts';
import type { Step } from '../../model/kernel/step.ts';
import { Experiment, BestEffortReplay } from '../search/experiment.ts';
import type { ReadySteps, Strategy } from '../search/strategies/strategy.ts';
import { observe } from '../replay/observe.ts';
import { namedSteps } from '../replay/replay.ts';
import type { Story, StoryStep } from './story/story.ts';

export interface CorrectStep {
  readonly who: string;
  readonly what: string;
  readonly saw: string;
}

/** A choice of the trace that could not be made. */
export interface Impossible {
  readonly step: number;
  /** `g2: write.send c0` */
  readonly choice: string;
  /** Where the same coroutine was instead: `wait c0`; null: it had ended. */
  readonly instead: string | null;
  readonly isWaiting: boolean;
}

export interface WithCorrect {
  readonly steps: readonly CorrectStep[];
  /** The first step that is another one or shows something else; null: they never part. */
  readonly parts: number | null;
  readonly impossible: Impossible | null;
  /** What breaks in the correct job; null: nothing. */
  readonly breaks: string | null;
}

export function withCorrect(story: Story): WithCorrect {
  const setting: Setting = { ...story.experiment.setting, without: [] };
  const experiment = new Experiment(story.trace.scenario, setting);
  const alongside = new Alongside(experiment, story.steps, new BestEffortReplay(experiment.machine, namedSteps(story.trace, experiment)));
  const { violation } = experiment.run(alongside);
  const { steps, impossible } = alongside;
  const differs = story.steps.findIndex(({ who, what, saw }, i) => steps[i]?.who !== who || steps[i].what !== what || steps[i].saw !== saw);
  return { steps, impossible, parts: differs < 0 ? null : differs + 1, breaks: violation?.property ?? null };
}

/** Follows the story as far as it goes, and from there on what is left of it. */
class Alongside implements Strategy {
  readonly name = 'alongside';
  readonly steps: CorrectStep[] = [];
  impossible: Impossible | null = null;
  readonly #experiment: Experiment;
  readonly #story: readonly StoryStep[];
  readonly #replay: BestEffortReplay;

  constructor(experiment: Experiment, story: readonly StoryStep[], prefer: BestEffortReplay) {
    this.#experiment = experiment;
    this.#story = story;
    this.#replay = prefer;
  }

  start(): void {}

  pick(ready: ReadySteps): number {
    const chosen = this.#replay.pick(ready);
    const next = this.#story[this.steps.length];
    if (next !== undefined && this.impossible === null) this.#compare(ready, next);
    return chosen;
  }

  done(id: number, step: Step): void {
    this.#replay.done(id, step);
    const { machine } = this.#experiment;
    const coroutine = machine.coroutines.byId(id);
    this.steps.push({ who: machine.coroutineName(coroutine), what: machine.stepName(step), saw: observe(machine, coroutine, step) });
  }

  #compare(ready: ReadySteps, { id, who, what }: StoryStep): void {
    const { machine } = this.#experiment;
    const i = ready.ids.subarray(0, ready.count).indexOf(id);
    const { pending, hasEnded } = machine.coroutines.byId(id);
    if (i >= 0 && machine.stepName(pending) === what) return;
    this.impossible = {
      step: this.steps.length + 1,
      choice: `${who}: ${what}`,
      instead: hasEnded ? null : machine.stepName(pending),
      isWaiting: i < 0,
    };
  }
}
