/** `--family`: whose jobs are checked. */
import { type FamilyName, type JobName, FAMILY_NAMES, familyOfJob } from '../../../../model/machine/job-names.ts';
import { syncModesOf } from '../../../../model/machine/job-options.ts';
import { rulesOfFamily } from '../../../../model/machine/jobs.ts';
import { isCustomJob } from '../../../../model/families/custom/file-name.ts';
import type { SyncMode } from '../../../../model/sync.ts';
import { modesIn } from '../io/mode-option.ts';
import { choice } from '../io/suggestion.ts';
import type { Flags } from '../io/flags.ts';

export const FAMILY_CHOICES = [...FAMILY_NAMES, 'all'] as const;

/** What may be asked for: `--job all` is the correct job of each family. */
export type AskedFlags = Omit<Flags, 'job'> & { job: Flags['job'] | 'all' };

export const withoutAll = ({ job, family, ...flags }: AskedFlags): Flags =>
  job === 'all' ? { ...flags, job: 'correct', family: family ?? 'all' } : { ...flags, job, ...(family === undefined ? {} : { family }) };

/** @returns the flags with which each family that was asked for is checked; or what makes no sense together, in one line */
export function perFamily(flags: Flags): Flags[] | string {
  const { family, job } = flags;
  if (isCustomJob(job)) return family === undefined ? [flags] : "option '--family' cannot be used with a custom job";
  if (family === 'all' && flags.json) return "option '--json' works with one family only: add --family notifier or --family block-copy";
  if (family === 'all' && flags.reporter.some(({ name }) => name === 'json'))
    return "option '--reporter json' works with one family only: add --family notifier or --family block-copy";
  if (family !== undefined && job !== 'correct' && (family === 'all' || familyOfJob(job) !== family))
    return `option '--family ${family}' cannot be used with the job ${job}, which belongs to the family ${familyOfJob(job)}`;
  const families = family === 'all' ? FAMILY_NAMES : [family ?? meant(flags)];
  const each = families.map((one) => ({ ...flags, ...shareOf(flags, families.length), job: job === 'correct' ? correctJobOf(one) : job }));
  const lacks = each.flatMap(({ job: one, mode }) => modesLacking(one, mode).map((lacking) => ({ one, lacking })))[0];
  if (lacks !== undefined)
    return (
      `mode '${lacks.lacking}' is not available ${lacks.one === 'correct' ? "in the family 'notifier'" : `with the job ${lacks.one}`}, ` +
      `which has ${choice(syncModesOf(lacks.one), 'and')}: use --family block-copy, or a --job of QEMU 4.2 or newer`
    );
  return families.map((one) => whatIsWrong(one, flags)).find((wrong) => wrong !== null) ?? each;
}

const correctJobOf = (family: FamilyName): JobName => (family === 'notifier' ? 'correct' : family);

/** Where no family is named: that of the job, or the first that has the mode and all rules that are to be off. */
function meant({ job, mode, without }: Flags): FamilyName {
  const hasAll = FAMILY_NAMES.find(
    (family) => modesLacking(correctJobOf(family), mode).length === 0 && without.every((rule) => rule in rulesOfFamily(family)),
  );
  return job === 'correct' && hasAll !== undefined ? hasAll : familyOfJob(job);
}

const modesLacking = (job: Flags['job'], mode: Flags['mode']): SyncMode[] =>
  mode === 'all' ? [] : modesIn(mode).filter((one) => !syncModesOf(job).includes(one));

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
