/** Which failures are taken to be one and the same. */
import type { RuleName } from '../../../model/machine/job-names.ts';
import type { Scenario } from '../../../model/scenario/scenario.ts';
import type { Violation } from '../../../properties/property.ts';

/**
 * The same for failures that are taken to be one and the same: of one cause, whichever property they
 * break first; of one property, where no rule is the cause.
 */
export const bucketOf = (mode: string, property: string, cause: readonly string[]): string =>
  (cause.length > 0 ? [mode, ...cause] : [mode, property]).join(' ');

export interface Bucketed {
  readonly scenario: Scenario;
  readonly violation: Violation;
  readonly cause: readonly RuleName[];
}

export const bucketOfFound = ({ scenario, violation, cause }: Bucketed): string => bucketOf(scenario.mode, violation.property, cause);
