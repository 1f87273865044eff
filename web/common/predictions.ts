/** Levels of Predict: a scenario, and a job that lacks a rule, or none. The same rule matters in one scenario and not in another. */
import type { RuleName } from '../../model/machine/job-names.ts';
import type { PRESETS } from './presets.ts';

export interface Prediction {
  readonly title: string;
  /** Of web/common/presets.ts. */
  readonly preset: keyof typeof PRESETS;
  /** Null: all rules are on. */
  readonly without: RuleName | null;
}

/** By name, the easiest first. No title and no name tells the answer. */
export const PREDICTIONS: Readonly<Record<string, Prediction>> = {
  'discard-1': { title: 'Discards are not copied: one write', preset: 'one-write', without: 'copyBeforeDiscard' },
  'discard-2': { title: 'Discards are not copied: zeroes and a discard', preset: 'zero-discard', without: 'copyBeforeDiscard' },
  'rounding-1': { title: 'Half a cluster is copied: one write', preset: 'one-write', without: 'copyWholeClusters' },
  'rounding-2': { title: 'Half a cluster is copied: two writes', preset: 'two-writes', without: 'copyWholeClusters' },
  'all-rules': { title: 'Nothing is missing: three writes', preset: 'spanning', without: null },
  'bit-1': { title: 'The bit is read before the wait: a write and a reader', preset: 'reader', without: 'checkBitAfterWaiting' },
  'bit-2': { title: 'The bit is read before the wait: two writes', preset: 'none', without: 'checkBitAfterWaiting' },
  'end-1': { title: 'The job leaves early: NONE', preset: 'none', without: 'drainBeforeUnhook' },
  'end-2': { title: 'The job leaves early: TOP', preset: 'top', without: 'drainBeforeUnhook' },
  'waking-1': { title: 'One look after waking: two writes', preset: 'two-writes', without: 'lookAgainAfterWaking' },
  'waking-2': { title: 'One look after waking: three writes', preset: 'spanning', without: 'lookAgainAfterWaking' },
};
