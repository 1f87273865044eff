/** What jobs and their rules are called, whatever the family. */
import type { RuleName as BlockCopyRule } from '../families/block-copy/rules.ts';
import { FILTER_SINCE, eraOf } from '../families/eras.ts';
import type { JobName as NotifierJob } from '../families/notifier/eras.ts';
import type { RuleName as NotifierRule } from '../families/notifier/rules.ts';
import { RELEASES, isBefore } from '../families/releases.ts';

/** The families of the built-in jobs. */
export const FAMILY_NAMES = ['notifier', 'block-copy'] as const;
export type FamilyName = (typeof FAMILY_NAMES)[number];

/** A built-in job: `correct`, the notifier job with all rules; `block-copy`, that of its family; or an era, `qemu-1.6` to `qemu-11.1`. */
export type JobName = NotifierJob | 'block-copy';
/** A rule of a correct backup: `npx cowcheck rules` lists them. */
export type RuleName = NotifierRule | BlockCopyRule;

/** The correct job of block-copy, and its eras. */
export const JOBS_OF_BLOCK_COPY: readonly JobName[] = [
  'block-copy',
  ...RELEASES.filter((release) => !isBefore(release, FILTER_SINCE)).map(eraOf),
];
const ofBlockCopy: ReadonlySet<string> = new Set(JOBS_OF_BLOCK_COPY);

/** Jobs of families that only the program knows which has made them known (offered.ts), by name. */
const others = new Map<string, FamilyName>();

export const nameJob = (job: string, family: FamilyName): void => void others.set(job, family);

export const familyOfJob = (job: string): FamilyName => others.get(job) ?? (ofBlockCopy.has(job) ? 'block-copy' : 'notifier');
