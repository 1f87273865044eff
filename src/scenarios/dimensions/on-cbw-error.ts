/** What breaks when a copy of a guest fails: the guest's request, or the snapshot (QEMU: `on-cbw-error`). */
import { knowsOnCbwError } from '../../../model/machine/job-options.ts';
import type { OnCbwError } from '../../../model/scenario/scenario.ts';
import { hasFaults } from './faults.ts';
import type { Grammar, Notation } from './notation.ts';
import { isRead } from './snapshot-access.ts';
import type { Variation } from './variation.ts';

const PLAIN: OnCbwError = 'break-guest-write';
const BREAKS: OnCbwError = 'break-snapshot';

export const notation = {
  key: 'onCbwError',
  of: 'job',
  place: 'job',
  plain: PLAIN,
  words: (value) => [`on-cbw-error ${value}`],
} satisfies Notation<OnCbwError>;

export const grammar = {
  keys: (z) => ({
    'on-cbw-error': z
      .enum([PLAIN, BREAKS])
      .describe("What breaks when the copy for a guest's write fails: the write, or the snapshot. Default: break-guest-write."),
  }),
} satisfies Grammar<OnCbwError>;

export const variation = {
  notation,
  draw: (fc, { faults = false, jobOptions = [] }) =>
    faults && knowsOnCbwError(jobOptions, { snapshotAccess: true }) ? fc.constantFrom(PLAIN, BREAKS) : fc.constant(PLAIN),
  makesSense: (scenario, { jobOptions = [] }) =>
    hasFaults(scenario) && knowsOnCbwError(jobOptions, { snapshotAccess: scenario.snapshotAccess === true && isRead(scenario) }),
  features: { breakSnapshot: { words: 'on-cbw-error break-snapshot', takes: 'faults' } },
  enumerate: ({ has }, scenario) => (has('breakSnapshot') && hasFaults(scenario) ? [PLAIN, BREAKS] : [PLAIN]),
  counts: 'frills',
} satisfies Variation<OnCbwError>;
