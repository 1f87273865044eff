/** What the search of a case has come to, as plain data: docs/top-ending.json. */
import type { WakeOrder } from '../../model/kernel/wake/orders.ts';
import { printStep } from '../../model/kernel/step.ts';
import type { Scenario } from '../../model/scenario/scenario.ts';
import { CLUSTER_SECTORS, type EndingCase } from './cases.ts';
import { type EndingResult, scopeOf } from './search.ts';

export interface Outcome {
  readonly name: string;
  readonly wake: WakeOrder;
  /** `holds`: every schedule of every scenario of the scope. */
  readonly verdict: 'holds' | 'breaks';
  readonly scope: string;
  readonly scenarios: number;
  readonly states: number;
  readonly property?: string;
  readonly preemptions?: number;
  /** The smallest failure: what it happens to, and step by step. */
  readonly scenario?: Scenario;
  readonly schedule?: readonly string[];
}

export function outcomeOf(ending: EndingCase, wake: WakeOrder, { scenarios, states, smallest }: EndingResult): Outcome {
  const searched = {
    name: ending.name,
    wake,
    verdict: smallest === null ? 'holds' : 'breaks',
    scope: scopeOf(ending, wake),
    scenarios,
    states,
  } as const;
  if (smallest === null) return searched;
  const { cheapest, steps } = smallest;
  const schedule = steps.map(({ who, step }) => `${who}: ${printStep(step, CLUSTER_SECTORS, ending.effects === 'sector')}`);
  return { ...searched, property: cheapest.violation.property, preemptions: cheapest.preemptions, scenario: smallest.scenario, schedule };
}
