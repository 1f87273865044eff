/** Families that a program makes known if it wants their jobs. The page does not, and need not carry them. */
import type { JobFamily } from '../families/family.ts';
import type { Rule } from '../families/rule.ts';
import type { FamilyName, RuleName } from './job-names.ts';

export interface OfferedFamily {
  readonly name: FamilyName;
  /** By name, in the order of its table. */
  readonly rules: Readonly<Record<string, Rule>>;
  /** @param without the rules that are off */
  make(without: readonly RuleName[]): JobFamily;
}

const offered = new Map<FamilyName, OfferedFamily>();

export const offerFamily = (family: OfferedFamily): void => void offered.set(family.name, family);

export const familiesOffered = (): FamilyName[] => [...offered.keys()];

/** @throws if nobody has made it known */
export function familyNamed(name: FamilyName): OfferedFamily {
  const family = offered.get(name);
  if (family === undefined) throw new Error(`nobody has made the family ${name} known`);
  return family;
}
