/** The families of jobs that a machine can be made of. */
import { customFamily } from '../families/custom/family.ts';
import type { NamedJob } from '../families/custom/custom-job.ts';
import { jobNamed } from '../families/custom/registry.ts';
import type { JobFamily } from '../families/family.ts';
import { notifierFamily } from '../families/notifier/family.ts';
import type { Rules } from '../families/notifier/rules.ts';
import type { Rule } from '../families/rule.ts';
import type { SyncMode } from '../sync.ts';
import type { FamilyName, RuleName } from './job-names.ts';
import type { Shape } from './shape.ts';

/** A family that whoever wants its jobs makes known. The page does not, and need not carry it. */
export interface OfferedFamily {
  readonly name: FamilyName;
  readonly modes: readonly SyncMode[];
  readonly rules: Readonly<Record<string, Rule>>;
  /** @param without the rules that are off */
  make(without: readonly RuleName[]): JobFamily;
}

const offered = new Map<FamilyName, OfferedFamily>();

export const offerFamily = (family: OfferedFamily): void => void offered.set(family.name, family);
export const offeredFamilies = (): OfferedFamily[] => [...offered.values()];

/** The custom job that a shape names; null: the job is cowcheck's. @throws JobError if there is none by this name */
export const customJobOf = ({ customJob, mode }: Shape): NamedJob | null =>
  customJob === undefined ? null : { name: customJob, job: jobNamed(customJob, mode) };

/** @param custom the custom job; null: the job is cowcheck's */
export function familyOf({ family = 'notifier', without }: Shape, custom: NamedJob | null, rules: Rules): JobFamily {
  if (custom !== null) return customFamily(custom, rules);
  if (family === 'notifier') return notifierFamily(rules);
  const known = offered.get(family);
  if (known === undefined) throw new Error(`the family ${family} has not been offered`);
  return known.make(without);
}
