/** All that is broken, and what is mended before. */
import { BITMAPS } from './edits/bitmaps.ts';
import { BLOCK_COPY } from './edits/block-copy.ts';
import { FILTER } from './edits/filter.ts';
import { JOB } from './edits/job.ts';
import { START_AND_END } from './edits/start-and-end.ts';
import type { Edit } from './edit.ts';

export { KNOWN_BUGS } from './edits/known-bugs.ts';

export const EDITS: readonly Edit[] = [...FILTER, ...BLOCK_COPY, ...JOB, ...BITMAPS, ...START_AND_END];
