/** Readers of the point in time read the snapshot-access node above the filter (QEMU 7.0), and not the target. */
import type { Scenario } from '../../../model/scenario/scenario.ts';
import { syncOf } from '../../../model/sync.ts';
import type { Grammar, Notation } from './notation.ts';
import { type Variation, either } from './variation.ts';

export const notation = {
  key: 'snapshotAccess',
  of: 'job',
  place: 'job',
  plain: false,
  words: () => ['the backup is read through a snapshot-access node'],
} satisfies Notation<boolean>;

export const grammar = {
  keys: (z) => ({
    'snapshot-access': z
      .boolean()
      .describe('Whether reads as of T0 go through a snapshot-access node above the filter instead of the target.'),
  }),
} satisfies Grammar<boolean>;

/** Whether somebody reads the point in time while the job runs, through whatever. */
export const isRead = ({ mode, guest }: Scenario): boolean =>
  syncOf(mode).readableWhileRunning && guest.some(({ kind }) => kind === 'readT0');

export const variation = {
  notation,
  draw: (fc, { jobOptions = [] }) => (jobOptions.includes('snapshot-access') ? fc.constantFrom(true, true, false) : fc.constant(false)),
  makesSense: (scenario) => scenario.snapshotAccess !== true || isRead(scenario),
  features: { snapshotAccess: { words: 'a snapshot-access node' } },
  enumerate: ({ mode, has }) => either(has('snapshotAccess') && syncOf(mode).readableWhileRunning),
  counts: 'frills',
} satisfies Variation<boolean>;
