/** `--family`: whose jobs are checked. */
import { type FamilyName, type JobName, FAMILY_NAMES, familyOfJob } from '../../../../model/machine/job-names.ts';
import { syncModesOf } from '../../../../model/machine/job-options.ts';
import { rulesOfFamily } from '../../../../model/machine/jobs.ts';
import { isCustomJob } from '../../../../model/families/custom/file-name.ts';
import type { Flags } from '../io/flags.ts';

export const FAMILY_CHOICES = [...FAMILY_NAMES, 'all'] as const;

/** What may be asked for: `--job all` is the correct job of each family. */
export type AskedFlags = Omit<Flags, 'job'> & { job: Flags['job'] | 'all' };

export const withoutAll = ({ job, family, ...flags }: AskedFlags): Flags =>
  job === 'all' ? { ...flags, job: 'correct', family: family ?? 'all' } : { ...flags, job, ...(family === undefined ? {} : { family }) };

/** @returns the flags with which each family that was asked for is checked; or what makes no sense together, in one line */
export function perFamily(flags: Flags): Flags[] | string {
  const { family, job } = flags;
  if (isCustomJob(job)) return family === undefined ? [flags] : "option '--family' is about built-in jobs, not about a file";
  if (family === 'all' && flags.json) return "option '--json' takes one family";
  if (family !== undefined && job !== 'correct' && (family === 'all' || familyOfJob(job) !== family))
    return `option '--family ${family}' does not go with the job ${job}, which is of the family ${familyOfJob(job)}`;
  const families = family === 'all' ? FAMILY_NAMES : [family ?? meant(flags)];
  const each = families.map((one) => ({ ...flags, ...shareOf(flags, families.length), job: job === 'correct' ? correctJobOf(one) : job }));
  const without = each.find((one) => !hasMode(one.job, one.mode));
  if (without !== undefined) return `the job ${without.job} has no mode '${without.mode}', only ${syncModesOf(without.job).join(', ')}`;
  return families.map((one) => whatIsWrong(one, flags)).find((wrong) => wrong !== null) ?? each;
}

const correctJobOf = (family: FamilyName): JobName => (family === 'notifier' ? 'correct' : family);

/** Where no family is named: that of the job, or the first that has the mode and all rules that are to be off. */
function meant({ job, mode, without }: Flags): FamilyName {
  const hasAll = FAMILY_NAMES.find(
    (family) => hasMode(correctJobOf(family), mode) && without.every((rule) => rule in rulesOfFamily(family)),
  );
  return job === 'correct' && hasAll !== undefined ? hasAll : familyOfJob(job);
}

const hasMode = (job: Flags['job'], mode: Flags['mode']): boolean => mode === 'all' || syncModesOf(job).includes(mode);

/** What may be spent is for all families together. */
function shareOf({ runs, seconds }: Flags, families: number): Partial<Flags> {
  return {
    ...(runs === undefined ? {} : { runs: Math.ceil(runs / families) }),
    ...(seconds === undefined ? {} : { seconds: seconds / families }),
  };
}

function whatIsWrong(family: FamilyName, { without }: Flags): string | null {
  const foreign = without.find((rule) => !(rule in rulesOfFamily(family)));
  return foreign === undefined ? null : `the family ${family} has no rule ${foreign}`;
}
