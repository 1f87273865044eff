/**
 * The optional parts of a scenario, each from its own file. Seeds and the text of traces hang on their order, so a new
 * one is the last of the disk or the last of the job. There are three lists, because the page needs only the first, and its
 * reader of traces only the second.
 */
import * as bitmap from './bitmap.ts';
import * as blockStatus from './block-status.ts';
import * as copyOnRead from './copy-on-read.ts';
import * as discardReads from './discard-reads.ts';
import * as endlessGuest from './endless-guest.ts';
import * as faults from './faults.ts';
import type { DimensionKey, Grammar, Notation } from './notation.ts';
import * as onCbwError from './on-cbw-error.ts';
import * as onError from './on-error.ts';
import * as pause from './pause.ts';
import * as perf from './perf.ts';
import * as restart from './restart.ts';
import * as resume from './resume.ts';
import * as snapshotAccess from './snapshot-access.ts';
import * as speed from './speed.ts';
import * as throttled from './throttled.ts';
import * as transaction from './transaction.ts';
import type { Variation } from './variation.ts';

export const NOTATIONS: readonly Notation[] = [
  discardReads.notation,
  throttled.notation,
  copyOnRead.notation,
  pause.notation,
  resume.notation,
  speed.notation,
  onError.notation,
  faults.notation,
  snapshotAccess.notation,
  onCbwError.notation,
  endlessGuest.notation,
  bitmap.notation,
  transaction.notation,
  blockStatus.notation,
  perf.notation,
  restart.notation,
];

export const GRAMMARS: Readonly<Record<DimensionKey, Grammar>> = {
  discardReads: discardReads.grammar,
  throttled: throttled.grammar,
  copyOnRead: copyOnRead.grammar,
  pause: pause.grammar,
  resume: resume.grammar,
  speed: speed.grammar,
  onError: onError.grammar,
  faults: faults.grammar,
  snapshotAccess: snapshotAccess.grammar,
  onCbwError: onCbwError.grammar,
  endlessGuest: endlessGuest.grammar,
  bitmap: bitmap.grammar,
  transaction: transaction.grammar,
  blockStatus: blockStatus.grammar,
  perf: perf.grammar,
  restart: restart.grammar,
};

export const VARIATIONS = [
  discardReads.variation,
  throttled.variation,
  copyOnRead.variation,
  pause.variation,
  resume.variation,
  speed.variation,
  onError.variation,
  faults.variation,
  snapshotAccess.variation,
  onCbwError.variation,
  endlessGuest.variation,
  bitmap.variation,
  transaction.variation,
  blockStatus.variation,
  perf.variation,
  restart.variation,
] as const satisfies readonly Variation[];

/** The same, whatever a scenario may say of each. */
export const DIMENSIONS: readonly Variation[] = VARIATIONS;
