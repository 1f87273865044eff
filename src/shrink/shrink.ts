/**
 * Makes a failing run smaller, keeping the property that it breaks, and why: cost.ts says what is smaller. After
 * each change the schedule is repaired by following what is left of it (exploration 4.11). Passes that know the domain come
 * first; what they leave, fast-check's shrinker of scenarios may still find. Best effort: greedy, bounded.
 */
import type { RuleName } from '../../model/machine/job-names.ts';
import { notReproduced } from '../../model/machine/contract-broken.ts';
import type { Scenario } from '../../model/scenario/scenario.ts';
import { whatJobLacks } from '../../model/machine/job-options.ts';
import { whatIsWrong } from '../../model/scenario/scenario.ts';
import { Experiment, type NamedStep, BestEffortReplay } from '../search/experiment.ts';
import { type FailingRun, causeOf, isCausedBy } from '../search/diagnose/cause.ts';
import { clustersCutOut, plainerScenarios, requestsDropped, shrunkByFastCheck, stretchesCut, stretchesJoined } from './candidates.ts';
import { type Cost, isLess, scenarioCost } from './cost.ts';
import { reseededSearch } from './reseeded-search.ts';
import { Thrown } from './thrown.ts';

export interface Shrunk {
  readonly run: FailingRun;
  readonly property: string;
  readonly cost: Cost;
  /** Runs it took. */
  readonly tries: number;
  /** What the job threw in one of them, in one line: another mistake, and none of the failure's. */
  readonly thrown?: string;
}

/** Steps that all tries together may run: about a second for small scenarios, and an end for large ones. */
const STEPS_MAX = 3_000_000;
const TRIES_MAX = 6_000;

type Pass = (scenario: Scenario, steps: readonly NamedStep[]) => Iterable<{ scenario: Scenario; steps: readonly NamedStep[] }>;

const changing = (candidates: (scenario: Scenario) => Iterable<Scenario>): Pass =>
  function* (scenario, steps) {
    for (const changed of candidates(scenario)) yield { scenario: changed, steps };
  };

const ordering = (candidates: (steps: readonly NamedStep[]) => Iterable<NamedStep[]>): Pass =>
  function* (scenario, steps) {
    for (const changed of candidates(steps)) yield { scenario, steps: changed };
  };

const PASSES: readonly Pass[] = [
  changing(requestsDropped),
  clustersCutOut,
  changing(plainerScenarios),
  ordering(stretchesCut),
  ordering(stretchesJoined),
  changing(shrunkByFastCheck),
];

/**
 * @param shouldStop asked before each try; the best so far is the answer then
 * @throws if the run does not fail, which would be our own mistake
 */
export function shrink(run: FailingRun, shouldStop: () => boolean = () => false): Shrunk {
  const shrinking = new Shrinking(run, shouldStop);
  shrinking.converge();
  const thrown = new Thrown();
  const cousin = shouldStop() ? null : thrown.within(() => smallestCousin(shrinking.best, shouldStop));
  const smallest = cousin !== null && isLess(cousin.cost, shrinking.best.cost) ? cousin : shrinking.best;
  const threw = shrinking.thrown ?? thrown.first;
  return { ...smallest, tries: shrinking.tries + (cousin?.tries ?? 0), ...(threw !== null && { thrown: threw }) };
}

/** The smallest failure of the same property and cause that a new search comes across; null: there is none. */
function smallestCousin({ run, property }: Failing, shouldStop: () => boolean): Shrunk | null {
  const cause = causeOf(run);
  // what else is off would be met first
  const lookedFor = { ...run, setting: { ...run.setting, without: cause.length > 0 ? cause : run.setting.without } };
  const cousins = [...reseededSearch(lookedFor, shouldStop)].flatMap(({ scenario, steps }) => {
    const cousin = { ...run, scenario, steps };
    if (shouldStop() || !isCausedBy(cousin, cause)) return [];
    const shrinking = new Shrinking(cousin, shouldStop);
    if (shrinking.best.property !== property) return [];
    shrinking.converge();
    return causeOf(shrinking.best.run).join() === cause.join() ? [{ ...shrinking.best, tries: shrinking.tries }] : [];
  });
  return cousins.reduce<Shrunk | null>((best, cousin) => (best === null || isLess(cousin.cost, best.cost) ? cousin : best), null);
}

interface Failing {
  readonly run: FailingRun;
  readonly property: string;
  readonly cost: Cost;
}

class Shrinking {
  best: Failing;
  tries = 0;
  readonly #thrown = new Thrown();
  #steps = 0;
  readonly #cause: readonly RuleName[];
  readonly #shouldStop: () => boolean;

  /** Confirms the failure twice before it touches anything. */
  constructor(run: FailingRun, shouldStop: () => boolean) {
    this.#shouldStop = shouldStop;
    const [first, second] = [this.#run(run.scenario, run.steps, run, 'step'), this.#run(run.scenario, run.steps, run, 'step')];
    if (first === null || first.property !== second?.property || first.cost.steps !== second.cost.steps)
      throw notReproduced(run.setting.customJob ?? 'correct');
    this.best = first;
    this.#cause = causeOf(run);
  }

  get thrown(): string | null {
    return this.#thrown.first;
  }

  get isSpent(): boolean {
    return this.tries >= TRIES_MAX || this.#steps >= STEPS_MAX || this.#shouldStop();
  }

  /** All passes, until none finds anything. */
  converge(): void {
    let before: Cost;
    do {
      before = this.best.cost;
      for (const pass of PASSES) this.pass(pass);
    } while (isLess(this.best.cost, before) && !this.isSpent);
  }

  /** Takes the first candidate that still fails and costs less as the new best, and so on from there. */
  pass(candidates: Pass): void {
    while (!this.isSpent && this.#improve(candidates));
  }

  #improve(candidates: Pass): boolean {
    const { scenario, steps } = this.best.run;
    for (const candidate of candidates(scenario, steps)) {
      if (this.isSpent) return false;
      if (this.#makesSense(candidate.scenario) && this.#try(candidate.scenario, candidate.steps)) return true;
    }
    return false;
  }

  #makesSense(scenario: Scenario): boolean {
    const { job = 'correct' } = this.best.run.setting;
    return whatIsWrong(scenario) === null && whatJobLacks(job, scenario) === null;
  }

  #try(scenario: Scenario, steps: readonly NamedStep[]): boolean {
    for (const match of ['step', 'coroutine'] as const) {
      const failing = this.#thrown.within(() => this.#run(scenario, steps, this.best.run, match));
      if (
        failing === null ||
        failing.property !== this.best.property ||
        !isLess(failing.cost, this.best.cost) ||
        !isCausedBy(failing.run, this.#cause)
      )
        continue;
      this.best = failing;
      return true;
    }
    return false;
  }

  #run(scenario: Scenario, steps: readonly NamedStep[], { setting }: FailingRun, match: 'step' | 'coroutine'): Failing | null {
    this.tries++;
    const experiment = new Experiment(scenario, setting);
    const prefer = new BestEffortReplay(experiment.machine, steps, match);
    const result = experiment.run(prefer);
    this.#steps += result.steps;
    if (result.violation === null) return null;
    return {
      run: { scenario, setting, steps: prefer.ran },
      property: result.violation.property,
      cost: { ...scenarioCost(scenario), preemptions: prefer.preemptions, steps: result.steps },
    };
  }
}
