/**
 * Goes on where shrinking ends: searches every scenario with the features of the counterexample at hand
 * that costs less, the cheapest first, each in every order. Of the smallest size that fails, the fewest
 * features that do are taken, in a fixed order, and of these scenarios the cheapest schedule. So it is
 * always the same, whatever was found at first. Failures of the same cause are the same bug, whichever
 * property they break; where no rule is the cause, of the same property.
 */
import type { Setting } from '../../model/machine/shape.ts';
import { whatJobLacks } from '../../model/machine/job-options.ts';
import type { Scenario } from '../../model/scenario/scenario.ts';
import { syncOf } from '../../model/sync.ts';
import type { Violation } from '../../properties/property.ts';
import { ANY_COST, type MinimalSchedule, type ScheduleCost, minimalSchedule } from '../search/minimal/minimal-schedule.ts';
import { searchExhaustively } from '../search/exhaustive/exhaustive.ts';
import { namedSchedule } from '../search/experiment.ts';
import { MachinePool, type WatchedMachine, watchedMachine } from '../search/pool.ts';
import { orderInWords } from '../scenarios/scope/scope.ts';
import { type FailingRun, causeOf } from '../search/diagnose/cause.ts';
import { type Cost, type ScenarioSize, scenarioCost } from './cost.ts';
import { type Family, scenariosOfSize } from './family.ts';
import { type Feature, describeFeatures, featureSets, featuresOf, goTogether, hasWaits } from './features.ts';
import type { Shrunk } from './shrink.ts';

export interface Proof extends Shrunk {
  /** Whether it is the smallest of its scope; if not, the search did not come to its end. */
  readonly isSmallest: boolean;
  /** What was varied. */
  readonly scope: string;
  /** Nothing in the scope that costs less than so much fails; so far it was proven. */
  readonly below: ScenarioSize;
}

/** Fewer requests are tried on disks of at least so many clusters, even if the counterexample needs less. */
const CLUSTERS_AT_LEAST = 2;
/** A real guest's disk has more scenarios than anybody can wait for. */
const SECTORS_MAX = 16;
const BYTES_MAX = 2 ** 28;

/**
 * @param shouldStop asked often; then it is as small as it has become
 * @param counts which scenarios are looked at; that of the counterexample is one
 */
export function prove(shrunk: Shrunk, shouldStop: () => boolean, counts: (scenario: Scenario) => boolean = () => true): Proof {
  return new Proving(shrunk, shouldStop, counts).run();
}

/** What can't be proven in any time that somebody would wait. */
export const canBeProven = ({ run: { scenario }, cost }: Shrunk): boolean =>
  scenario.disk.sectors <= SECTORS_MAX && scenario.disk.clusterSectors <= SECTORS_MAX / 2 && cost.requests <= 6;

type Smallest = Omit<Shrunk, 'tries'>;

class Proving {
  readonly #given: Shrunk;
  readonly #setting: Setting;
  readonly #family: Omit<Family, 'features'>;
  readonly #clusters: number;
  readonly #cause: string;
  readonly #shouldStop: () => boolean;
  readonly #counts: (scenario: Scenario) => boolean;
  readonly #machines = new MachinePool(watchedMachine);
  #tries: number;
  #hasStopped = false;

  constructor(shrunk: Shrunk, shouldStop: () => boolean, counts: (scenario: Scenario) => boolean) {
    this.#counts = counts;
    const { scenario, setting } = shrunk.run;
    this.#given = shrunk;
    this.#setting = { ...setting, requestsMin: 0 };
    this.#family = { mode: scenario.mode, clusterSectors: scenario.disk.clusterSectors };
    this.#clusters = Math.max(CLUSTERS_AT_LEAST, shrunk.cost.clusters);
    this.#cause = causeOf(shrunk.run).join();
    this.#tries = shrunk.tries;
    this.#shouldStop = shouldStop;
  }

  run(): Proof {
    const searched: ScenarioSize[] = [];
    for (const size of this.#sizes()) {
      const smallest = this.#smallestOf(size, searched);
      if (this.#hasStopped)
        return { ...(smallest ?? this.#given), tries: this.#tries, isSmallest: false, scope: this.#scopeOf(this.#given), below: size };
      if (smallest !== null)
        return { ...smallest, tries: this.#tries, isSmallest: true, scope: this.#scopeOf(smallest), below: smallest.cost };
      searched.push(size);
    }
    return { ...this.#given, tries: this.#tries, isSmallest: false, scope: this.#scopeOf(this.#given), below: this.#given.cost };
  }

  /** Up to that of the counterexample at hand. */
  *#sizes(): Generator<ScenarioSize> {
    const { cost } = this.#given;
    for (let requests = 0; requests < cost.requests; requests++)
      for (let clusters = 0; clusters <= this.#clusters; clusters++) yield { requests, clusters };
    for (let clusters = 0; clusters <= cost.clusters; clusters++) yield { requests: cost.requests, clusters };
  }

  /**
   * The cheapest failure of a size with the fewest features, or of a smaller one with a feature more that goes with these
   * (with errors, policies); null: there is none.
   * @param smaller sizes in which nothing fails that has features of the counterexample at hand
   */
  #smallestOf(size: ScenarioSize, smaller: readonly ScenarioSize[]): Smallest | null {
    const atHand = featuresOf(this.#given.run.scenario);
    let smallest: Smallest | null = null;
    let sizes = [...smaller, size];
    for (const features of featureSets(atHand)) {
      const isNew = features.some((feature) => !atHand.includes(feature));
      if (smallest !== null && !goTogether(features, featuresOf(smallest.run.scenario))) continue;
      for (const one of isNew ? sizes : sizes.filter((some) => some === size)) {
        const found = this.#search(one, features);
        if (found === null) continue;
        smallest = found;
        sizes = sizes.slice(0, sizes.indexOf(one)); // from here on only what is smaller counts
        break;
      }
      if (features.length === 0 && smallest === null && !this.#fails(size, atHand)) return null;
    }
    return smallest;
  }

  /** Whether anything fails at all. */
  #fails(size: ScenarioSize, features: readonly Feature[]): boolean {
    if (this.#isTheirs(size)) return true;
    for (const scenario of this.#scenarios(size, features)) {
      if (this.#cheapestOf(scenario, ANY_COST) !== null) return true;
      if (this.#hasStopped) return false;
    }
    return false;
  }

  #search(size: ScenarioSize, features: readonly Feature[]): Smallest | null {
    let smallest: Smallest | null = null;
    const below = this.#known(size, features);
    for (const scenario of this.#scenarios(size, features)) {
      const cheapest = this.#cheapestOf(scenario, smallest?.cost ?? below);
      if (this.#hasStopped) break;
      if (cheapest === null) continue;
      const cost: Cost = { ...scenarioCost(scenario), preemptions: cheapest.preemptions, steps: cheapest.steps };
      smallest = { run: this.#runOf(scenario, cheapest.schedule), property: cheapest.violation.property, cost };
    }
    return smallest;
  }

  /** A schedule costs less than this, if the counterexample at hand is among those that are searched. */
  #known(size: ScenarioSize, features: readonly Feature[]): ScheduleCost {
    const { run, cost } = this.#given;
    const isAmong =
      this.#isTheirs(size) && !hasWaits(run.scenario) && featuresOf(run.scenario).every((feature) => features.includes(feature));
    return isAmong ? { preemptions: cost.preemptions, steps: cost.steps + 1 } : ANY_COST;
  }

  #isTheirs({ requests, clusters }: ScenarioSize): boolean {
    const { cost } = this.#given;
    return requests === cost.requests && clusters === cost.clusters;
  }

  *#scenarios(size: ScenarioSize, features: readonly Feature[]): Generator<Scenario> {
    const shouldStop = (waiting: number): boolean => (this.#hasStopped ||= waiting >= WAITING_MAX || this.#shouldStop());
    const { job = 'correct' } = this.#setting;
    for (const scenario of scenariosOfSize({ ...this.#family, features }, size, shouldStop))
      if (this.#counts(scenario) && whatJobLacks(job, scenario) === null) yield scenario;
  }

  #cheapestOf(scenario: Scenario, below: ScheduleCost): MinimalSchedule | null {
    this.#tries++;
    const watched = this.#machines.for(scenario, this.#setting);
    if (below === ANY_COST && this.#holds(watched)) return null;
    const isSameBug = (violation: Violation, schedule: readonly number[]): boolean =>
      (this.#cause !== '' || violation.property === this.#given.property) &&
      causeOf(this.#runOf(scenario, schedule)).join() === this.#cause;
    const { cheapest, complete } = minimalSchedule(
      watched.machine,
      watched.properties,
      { below, bytesMax: BYTES_MAX, shouldStop: this.#shouldStop },
      isSameBug,
    );
    this.#hasStopped ||= !complete;
    return cheapest;
  }

  /** Most scenarios do, and this search is the faster one to see that. */
  #holds({ machine, properties }: WatchedMachine): boolean {
    const { broken, complete } = searchExhaustively(machine, properties, { bytesMax: BYTES_MAX, shouldStop: this.#shouldStop });
    return broken === null && complete;
  }

  #runOf(scenario: Scenario, schedule: readonly number[]): FailingRun {
    return { scenario, setting: this.#setting, steps: namedSchedule(scenario, this.#setting, schedule) };
  }

  /** What one needs is what its proof is about: whatever else was searched, too, depends on what was found first. */
  #scopeOf({ run: { scenario }, cost }: Smallest): string {
    const { mode, clusterSectors } = this.#family;
    const { effects, wake } = this.#setting;
    const clusters = Math.max(CLUSTERS_AT_LEAST, cost.clusters);
    const source = syncOf(mode).selects === 'allocated' ? 'any allocation' : 'raw source';
    const has = featuresOf(scenario);
    const varied = [
      mode.toUpperCase(),
      `up to ${clusters} clusters of ${clusterSectors} sectors`,
      ...(has.includes('overlay') ? [] : [source]),
      'any guest requests',
      'with or without a cancel',
      ...describeFeatures(has),
    ];
    return `${varied.join(', ')}; I/O takes effect per ${effects}, ${orderInWords(wake)}`;
  }
}

/** Scenarios that are held in memory. */
const WAITING_MAX = 300_000;
