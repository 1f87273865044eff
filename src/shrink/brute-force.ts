/**
 * A second opinion on "minimal: proven": every scenario of the proof's scope that costs less than the trace's,
 * searched depth first in every schedule. It shares nothing with the proof (minimality.ts, family.ts) but what a
 * scenario is and what it costs. Its scenarios come from plain loops over what each field may be, in no clever
 * order; its states are compared cell by cell, without fingerprints or reductions. Unlike the proof it also has
 * requests and cancels that come after other requests, which the proof argues it can leave out (features.ts).
 */
import { NOBODY } from '../../model/kernel/slot.ts';
import type { Machine } from '../../model/machine/machine.ts';
import type { Setting } from '../../model/machine/shape.ts';
import { whatJobLacks } from '../../model/machine/job-options.ts';
import { type Scenario, whatIsWrong } from '../../model/scenario/scenario.ts';
import type { Properties } from '../../properties/all.ts';
import type { Violation } from '../../properties/property.ts';
import type { FailingTrace } from '../trace/format.ts';
import { settingOf } from '../replay/replay.ts';
import { MachinePool, watchedMachine } from '../search/pool.ts';
import { scenariosIn, scopeOf } from './brute-scenarios.ts';
import { type Cost, costOf, scenarioCost } from './cost.ts';

export interface BruteForce {
  readonly scenarios: number;
  readonly states: number;
  /** A failure that costs less than the trace; null: there is none among those that were searched. */
  readonly smaller: { readonly scenario: Scenario; readonly violation: Violation } | null;
  /** Whether all were searched. */
  readonly complete: boolean;
}

/**
 * Searches for a failure that is smaller than the trace's, in the scope in which a proof says that there is none.
 * @param shouldStop asked before each scenario
 * @throws if more or fewer than one rule is off: then a failure need not be the same one
 */
export function smallerByBruteForce(trace: FailingTrace, shouldStop: () => boolean): BruteForce {
  if (trace.without.length !== 1) throw new Error('only where one rule is off any failure has the same cause');
  const setting: Setting = { ...settingOf(trace), requestsMin: 0 };
  const cost = costOf(trace);
  const searcher = new Searcher(setting);
  let scenarios = 0;
  const result = (smaller: BruteForce['smaller'], complete: boolean): BruteForce => ({
    scenarios,
    states: searcher.states,
    smaller,
    complete,
  });
  for (const scenario of scenariosIn(scopeOf(trace.scenario, cost))) {
    const budget = budgetFor(scenario, cost);
    if (budget === null || whatIsWrong(scenario) !== null || whatJobLacks(trace.job, scenario) !== null) continue;
    if (shouldStop()) return result(null, false);
    scenarios++;
    const violation = searcher.search(scenario, budget);
    if (violation !== null) return result({ scenario, violation }, false);
  }
  return result(null, true);
}

/** How many preemptions a schedule may have; and with so many, how many steps. */
interface Budget {
  readonly preemptions: number;
  readonly steps: number;
}

const ANY: Budget = { preemptions: Infinity, steps: Infinity };

/** What a schedule of the scenario may cost and still be less than the trace; null: nothing is. */
function budgetFor(scenario: Scenario, cost: Cost): Budget | null {
  const mine = scenarioCost(scenario);
  for (const key of ['requests', 'clusters', 'features'] as const) {
    if (mine[key] < cost[key]) return ANY;
    if (mine[key] > cost[key]) return null;
  }
  const isPlainer = mine.sectors < cost.sectors || (mine.sectors === cost.sectors && mine.frills < cost.frills);
  return { preemptions: cost.preemptions, steps: isPlainer ? cost.steps : cost.steps - 1 };
}

/** Searches scenarios of one setting. */
class Searcher {
  states = 0;
  readonly #setting: Setting;
  readonly #machines = new MachinePool(watchedMachine);

  constructor(setting: Setting) {
    this.#setting = setting;
  }

  /** @returns what breaks first; null: no schedule within the budget breaks anything */
  search(scenario: Scenario, budget: Budget): Violation | null {
    const { machine, properties } = this.#machines.for(scenario, this.#setting);
    machine.useTable(true);
    machine.begin();
    properties.begin();
    const search = new DepthFirst(machine, properties, budget);
    const violation = search.from(NOBODY, 0, 0);
    this.states += search.states;
    return violation;
  }
}

class DepthFirst {
  states = 0;
  readonly #machine: Machine;
  readonly #properties: Properties;
  readonly #budget: Budget;
  /** By state, and who may go on without a preemption there: at what costs it was reached. */
  readonly #seen = new Map<string, Budget[]>();

  constructor(machine: Machine, properties: Properties, budget: Budget) {
    this.#machine = machine;
    this.#properties = properties;
    this.#budget = budget;
  }

  /** All schedules from the state at hand. @param last who ran last */
  from(last: number, preemptions: number, steps: number): Violation | null {
    const { world, coroutines } = this.#machine;
    const into = new Int32Array(coroutines.all.length + 1);
    const ready = [...into.subarray(0, this.#machine.ready(into))];
    if (ready.length === 0) return this.#properties.end();
    if (!this.#isNew(ready.includes(last) ? last : NOBODY, { preemptions, steps })) return null;
    const cells = world.cells.slice();
    for (const id of ready) {
      const cost = { preemptions: preemptions + (id !== last && ready.includes(last) ? 1 : 0), steps: steps + 1 };
      if (!isAtMost(cost, this.#budget)) continue;
      world.load(cells);
      coroutines.forgetReady();
      const coroutine = coroutines.byId(id);
      const step = coroutine.pending;
      this.#machine.step(id);
      const violation = this.#properties.after(coroutine, step) ?? this.from(id, cost.preemptions, cost.steps);
      if (violation !== null) return violation;
    }
    return null;
  }

  /** Whether no schedule has come here that cost no more in either way. */
  #isNew(owner: number, cost: Budget): boolean {
    const isBounded = this.#budget.preemptions < Infinity;
    const key = `${isBounded ? owner : ''} ${textOf(this.#machine.world.cells)}`;
    const known = this.#seen.get(key);
    if (known === undefined) this.states++;
    if (known?.some((before) => !isBounded || (before.preemptions <= cost.preemptions && before.steps <= cost.steps)) === true)
      return false;
    this.#seen.set(key, [...(known ?? []), cost]);
    return true;
  }
}

const isAtMost = (a: Budget, b: Budget): boolean =>
  a.preemptions < b.preemptions || (a.preemptions === b.preemptions && a.steps <= b.steps) || b.steps === Infinity;

/** All cells, as text: nothing is hashed. */
const textOf = (cells: Int32Array): string => String.fromCharCode(...new Uint16Array(cells.buffer, cells.byteOffset, cells.length * 2));
