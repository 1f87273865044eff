/**
 * Jobs by name: `correct`, which has all rules, and the eras of QEMU. An era is the job of this model
 * without the rules that a release broke; it is not that release's design, and what a release broke that
 * no rule can say is not in it (docs/qemu-1.6.md).
 */
import { wasBrokenIn } from '../history.ts';
import { RELEASES, type Release, isBefore } from '../releases.ts';
import type { Rule } from '../rule.ts';
import { RULES, RULE_NAMES, type RuleName } from './rules.ts';

/** Since 4.2 a filter node does the copying, and the job is of another shape: rules off would not make it. */
const OTHER_DESIGN: Release = '4.2';

type JobOf<R extends Release> = `qemu-${R}`;
export type JobName = 'correct' | JobOf<Release>;

/** The rules that a release of QEMU broke, as far as they are known, in the order of the table. */
export function rulesBrokenIn(release: Release): RuleName[] {
  return RULE_NAMES.filter((name) => {
    const { broken } = RULES[name] as Rule;
    return broken !== undefined && wasBrokenIn(broken, release);
  });
}

const ERAS = new Map<string, Release>(
  RELEASES.filter((release) => isBefore(release, OTHER_DESIGN)).map((release) => [`qemu-${release}`, release]),
);

export const JOB_NAMES: readonly JobName[] = ['correct', ...([...ERAS.keys()] as JobName[])];

/** What is said of a job: its name, and how its rules differ from what the name says. */
export interface JobRules {
  readonly job: JobName;
  /** Rules that it has although the release did not. */
  readonly with?: readonly RuleName[];
  /** Rules that it lacks, too. */
  readonly without: readonly RuleName[];
}

/** The rules that a job lacks by its name. */
function lackingIn(job: JobName): readonly RuleName[] {
  const release = ERAS.get(job);
  return release === undefined ? [] : rulesBrokenIn(release);
}

/** All rules that it lacks, in the order of the table. */
export function rulesOff({ job, with: on = [], without }: JobRules): RuleName[] {
  const off = new Set([...lackingIn(job), ...without]);
  return RULE_NAMES.filter((name) => off.has(name) && !on.includes(name));
}

/** The other way round: what is to be said of a job of this name that lacks these rules. */
export function jobRules(job: JobName, off: readonly RuleName[]): JobRules {
  const lacking = lackingIn(job);
  const on = lacking.filter((name) => !off.includes(name));
  return {
    job,
    ...(on.length > 0 ? { with: on } : {}),
    without: RULE_NAMES.filter((name) => off.includes(name) && !lacking.includes(name)),
  };
}
