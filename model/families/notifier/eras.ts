/** Jobs by name: `correct`, which has all rules, and the eras of QEMU before the filter (docs/qemu-1.6.md). */
import {
  type Era,
  type JobRules as Said,
  FILTER_SINCE,
  eraOf,
  jobRules as rulesOfJob,
  rulesBrokenIn as brokenIn,
  rulesOff as offIn,
} from '../eras.ts';
import { RELEASES, type Release, isBefore } from '../releases.ts';
import { RULES, type RuleName } from './rules.ts';

export type JobName = 'correct' | Era;

export const JOB_NAMES: readonly JobName[] = ['correct', ...RELEASES.filter((release) => isBefore(release, FILTER_SINCE)).map(eraOf)];

export type JobRules = Said<JobName, RuleName>;

export const rulesBrokenIn = (release: Release): RuleName[] => brokenIn(RULES, release);
export const rulesOff = (said: JobRules): RuleName[] => offIn(RULES, said);
export const jobRules = (job: JobName, off: readonly RuleName[]): JobRules => rulesOfJob(RULES, job, off);
