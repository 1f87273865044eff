/** The families of jobs that a machine can be made of. */
import { type NamedJob, familyOfCustom, jobNamed } from '../families/custom/known.ts';
import type { JobFamily } from '../families/family.ts';
import { notifierFamily } from '../families/notifier/family.ts';
import type { Rules } from '../families/notifier/rules.ts';
import { familyNamed } from './offered.ts';
import type { Shape } from './shape.ts';

/** The custom job that a shape names; null: the job is cowcheck's. @throws JobError if there is none by this name */
export const customJobOf = ({ customJob, mode }: Shape): NamedJob | null =>
  customJob === undefined ? null : { name: customJob, job: jobNamed(customJob, mode) };

/** @param custom the custom job; null: the job is cowcheck's */
export function familyOf({ family = 'notifier', without, perf, blockStatus }: Shape, custom: NamedJob | null, rules: Rules): JobFamily {
  if (custom !== null) return familyOfCustom(custom.name);
  if (family === 'notifier') return notifierFamily(rules);
  return familyNamed(family).make(without, { perf, blockStatus });
}
