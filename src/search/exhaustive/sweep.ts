/**
 * A sweep: exhaustive search of every scenario of some scopes. Its work is cut into units, so that
 * workers can share it and the outcome does not depend on who does what when.
 */
import { changesTheDisk } from '../../../model/block/guest.ts';
import type { Setting } from '../../../model/machine/shape.ts';
import type { SyncMode } from '../../../model/sync.ts';
import type { Scenario } from '../../../model/scenario/scenario.ts';
import { bucketOf } from '../diagnose/bucket.ts';
import { causeOf } from '../diagnose/cause.ts';
import type { Found, Sighting } from '../campaign/campaign.ts';
import { type ExhaustiveResult, searchExhaustively } from './exhaustive.ts';
import { namedSchedule } from '../experiment.ts';
import { MachinePool, watchedMachine } from '../pool.ts';
import { LazyList, joined } from '../../scenarios/scope/lazy-list.ts';
import { type CanonicalScenario, type Scope, countScenarios, scenariosOf } from '../../scenarios/scope/scope.ts';

export interface Sweep {
  readonly scopes: readonly Scope[];
  readonly setting: Setting;
  /** Whether it goes on after a failure. */
  readonly keepGoing: boolean;
}

/** What one mode's part of some work came to. */
export interface SweepCounts {
  states: number;
  transitions: number;
  /** Canonical scenarios that were searched, and how many they stand for. */
  canonicalScenarios: number;
  scenarios: number;
}

export interface SweepResult {
  readonly byMode: ReadonlyMap<SyncMode, SweepCounts>;
  /** No more than this is the probability that some state was taken for another. */
  readonly collisionBound: number;
  /** Of failures with the same cause, the first. */
  readonly found: readonly Caught[];
  /** What kept it from its end, if anything did: somebody said stop, the states of a scenario did not fit, or a failure that is enough. */
  readonly cut: 'stopped' | 'memory' | 'failure' | null;
}

export interface Caught extends Found {
  /** The same for failures that tell no more than one of them. */
  readonly bucket: string;
}

/** How many scenarios a unit has: enough to be worth the way to a worker, few enough to hear of it soon. */
const SCENARIOS_A_UNIT = 24;

/**
 * A custom job is run so often before its table is trusted, in scenarios from all over the sweep that call
 * its hook: the search itself hardly runs its code, and a variable outside of the functions may begin to matter late.
 */
const RUNS_FIRST = 12_000;
const SCENARIOS_FIRST = 24;

/** What V8 says of a typed array that the computer has no memory for. */
const NO_ROOM = 'Array buffer allocation failed';

export const noCounts = (): SweepCounts => ({ states: 0, transitions: 0, canonicalScenarios: 0, scenarios: 0 });

export const countUnits = ({ scopes }: Sweep): number =>
  Math.ceil(scopes.reduce((sum, scope) => sum + countScenarios(scope), 0) / SCENARIOS_A_UNIT);

export class Sweeper {
  readonly units: number;
  readonly #sweep: Sweep;
  readonly #scenarios: LazyList<CanonicalScenario>;
  #hasRunOften = false;
  readonly #machines = new MachinePool(watchedMachine);

  constructor(sweep: Sweep) {
    this.#sweep = sweep;
    this.#scenarios = joined(sweep.scopes.map(scenariosOf));
    this.units = countUnits(sweep);
  }

  /**
   * Searches the scenarios of a unit: every so manieth of all, the first by the unit's number. So every
   * unit is a sample of the whole, each takes about as long as any other, and what is done tells
   * what is left to do, although scenarios at the end of a scope are far larger than those at its beginning.
   * @param shouldStop asked now and then
   * @param bytesMax for the states of a scenario
   * @param onSighting told of each failure at once: it must not be lost while its cause is searched for
   */
  run(unit: number, bytesMax: number, shouldStop: () => boolean, onSighting: (sighting: Sighting) => void = () => {}): SweepResult {
    const byMode = new Map<SyncMode, SweepCounts>();
    const found = new Map<string, Caught>();
    let [collisionBound, cut]: [number, SweepResult['cut']] = [0, null];
    this.#runOften(shouldStop);
    for (let i = unit; i < this.#scenarios.length && cut === null; i += this.units) {
      if (shouldStop()) return { byMode, collisionBound, found: [...found.values()], cut: 'stopped' };
      const { scenario, standsFor } = this.#scenarios.at(i);
      const result = this.#search(scenario, bytesMax, shouldStop);
      const counts = byMode.get(scenario.mode) ?? noCounts();
      byMode.set(scenario.mode, counts);
      counts.states += result.states;
      counts.transitions += result.transitions;
      collisionBound += collisionsOf(result.states);
      if (!result.complete) cut = shouldStop() ? 'stopped' : 'memory';
      else {
        counts.canonicalScenarios++;
        counts.scenarios += standsFor;
      }
      if (result.broken === null) continue;
      const sighting = { scenario, ...result.broken, without: this.#sweep.setting.without, run: i, unit };
      onSighting(sighting);
      const caught = this.#caught(sighting);
      if (!found.has(caught.bucket)) found.set(caught.bucket, caught);
      if (!this.#sweep.keepGoing) cut = 'failure';
    }
    return { byMode, collisionBound, found: [...found.values()], cut };
  }

  #runOften(shouldStop: () => boolean): void {
    if (this.#hasRunOften || this.#sweep.setting.customJob === undefined) return;
    this.#hasRunOften = true;
    const scenarios = Array.from(
      { length: SCENARIOS_FIRST },
      (_, i) => this.#scenarios.at(Math.floor((i * this.#scenarios.length) / SCENARIOS_FIRST)).scenario,
    );
    const calling = scenarios.filter(({ guest }) => guest.some(({ kind }) => changesTheDisk(kind)));
    const wanted = calling.length > 0 ? calling : scenarios;
    for (const scenario of wanted) {
      if (shouldStop()) return;
      this.#machines.for(scenario, this.#sweep.setting).machine.runOften(Math.ceil(RUNS_FIRST / wanted.length));
    }
  }

  #caught(found: Sighting): Caught {
    const { setting } = this.#sweep;
    const steps = namedSchedule(found.scenario, setting, found.schedule);
    const cause = causeOf({ scenario: found.scenario, setting: { ...setting, requestsMin: 0 }, steps });
    return { ...found, cause, bucket: bucketOf(found.scenario.mode, found.violation.property, cause) };
  }

  #search(scenario: Scenario, bytesMax: number, shouldStop: () => boolean): ExhaustiveResult {
    const { machine, properties } = this.#machines.for(scenario, this.#sweep.setting);
    try {
      return searchExhaustively(machine, properties, { bytesMax, shouldStop });
    } catch (error) {
      if (!(error instanceof RangeError && error.message === NO_ROOM)) throw error;
      return { states: 0, transitions: 0, depth: 0, broken: null, complete: false };
    }
  }
}

/** Two of n states share their 64-bit fingerprint with a probability of at most n² / 2^65. */
const collisionsOf = (states: number): number => states ** 2 / 2 ** 65;
