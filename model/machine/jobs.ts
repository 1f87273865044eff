/** Jobs and rules by name, of every family that is known. */
import { type JobRules as Said, jobRules as rulesOfJob, rulesOff as offIn } from '../families/eras.ts';
import { JOB_NAMES } from '../families/notifier/eras.ts';
import { RULES } from '../families/notifier/rules.ts';
import type { Rule } from '../families/rule.ts';
import { type FamilyName, type JobName, type RuleName, JOBS_OF_BLOCK_COPY, familyOfJob } from './job-names.ts';
import { familiesOffered, familyNamed } from './offered.ts';

/** The jobs of all families that are known, those of the notifier first. */
export const jobNames = (): JobName[] => [
  ...JOB_NAMES,
  ...JOBS_OF_BLOCK_COPY.filter((job) => familiesOffered().includes(familyOfJob(job))),
];

/** The rules of a family by name, in the order of its table. @throws if the family is not known */
export const rulesOfFamily = (family: FamilyName): Readonly<Record<string, Rule>> =>
  family === 'notifier' ? RULES : familyNamed(family).rules;

const tables = (): Readonly<Record<string, Rule>>[] => [RULES, ...familiesOffered().map(rulesOfFamily)];

/** Those of all families, each once. */
export const ruleNames = (): RuleName[] => [...new Set(tables().flatMap(Object.keys))] as RuleName[];

/** @param job whose rule it is: where two families have it, each tells it in its own way. Absent: anybody's */
export function ruleNamed(name: RuleName, job?: string): Rule {
  const own = job === undefined ? [] : [rulesOfFamily(familyOfJob(job))];
  return [...own, ...tables()].find((rules) => name in rules)![name]!;
}

/** What is said of a job: its name, and how its rules differ from what the name says. */
export type JobRules = Said<JobName, RuleName>;

/** All rules that it lacks, in the order of its family's table. */
export const rulesOff = (said: JobRules): RuleName[] => offIn(rulesOfFamily(familyOfJob(said.job)), said);

/** The other way round: what is to be said of a job of this name that lacks these rules. */
export const jobRules = (job: JobName, off: readonly RuleName[]): JobRules => rulesOfJob(rulesOfFamily(familyOfJob(job)), job, off);
