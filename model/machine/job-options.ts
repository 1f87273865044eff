/** What a backup can be asked for that not every job knows, and since which release of QEMU. */
import { eraOf } from '../families/eras.ts';
import { RELEASES, type Release, isBefore } from '../families/releases.ts';
import type { Scenario, TwoDisks } from '../scenario/scenario.ts';
import { ALL_SYNC_MODES, SYNC_MODES, type SyncMode } from '../sync.ts';
import { FAMILY_NAMES, familyOfJob } from './job-names.ts';

const SINCE = {
  /** Before it copies, it asks for the block status of the disk. */
  'block-status': '4.2',
  /** A bitmap of the source, for any sync mode but NONE. */
  bitmap: '4.2',
  /** Readers of the point in time read a node above the filter. */
  'snapshot-access': '7.0',
  /** `x-perf`: how many copies of the job's own run at a time, and how large they are. */
  perf: '6.0',
  /** `on-cbw-error` of a filter that somebody has put in, which is read through such a node. */
  'filter-on-cbw-error': '7.1',
  /** `on-cbw-error` of the backup command. */
  'on-cbw-error': '10.1',
  /** Several disks in one transaction. Older releases have it; their jobs are the notifier's, which the model runs alone. */
  transaction: '4.2',
  /** A second disk, whose job is started apart. */
  'second-disk': '4.2',
  /** QEMU quits, and is started again. Older releases do, too; their jobs know no bitmap that could be stored. */
  restart: '4.2',
} as const satisfies Record<string, Release>;

export type JobOption = keyof typeof SINCE;

const OPTIONS = Object.keys(SINCE) as JobOption[];

/** What jobs know of families that only the program knows which has made them known (offered.ts). */
const knownByOthers = new Map<string, readonly JobOption[]>();

export const jobKnows = (job: string, options: readonly JobOption[]): void => void knownByOthers.set(job, options);

/** The correct job of block-copy knows all, and none of the notifier's knows any; a family of another name says what its jobs know. */
export function optionsOf(job: string): readonly JobOption[] {
  const family = familyOfJob(job);
  if (!FAMILY_NAMES.includes(family)) return knownByOthers.get(job) ?? [];
  if (family !== 'block-copy') return [];
  const release = RELEASES.find((one) => eraOf(one) === job);
  return OPTIONS.filter((option) => release === undefined || !isBefore(release, SINCE[option]));
}

/** Whether a job with these options knows the `on-cbw-error` of such a scenario. */
export const knowsOnCbwError = (options: readonly JobOption[], { snapshotAccess }: Pick<Scenario, 'snapshotAccess'>): boolean =>
  options.includes('on-cbw-error') || (snapshotAccess === true && options.includes('filter-on-cbw-error'));

/** What a job must know for such a scenario. */
export const optionsAskedBy = (scenario: Scenario): JobOption[] => [
  ...(scenario.snapshotAccess === true ? ['snapshot-access' as const] : []),
  ...(scenario.onCbwError === undefined ? [] : ['on-cbw-error' as const]),
  ...(scenario.bitmap === undefined ? [] : ['bitmap' as const]),
  ...(scenario.transaction === undefined ? [] : [secondDisk(scenario.transaction)]),
  ...(scenario.restart === true ? ['restart' as const] : []),
  ...(scenario.perf === undefined ? [] : ['perf' as const]),
  ...(scenario.disk.blockStatus === undefined ? [] : ['block-status' as const]),
];

/** What a scenario asks for that the job does not know, for a sentence that begins with "the job"; null: nothing. */
export function whatJobLacks(job: string, scenario: Scenario): string | null {
  const options = optionsOf(job);
  if (scenario.snapshotAccess === true && !options.includes('snapshot-access')) return 'has no snapshot-access node';
  if (scenario.onCbwError !== undefined && !knowsOnCbwError(options, scenario)) return 'has no on-cbw-error';
  if (scenario.bitmap !== undefined && !options.includes('bitmap')) return 'knows no bitmap';
  if (scenario.transaction !== undefined && !options.includes(secondDisk(scenario.transaction)))
    return 'is started alone, and in no transaction';
  if (scenario.restart === true && !options.includes('restart')) return 'knows no restart of QEMU';
  if (scenario.perf !== undefined && familyOfJob(job) !== 'block-copy') return 'has no x-perf';
  if (scenario.disk.blockStatus !== undefined && !options.includes('block-status')) return 'does not ask for the block status';
  return null;
}

/** What a job must know for a second disk. */
const secondDisk = ({ start }: TwoDisks): JobOption => (start === 'apart' ? 'second-disk' : 'transaction');

/** The sync modes that a job has. */
export const syncModesOf = (job: string): readonly SyncMode[] => (optionsOf(job).includes('bitmap') ? ALL_SYNC_MODES : SYNC_MODES);
