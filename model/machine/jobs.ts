/** Jobs and rules by name, of every family that is known. */
import {
  JOB_NAMES,
  type JobName as NotifierJob,
  jobRules as notifierJobRules,
  rulesOff as notifierRulesOff,
} from '../families/notifier/eras.ts';
import { RULES, type RuleName as NotifierRule } from '../families/notifier/rules.ts';
import type { Rule } from '../families/rule.ts';
import { type FamilyName, type JobName, type RuleName, familyOfJob } from './job-names.ts';
import { familiesOffered, familyNamed } from './offered.ts';

/** The jobs of all families, those of the notifier first. */
export const jobNames = (): JobName[] => [...JOB_NAMES, ...(familiesOffered() as JobName[])];

/** The rules of a family by name, in the order of its table. @throws if the family is not known */
export const rulesOfFamily = (family: FamilyName): Readonly<Record<string, Rule>> =>
  family === 'notifier' ? RULES : familyNamed(family).rules;

const tables = (): Readonly<Record<string, Rule>>[] => [RULES, ...familiesOffered().map(rulesOfFamily)];

/** Those of all families, each once. */
export const ruleNames = (): RuleName[] => [...new Set(tables().flatMap(Object.keys))] as RuleName[];

/** @param job whose rule it is: where two families have it, each tells it in its own way. Absent: anybody's */
export function ruleNamed(name: RuleName, job?: string): Rule {
  const own = familiesOffered()
    .filter((family) => family === job)
    .map(rulesOfFamily);
  return [...own, ...tables()].find((rules) => name in rules)![name]!;
}

/** What is said of a job: its name, and how its rules differ from what the name says. */
export interface JobRules {
  readonly job: JobName;
  /** Rules that it has although the name says that it has not. */
  readonly with?: readonly RuleName[];
  /** Rules that it lacks, too. */
  readonly without: readonly RuleName[];
}

/** All rules that it lacks, in the order of its family's table. */
export function rulesOff({ job, with: on = [], without }: JobRules): RuleName[] {
  const family = familyOfJob(job);
  if (family === 'notifier')
    return notifierRulesOff({ job: job as NotifierJob, with: on as readonly NotifierRule[], without: without as readonly NotifierRule[] });
  return (Object.keys(rulesOfFamily(family)) as RuleName[]).filter((name) => without.includes(name) && !on.includes(name));
}

/** The other way round: what is to be said of a job of this name that lacks these rules. */
export function jobRules(job: JobName, off: readonly RuleName[]): JobRules {
  if (familyOfJob(job) === 'notifier') return notifierJobRules(job as NotifierJob, off as readonly NotifierRule[]);
  return { job, without: rulesOff({ job, without: off }) };
}
