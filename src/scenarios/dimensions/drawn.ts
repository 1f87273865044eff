/** What is drawn of the optional parts of a scenario, by key. */
import fc from 'fast-check';
import type { Scenario } from '../../../model/scenario/scenario.ts';
import { DIMENSIONS } from './all.ts';
import { type Notation, hasIn, valueIn, withValue } from './notation.ts';
import type { DrawScope, Variation } from './variation.ts';

export type DrawnValues = Readonly<Record<string, unknown>>;

const thoseOf = (place: Notation['of']): readonly Variation[] => DIMENSIONS.filter(({ notation }) => notation.of === place);

/** Of those that stand there. In an exact scope all are plain. */
export function drawnValues(place: Notation['of'], scope: DrawScope): fc.Arbitrary<DrawnValues> {
  const variations = thoseOf(place);
  if (scope.exactly === true) {
    const plain = Object.fromEntries(variations.map(({ notation }) => [notation.key, notation.plain]));
    return fc.constant(null).map(
      () => plain,
      () => null, // any other object that says the same is taken for this one
    );
  }
  const keys = variations.map(({ notation }) => notation.key);
  // Not a record, which draws a prototype, too.
  return fc.tuple(...variations.map(({ draw }) => draw(fc, scope))).map(
    (values) => {
      const byKey: Record<string, unknown> = {};
      for (const [i, key] of keys.entries()) byKey[key] = values[i];
      return byKey;
    },
    (values) => keys.map((key) => (values as DrawnValues)[key]),
  );
}

/** The swarm features that they ask for. */
export const SWARM_FEATURES = DIMENSIONS.flatMap(({ swarm }) => swarm ?? []);

/** With the plain value of all that may not be used. */
export function restrictedValues(values: DrawnValues, has: (swarm: string) => boolean): DrawnValues {
  const restricted: Record<string, unknown> = { ...values };
  for (const { notation, swarm } of DIMENSIONS)
    if (notation.key in values && swarm !== undefined && !has(swarm)) restricted[notation.key] = notation.plain;
  return restricted;
}

/**
 * The scenario with what these mean in it. Most values are plain, and a campaign draws a scenario for every few schedules, so a plain one
 * costs a comparison.
 *
 * @param scenario one that says nothing of them yet
 * @param values by the part in which they stand: to join them would take longer than all else
 */
export function withDrawnValues(scenario: Scenario, values: Readonly<Record<Notation['of'], DrawnValues>>, scope: DrawScope): Scenario {
  let settled = scenario;
  for (const { notation, settle } of DIMENSIONS) {
    const value = values[notation.of][notation.key];
    if (value !== notation.plain) settled = withValue(notation, settled, settle === undefined ? value : settle(value, scenario));
  }
  let sensible = settled;
  for (const { notation, makesSense } of DIMENSIONS)
    if (makesSense !== undefined && hasIn(notation, settled) && !makesSense(settled, scope))
      sensible = withValue(notation, sensible, notation.plain);
  return sensible;
}

/** The values that would be drawn for this scenario. */
export const valuesOf = (place: Notation['of'], scenario: Scenario): DrawnValues =>
  Object.fromEntries(thoseOf(place).map(({ notation }) => [notation.key, valueIn(notation, scenario)]));
