/**
 * Eras of QEMU: jobs by the name of a release. An era is the correct job of a family without the rules that this release broke; it
 * is not that release's design, and what a release broke that no rule can say is not in it.
 */
import { wasBrokenIn } from './history.ts';
import { RELEASES, type Release } from './releases.ts';
import type { Rule } from './rule.ts';

export type Era = `qemu-${Release}`;

/** Since 4.2 a filter node does the copying, and the job is of another family: rules off would not make it of the one before. */
export const FILTER_SINCE: Release = '4.2';

export const eraOf = (release: Release): Era => `qemu-${release}`;

const RELEASE_OF = new Map<string, Release>(RELEASES.map((release) => [eraOf(release), release]));

type Table<Name extends string> = Readonly<Record<Name, Rule>>;

/** What is said of a job: its name, and how its rules differ from what the name says. */
export interface JobRules<Job extends string, Name extends string> {
  readonly job: Job;
  /** Rules that it has although the release did not. */
  readonly with?: readonly Name[];
  /** Rules that it lacks, too. */
  readonly without: readonly Name[];
}

const namesOf = <Name extends string>(rules: Table<Name>): Name[] => Object.keys(rules) as Name[];

/** The rules that a release broke, as far as they are known, in the order of the table. */
export const rulesBrokenIn = <Name extends string>(rules: Table<Name>, release: Release): Name[] =>
  namesOf(rules).filter((name) => {
    const { broken } = rules[name];
    return broken !== undefined && wasBrokenIn(broken, release);
  });

/** The rules that a job lacks by its name. */
function lackingIn<Name extends string>(rules: Table<Name>, job: string): Name[] {
  const release = RELEASE_OF.get(job);
  return release === undefined ? [] : rulesBrokenIn(rules, release);
}

/** All rules that it lacks, in the order of the table. */
export function rulesOff<Name extends string>(rules: Table<Name>, { job, with: on = [], without }: JobRules<string, Name>): Name[] {
  const off = new Set([...lackingIn(rules, job), ...without]);
  return namesOf(rules).filter((name) => off.has(name) && !on.includes(name));
}

/** The other way round: what is to be said of a job of this name that lacks these rules. */
export function jobRules<Job extends string, Name extends string>(rules: Table<Name>, job: Job, off: readonly Name[]): JobRules<Job, Name> {
  const lacking = lackingIn(rules, job);
  const on = lacking.filter((name) => !off.includes(name));
  return {
    job,
    ...(on.length > 0 ? { with: on } : {}),
    without: namesOf(rules).filter((name) => off.includes(name) && !lacking.includes(name)),
  };
}
