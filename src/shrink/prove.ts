/**
 * Goes on where shrinking ends: searches every scenario that costs less than the counterexample at hand,
 * the cheapest first, each in every order. What fails first is the smallest there is, and always the
 * same, whatever was found at first. Failures of the same cause are the same bug, whichever property
 * they break; where no rule is the cause, of the same property.
 */
import { Machine, type Setting, shapeOf } from '../../model/machine.ts';
import type { Scenario } from '../../model/scenario.ts';
import { Properties } from '../../properties/all.ts';
import type { Violation } from '../../properties/property.ts';
import { ANY_COST, type Cheapest, type ScheduleCost, cheapestSchedule } from '../explore/cheapest.ts';
import { namedSchedule } from '../explore/experiment.ts';
import { type FailingRun, causeOf } from '../trace/record.ts';
import { type Cost, type ScenarioSize, scenarioCost } from './cost.ts';
import { type Family, scenariosOfSize } from './family.ts';
import { describeFeatures, featuresOf } from './features.ts';
import type { Shrunk } from './shrink.ts';

export interface Proof extends Shrunk {
  /** Of what it is the smallest; null if the search did not come to its end. */
  readonly scope: string | null;
  /** Nothing that costs less than so much fails; so far it was proven. */
  readonly below: ScenarioSize;
}

/** Fewer requests are tried on disks of at least so many clusters, even if the counterexample needs less. */
const CLUSTERS_AT_LEAST = 2;
/** A real guest's disk has more scenarios than anybody can wait for. */
const SECTORS_MAX = 16;
const BYTES_MAX = 2 ** 28;

/** @param shouldStop asked often; then it is as small as it has become */
export function prove(shrunk: Shrunk, shouldStop: () => boolean): Proof {
  return new Proving(shrunk, shouldStop).run();
}

/** What can't be proven in any time that somebody would wait. */
export const canBeProven = ({ run: { scenario }, cost }: Shrunk): boolean => scenario.disk.sectors <= SECTORS_MAX && scenario.disk.clusterSectors <= SECTORS_MAX / 2 && cost.requests <= 6;

class Proving {
  readonly #given: Shrunk;
  readonly #setting: Setting;
  readonly #family: Family;
  readonly #clusters: number;
  readonly #cause: string;
  readonly #shouldStop: () => boolean;
  readonly #machines = new Map<string, { machine: Machine; properties: Properties }>();
  #tries: number;
  #hasStopped = false;

  constructor(shrunk: Shrunk, shouldStop: () => boolean) {
    const { scenario, setting } = shrunk.run;
    this.#given = shrunk;
    this.#setting = { ...setting, requestsMin: 0 };
    this.#family = { mode: scenario.mode, clusterSectors: scenario.disk.clusterSectors, features: featuresOf(scenario) };
    this.#clusters = Math.max(CLUSTERS_AT_LEAST, shrunk.cost.clusters);
    this.#cause = causeOf(shrunk.run).join();
    this.#tries = shrunk.tries;
    this.#shouldStop = shouldStop;
  }

  run(): Proof {
    const { cost } = this.#given;
    for (let requests = 0; requests <= cost.requests; requests++) {
      const isTheirs = requests === cost.requests;
      for (let clusters = 0; clusters <= (isTheirs ? cost.clusters : this.#clusters); clusters++) {
        const size = { requests, clusters };
        const smallest = this.#smallestOf(size, isTheirs && clusters === cost.clusters ? { preemptions: cost.preemptions, steps: cost.steps + 1 } : ANY_COST);
        if (this.#hasStopped) return { ...(smallest ?? this.#given), tries: this.#tries, scope: null, below: size };
        if (smallest !== null) return { ...smallest, tries: this.#tries, scope: this.#scopeOf(smallest.run.scenario), below: size };
      }
    }
    return { ...this.#given, tries: this.#tries, scope: null, below: cost };
  }

  /** The cheapest failure in scenarios of a size; null: there is none. */
  #smallestOf(size: ScenarioSize, below: ScheduleCost): Omit<Shrunk, 'tries'> | null {
    let smallest: Omit<Shrunk, 'tries'> | null = null;
    const scenarios = scenariosOfSize(this.#family, size, this.#shouldStop);
    for (const scenario of scenarios) {
      if (this.#hasStopped) break;
      const cheapest = this.#cheapestOf(scenario, smallest?.cost ?? below);
      if (cheapest === null) continue;
      const cost: Cost = { ...scenarioCost(scenario), preemptions: cheapest.preemptions, steps: cheapest.steps };
      smallest = { run: this.#runOf(scenario, cheapest.schedule), property: cheapest.violation.property, cost };
    }
    this.#hasStopped ||= this.#shouldStop();
    return smallest;
  }

  #cheapestOf(scenario: Scenario, below: ScheduleCost): Cheapest | null {
    this.#tries++;
    const { machine, properties } = this.#machineFor(scenario);
    machine.load(scenario);
    const isSameBug = (violation: Violation, schedule: readonly number[]): boolean => (this.#cause !== '' || violation.property === this.#given.property) && causeOf(this.#runOf(scenario, schedule)).join() === this.#cause;
    const { cheapest, complete } = cheapestSchedule(machine, properties, { below, bytesMax: BYTES_MAX, shouldStop: this.#shouldStop }, isSameBug);
    this.#hasStopped ||= !complete;
    return cheapest;
  }

  #runOf(scenario: Scenario, schedule: readonly number[]): FailingRun {
    return { scenario, setting: this.#setting, steps: namedSchedule(scenario, this.#setting, schedule) };
  }

  #machineFor(scenario: Scenario): { machine: Machine; properties: Properties } {
    const shape = shapeOf(scenario, this.#setting);
    const key = JSON.stringify(shape);
    const known = this.#machines.get(key);
    if (known !== undefined) return known;
    if (this.#machines.size >= MACHINES_MAX) this.#machines.clear();
    const machine = new Machine(shape);
    const made = { machine, properties: new Properties(machine) };
    this.#machines.set(key, made);
    return made;
  }

  /** What the smallest one needs is what its proof is about: whatever else was searched, too, depends on what was found first. */
  #scopeOf(scenario: Scenario): string {
    const { mode, clusterSectors } = this.#family;
    const has = describeFeatures(featuresOf(scenario), clusterSectors);
    return [`${mode.toUpperCase()} on up to ${this.#clusters} clusters of ${clusterSectors}`, 'any guest requests', 'cancel', ...has].join(', ');
  }
}

const MACHINES_MAX = 64;
