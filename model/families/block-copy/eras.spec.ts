import { describe, expect, it } from 'vitest';
import '../../../src/families/block-copy.ts';
import { JOBS_OF_BLOCK_COPY, familyOfJob } from '../../machine/job-names.ts';
import { optionsOf } from '../../machine/job-options.ts';
import { jobRules, rulesOff } from '../../machine/jobs.ts';
import { JOB_NAMES } from '../notifier/eras.ts';
import { RULE_NAMES, type RuleName } from './rules.ts';

/** By release, what its code broke; the releases between two rows are as the one before. */
const BROKEN: Readonly<Record<string, readonly RuleName[]>> = {
  'qemu-4.2': [
    'drainBeforeInsert',
    'targetLengthIsSourceLength',
    'storesWaitForReaders',
    'jobPassesUntilClean',
    'bitmapWaitsForCopies',
    'drainBeforeUnhook',
  ],
  'qemu-5.0': ['failedStartUndrains', 'targetLengthIsSourceLength', 'jobPassesUntilClean', 'bitmapWaitsForCopies'],
  'qemu-5.1': ['failedStartUndrains', 'jobPassesUntilClean', 'bitmapWaitsForCopies'],
  'qemu-6.0': ['failedStartUndrains', 'bitmapWaitsForCopies'],
  'qemu-6.1': ['bitmapWaitsForCopies'],
  'qemu-7.0': ['doneRunIsDone', 'bitmapWaitsForCopies'],
  'qemu-7.1': ['doneRunIsDone', 'brokenSnapshotWaitsForReads', 'bitmapWaitsForCopies'],
  'qemu-8.0': ['brokenSnapshotWaitsForReads', 'bitmapWaitsForCopies'],
  'qemu-10.1': ['brokenSnapshotWaitsForReads', 'brokenSnapshotFailsJob', 'bitmapWaitsForCopies'],
};

describe('an era of block-copy', () => {
  it('lacks the rules that its release broke, as far as they are known', () => {
    let expected = BROKEN['qemu-4.2']!;
    for (const job of JOBS_OF_BLOCK_COPY) {
      if (job === 'block-copy') continue;
      expected = BROKEN[job] ?? expected;
      expect([job, rulesOff({ job, without: [] })]).toEqual([job, expected]);
    }
  });

  it('is of this family from 4.2 on, and before of the notifier', () => {
    expect(JOBS_OF_BLOCK_COPY.slice(0, 2)).toEqual(['block-copy', 'qemu-4.2']);
    expect(JOBS_OF_BLOCK_COPY.at(-1)).toBe('qemu-11.1');
    expect(new Set(JOBS_OF_BLOCK_COPY.map(familyOfJob))).toEqual(new Set(['block-copy']));
    expect(new Set(JOB_NAMES.map(familyOfJob))).toEqual(new Set(['notifier']));
  });

  it('has bitmaps, transactions, restarts, from 6.0 limits, from 7.0 snapshot-access, from 7.1 and 10.1 on-cbw-error', () => {
    expect(['qemu-4.1', 'correct', 'own.mjs'].flatMap(optionsOf)).toEqual([]);
    expect(optionsOf('qemu-4.2')).toEqual(['block-status', 'bitmap', 'transaction', 'second-disk', 'restart']);
    expect(optionsOf('qemu-6.2')).toEqual(['block-status', 'bitmap', 'perf', 'transaction', 'second-disk', 'restart']);
    expect(optionsOf('qemu-7.0')).toEqual(['block-status', 'bitmap', 'snapshot-access', 'perf', 'transaction', 'second-disk', 'restart']);
    expect(optionsOf('qemu-10.0')).toEqual([
      'block-status',
      'bitmap',
      'snapshot-access',
      'perf',
      'filter-on-cbw-error',
      'transaction',
      'second-disk',
      'restart',
    ]);
    for (const job of ['qemu-10.1', 'qemu-11.1', 'block-copy'])
      expect(optionsOf(job)).toEqual([
        'block-status',
        'bitmap',
        'snapshot-access',
        'perf',
        'filter-on-cbw-error',
        'on-cbw-error',
        'transaction',
        'second-disk',
        'restart',
      ]);
  });

  it('is told from the rules that are off', () => {
    for (const job of JOBS_OF_BLOCK_COPY) {
      expect(jobRules(job, rulesOff({ job, without: [] }))).toEqual({ job, without: [] });
      const off = rulesOff({ job, with: ['jobPassesUntilClean'], without: RULE_NAMES.slice(0, 3) });
      expect(rulesOff(jobRules(job, off))).toEqual(off);
    }
  });
});
