/** What jobs and their rules are called, whatever the family. */
import type { RuleName as BlockCopyRule } from '../families/block-copy/rules.ts';
import type { JobName as NotifierJob } from '../families/notifier/eras.ts';
import type { RuleName as NotifierRule } from '../families/notifier/rules.ts';

/** The families of cowcheck's own jobs. */
export const FAMILY_NAMES = ['notifier', 'block-copy'] as const;
export type FamilyName = (typeof FAMILY_NAMES)[number];

/** The correct job of block-copy has the name of its family. */
export type JobName = NotifierJob | 'block-copy';
export type RuleName = NotifierRule | BlockCopyRule;

export const familyOfJob = (job: JobName): FamilyName => (job === 'block-copy' ? 'block-copy' : 'notifier');
