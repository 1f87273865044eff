/** Scenarios with every value of their optional parts, for exhaustive enumerations. */
import type { Scenario } from '../../../model/scenario/scenario.ts';
import { DIMENSIONS } from './all.ts';
import { type DimensionKey, type Notation, hasIn, valueIn, withValue } from './notation.ts';
import type { EnumerationScope, Variation } from './variation.ts';

/** Parts that others ask for come before these. Proofs hang on the order; a new one is the last. */
const FIRST: readonly DimensionKey[] = ['throttled', 'copyOnRead', 'pause', 'speed', 'faults', 'onError', 'resume'];
const rank = ({ notation: { key } }: Variation): number => (FIRST.includes(key) ? FIRST.indexOf(key) : FIRST.length);
const IN_ORDER = DIMENSIONS.toSorted((a, b) => rank(a) - rank(b));

/** What the optional parts of a scenario cost in requests. */
export const requestsOf = (scenario: Scenario): number => sumOf('requests', scenario);

/** How much less plain they make it. */
export const frillsOf = (scenario: Scenario): number => sumOf('frills', scenario);

const sumOf = (what: Variation['counts'], scenario: Scenario): number =>
  DIMENSIONS.filter(({ counts }) => counts === what).reduce((sum, variation) => sum + costIn(variation, scenario), 0);

function costIn({ notation, cost }: Variation, scenario: Scenario): number {
  if (!hasIn(notation, scenario)) return 0;
  return cost?.(valueIn(notation, scenario), scenario) ?? 1;
}

/** The scenario with each value of each of its optional parts there, as far as they cost no more requests than the scope has. */
export const withEachValue = (place: Notation['of'], scope: EnumerationScope, scenario: Scenario): Generator<Scenario> =>
  withEach(
    IN_ORDER.filter(({ notation }) => notation.of === place),
    scope,
    scenario,
  );

function* withEach([first, ...others]: readonly Variation[], scope: EnumerationScope, scenario: Scenario): Generator<Scenario> {
  if (requestsOf(scenario) > scope.requests) return;
  if (first === undefined) yield scenario;
  else for (const value of first.enumerate(scope, scenario)) yield* withEach(others, scope, withValue(first.notation, scenario, value));
}
