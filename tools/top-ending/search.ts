/** Searches a case of the end of TOP: every scenario of its scope, the smallest first, with every schedule that its constraints leave. */
import { Machine } from '../../model/machine/machine.ts';
import type { Setting, Shape } from '../../model/machine/shape.ts';
import type { WakeOrder } from '../../model/kernel/wake/orders.ts';
import type { Scenario } from '../../model/scenario/scenario.ts';
import {
  ANY_COST,
  type MinimalSchedule,
  type MinimalScheduleResult,
  type ScheduleCost,
  minimalSchedule,
} from '../../src/search/minimal/minimal-schedule.ts';
import { searchExhaustively } from '../../src/search/exhaustive/exhaustive.ts';
import { type NamedStep, namedSchedule } from '../../src/search/experiment.ts';
import { MachinePool, type WatchedMachine } from '../../src/search/pool.ts';
import { orderInWords } from '../../src/scenarios/scope/scope.ts';
import { type ScenarioSize, scenarioCost } from '../../src/shrink/cost.ts';
import { scenariosOfSize } from '../../src/shrink/family.ts';
import { describeFeatures, featuresOf } from '../../src/shrink/features.ts';
import { normalForm } from '../../src/shrink/normal-form.ts';
import type { FailingTrace } from '../../src/trace/format.ts';
import { recordTrace } from '../../src/replay/record.ts';
import { CLUSTER_SECTORS, type EndingCase, REQUESTS_MAX, adapt } from './cases.ts';
import { CONSTRAINTS, ConstrainedProperties, RULED_OUT } from './constraints.ts';

export interface EndingResult {
  readonly scenarios: number;
  readonly states: number;
  /** The smallest failure; null: every schedule holds. */
  readonly smallest: Smallest | null;
}

export interface Smallest {
  readonly scenario: Scenario;
  readonly cheapest: MinimalSchedule;
  /** By name, so that it can be read. */
  readonly steps: readonly NamedStep[];
}

const BYTES_MAX = 2 ** 28;

export function settingOf({ without, effects }: EndingCase, wake: WakeOrder): Setting {
  return { effects, wake, without, requestsMin: 0 };
}

/** The scope, in words. */
export function scopeOf(ending: EndingCase, wake: WakeOrder): string {
  const { constraints, features, kinds, clusters, effects } = ending;
  const limits = constraints.map((name) => `; ${CONSTRAINTS[name].says}`).join('');
  return (
    [
      `TOP, up to ${clusters} cluster${clusters === 1 ? '' : 's'} of ${CLUSTER_SECTORS} sectors, any ` +
        `allocation, up to ${REQUESTS_MAX} ` +
        `requests${kinds === undefined ? ' of any kind' : ` (${kinds.join(', ')})`}, a cancel among them`,
      ...describeFeatures(features),
    ].join(', ') + `; I/O takes effect per ${effects}, ${orderInWords(wake)}${limits}`
  );
}

/** @param counts which scenarios are looked at, if not all */
export function searchEnding(ending: EndingCase, wake: WakeOrder, counts: (scenario: Scenario) => boolean = () => true): EndingResult {
  const machines = new Machines(ending, settingOf(ending, wake));
  let [scenarios, states] = [0, 0];
  let smallest: Smallest | null = null;
  for (const size of sizes(ending)) {
    let below: ScheduleCost = ANY_COST;
    for (const scenario of scenariosOfSize(
      { mode: 'top', clusterSectors: CLUSTER_SECTORS, features: ending.features },
      size,
      () => false,
    )) {
      if (!isOfCase(scenario, ending) || !counts(scenario)) continue;
      const result = machines.search(scenario, below);
      scenarios++;
      states += result.states;
      if (result.cheapest === null) continue;
      below = result.cheapest;
      smallest = { scenario, cheapest: result.cheapest, steps: namedStepsOf(ending, wake, scenario, result.cheapest) };
    }
    if (smallest !== null) break;
  }
  return { scenarios, states, smallest };
}

function isOfCase(scenario: Scenario, { features, kinds }: EndingCase): boolean {
  const mine = featuresOf(scenario);
  return (
    features.every((feature) => mine.includes(feature)) && (kinds === undefined || scenario.guest.every(({ kind }) => kinds.includes(kind)))
  );
}

/** A failure as a trace. @throws if it is not one of the job that traces know, which marks nothing that it skips */
export function traceOf(ending: EndingCase, wake: WakeOrder, { scenario, steps }: Smallest): FailingTrace {
  const setting = settingOf(ending, wake);
  const run = { scenario, setting, steps };
  const { requests } = scenarioCost(scenario);
  return recordTrace(ending.constraints.length === 0 ? normalForm(run) : run, {
    minimal: `proven (${scopeOf(ending, wake)}; none with fewer than ${requests} requests)`,
  });
}

function* sizes({ clusters }: EndingCase): Generator<ScenarioSize> {
  for (let requests = 0; requests <= REQUESTS_MAX; requests++) for (let n = 0; n <= clusters; n++) yield { requests, clusters: n };
}

function namedStepsOf(ending: EndingCase, wake: WakeOrder, scenario: Scenario, { schedule }: MinimalSchedule): NamedStep[] {
  return namedSchedule(scenario, settingOf(ending, wake), schedule); // steps bear the same names, whatever is marked
}

class Machines {
  readonly #ending: EndingCase;
  readonly #setting: Setting;
  readonly #machines = new MachinePool((shape) => this.#constrained(shape));

  constructor(ending: EndingCase, setting: Setting) {
    this.#ending = ending;
    this.#setting = setting;
  }

  search(scenario: Scenario, below: ScheduleCost): MinimalScheduleResult {
    const { machine, properties } = this.#machines.for(scenario, this.#setting);
    if (this.#ending.constraints.length === 0 && below === ANY_COST) {
      // the faster one to see that nothing breaks
      const { broken, states, complete } = searchExhaustively(machine, properties, { bytesMax: BYTES_MAX, shouldStop: () => false });
      if (broken === null && complete) return { cheapest: null, complete, states };
    }
    const result = minimalSchedule(
      machine,
      properties,
      { below, bytesMax: BYTES_MAX, shouldStop: () => false },
      ({ property }) => property !== RULED_OUT,
    );
    if (!result.complete) throw new Error('a small scenario did not fit into memory');
    return result;
  }

  #constrained(shape: Shape): WatchedMachine {
    const machine = new Machine(shape);
    adapt(machine, this.#ending);
    return { machine, properties: new ConstrainedProperties(machine, this.#ending.constraints) };
  }
}
