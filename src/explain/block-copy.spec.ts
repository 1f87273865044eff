/** What is told of failures that only block-copy can have. */
import { describe, expect, it } from 'vitest';
import '../families/block-copy.ts';
import type { RuleName } from '../../model/machine/job-names.ts';
import { sized } from '../../tools/nightly/testing.ts';
import { recordTrace } from '../replay/record.ts';
import { SCOPE, findFailure, settingWithout } from '../testing.ts';
import { explain } from './explanation.ts';

/** The first failure without a rule, among readers of a snapshot-access node. */
function explained(rule: RuleName): ReturnType<typeof explain> {
  const failure = findFailure(settingWithout([rule], { job: 'block-copy' }), 'none', 12_000, {
    scope: { ...SCOPE, jobOptions: ['snapshot-access'] },
  });
  return explain(recordTrace(failure!, { minimal: 'not tried' }));
}

describe('a reader of the snapshot-access node', () => {
  it.each<RuleName>(sized(['doneRunIsDone'], ['doneRunIsDone', 'copiedIsDone']))(
    'looked on the disk, where a guest had written: without %s',
    (rule) => {
      const { shape, sentence } = explained(rule)!;
      expect(shape).toBe('read from the wrong place');
      expect(sentence).toMatch(/^g\d read the backup: it looked for sector \d on the disk at step \d+, where g\d had \w+ it at step \d+/);
      expect(sentence).toMatch(/the copy had been in the target since step \d+, and should have been read there\.$/);
    },
  );

  it('was overtaken by a write: without writesWaitForFrozenReads', () => {
    expect(explained('writesWaitForFrozenReads')!.shape).toBe('decided, slept, then read');
  });
});
