/** Jobs and rules by name, of every family that is known. */
import {
  JOB_NAMES,
  type JobName as NotifierJob,
  jobRules as notifierJobRules,
  rulesOff as notifierRulesOff,
} from '../families/notifier/eras.ts';
import { RULES, type RuleName as NotifierRule } from '../families/notifier/rules.ts';
import type { Rule } from '../families/rule.ts';
import { SYNC_MODES, type SyncMode } from '../sync.ts';
import { offeredFamilies } from './families.ts';
import { type FamilyName, type JobName, type RuleName, familyOfJob } from './job-names.ts';

/** The jobs of all families, those of the notifier first. */
export const jobNames = (): JobName[] => [...JOB_NAMES, ...offeredFamilies().map(({ name }) => name as JobName)];

/** What the jobs of a family can do. @throws if it is not known */
export const modesOfFamily = (family: FamilyName): readonly SyncMode[] => (family === 'notifier' ? SYNC_MODES : offeredNamed(family).modes);

/** The rules of a family, in the order of its table. @throws if it is not known */
export const rulesOfFamily = (family: FamilyName): RuleName[] =>
  Object.keys(family === 'notifier' ? RULES : offeredNamed(family).rules) as RuleName[];

/** Those of all families, each once. */
export const ruleNames = (): RuleName[] =>
  [...new Set([RULES, ...offeredFamilies().map(({ rules }) => rules)].flatMap(Object.keys))] as RuleName[];

/** A rule that two families have is told as in the first. */
export function ruleNamed(name: RuleName): Rule {
  const table = [RULES as Readonly<Record<string, Rule>>, ...offeredFamilies().map(({ rules }) => rules)].find((rules) => name in rules);
  if (table === undefined) throw new Error(`no family is known that has the rule ${name}`);
  return table[name]!;
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
  return rulesOfFamily(family).filter((name) => without.includes(name) && !on.includes(name));
}

/** The other way round: what is to be said of a job of this name that lacks these rules. */
export function jobRules(job: JobName, off: readonly RuleName[]): JobRules {
  if (familyOfJob(job) === 'notifier') return notifierJobRules(job as NotifierJob, off as readonly NotifierRule[]);
  return { job, without: rulesOff({ job, without: off }) };
}

function offeredNamed(family: FamilyName): ReturnType<typeof offeredFamilies>[number] {
  const known = offeredFamilies().find(({ name }) => name === family);
  if (known === undefined) throw new Error(`the family ${family} has not been offered`);
  return known;
}
