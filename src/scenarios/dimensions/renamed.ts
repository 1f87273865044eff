/** Requests that the optional parts of a scenario name, under other names. */
import type { Scenario } from '../../../model/scenario/scenario.ts';
import { DIMENSIONS } from './all.ts';
import { valueIn, withValue } from './notation.ts';

/** @param nameOf the new name of a request; null: it is gone */
export const requestsRenamed = (scenario: Scenario, nameOf: (id: string) => string | null): Scenario =>
  DIMENSIONS.reduce(
    (after, { notation, withRequests }) =>
      withRequests === undefined ? after : withValue(notation, after, withRequests(valueIn(notation, after), nameOf)),
    scenario,
  );
