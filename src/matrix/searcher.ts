/** Runs every schedule of one scenario after the other under one setting, and can overhear which rules the code asks meanwhile. */
import { Machine } from '../../model/machine/machine.ts';
import { type Setting, shapeOf } from '../../model/machine/shape.ts';
import { RULE_NAMES, type RuleName, type Rules, rulesWithout } from '../../model/families/notifier/rules.ts';
import type { Scenario } from '../../model/scenario/scenario.ts';
import { Properties } from '../../properties/all.ts';
import { type ExhaustiveResult, searchExhaustively } from '../search/exhaustive/exhaustive.ts';
import { MachinePool, type WatchedMachine } from '../search/pool.ts';

const BYTES_MAX = 2 ** 27;

export class Searcher {
  /** What has been asked so far. Scenarios of a shape share what their machine has learned, so what one asks others may not ask again. */
  readonly asked = new Set<RuleName>();
  readonly #setting: Setting;
  readonly #machines = new MachinePool((_, scenario) => this.#listening(scenario));

  constructor(setting: Setting) {
    this.#setting = setting;
  }

  /** @param shouldStop asked now and then; then the result is not complete */
  search(scenario: Scenario, shouldStop: () => boolean): ExhaustiveResult {
    const { machine, properties } = this.#machines.for(scenario, this.#setting);
    return searchExhaustively(machine, properties, { bytesMax: BYTES_MAX, shouldStop });
  }

  /** What is asked while the table is set up is asked by the reductions, not by the backup: it is not listened to. */
  #listening(scenario: Scenario): WatchedMachine {
    let listens = true;
    const machine = listeningMachine(scenario, this.#setting, (rule) => {
      if (listens) this.asked.add(rule);
    });
    const properties = new Properties(machine);
    machine.load(scenario);
    listens = false;
    machine.useTable(true);
    listens = true;
    return { machine, properties };
  }
}

/** @param onAsked is told of each rule that the machine asks, be it while it is made or while it runs */
export function listeningMachine(scenario: Scenario, setting: Setting, onAsked: (rule: RuleName) => void): Machine {
  const rules = rulesWithout(setting.without);
  const answer = (rule: RuleName): boolean => {
    onAsked(rule);
    return rules[rule];
  };
  const overheard = Object.defineProperties(
    {},
    Object.fromEntries(RULE_NAMES.map((rule) => [rule, { enumerable: true, get: () => answer(rule) }])),
  );
  return new Machine(shapeOf(scenario, setting), overheard as Rules);
}
