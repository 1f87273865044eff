/** What is told of failures that only block-copy can have. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import '../families/block-copy.ts';
import type { RuleName } from '../../model/machine/job-names.ts';
import { sized } from '../../tools/nightly/testing.ts';
import type { Machine } from '../../model/machine/machine.ts';
import type { Scenario } from '../../model/scenario/scenario.ts';
import { recordTrace } from '../replay/record.ts';
import { Experiment, namedSchedule } from '../search/experiment.ts';
import type { ReadySteps, Strategy } from '../search/strategies/strategy.ts';
import { SCOPE, findFailure, settingWithout } from '../testing.ts';
import { readTrace } from '../trace/read.ts';
import { explain } from './explain-any.ts';

const kept = (name: string): string =>
  explain(readTrace(readFileSync(new URL(`../../traces/today/${name}.trace.yaml`, import.meta.url), 'utf8')))!.sentence;

describe('what qemu-11.1 breaks', () => {
  it.each([
    [
      'broken-snapshot-top',
      /^g1's copy failed with EIO from the source at step \d+, which broke the snapshot, but the job completed without an error /,
    ],
    [
      'overtaken-read',
      /^g1 began to read sector 0 from the disk at step 2\. g2's copy failed .+: g3 wrote .+ g3 should have waited for g1\.$/,
    ],
    [
      'lost-bit',
      new RegExp(
        String.raw`^The job synchronized its bitmap at step \d+, while g2's copy of cluster 0 was still in flight\. ` +
          'The copy failed with EIO from the target ',
      ),
    ],
  ])('%s is told in a sentence', (name, sentence) => {
    expect(kept(name)).toMatch(sentence);
  });
});

/** The first failure without a rule, among readers of a snapshot-access node. */
function explained(rule: RuleName, seed = 'b'): ReturnType<typeof explain> {
  const failure = findFailure(settingWithout([rule], { job: 'block-copy' }), 'none', 12_000, {
    seed,
    scope: { ...SCOPE, jobOptions: ['snapshot-access'] },
  });
  return explain(recordTrace(failure!, { minimal: 'not tried' }));
}

describe('an increment', () => {
  const found = (rule: RuleName): ReturnType<typeof explain> =>
    explain(
      recordTrace(findFailure(settingWithout([rule], { job: 'block-copy' }), 'bitmap', 1_000, { seed: 'b' })!, { minimal: 'not tried' }),
    );

  it.each<[rule: RuleName, shape: string, sentence: RegExp]>([
    [
      'successorMadeAtT0',
      'never stored',
      /^The job created its bitmap's successor at step \d+, before T0 \(step \d+\), .* Cluster \d is clean in the bitmap of this/,
    ],
    ['bitmapSkipsClean', 'copied for nothing', /the cluster was clean in the bitmap at T0, so the previous backup has it\.$/],
    ['neverKeepsBits', 'missing in the bitmap', /which bitmap-mode never should keep, so the next increment skips the cluster\.$/],
    ['shrinkPutsTailBack', 'never stored', /: (the )?\S+ claimed it at step \d+ and gave it up, and it was not retried\. /],
  ])('without %s', (rule, shape, sentence) => {
    const told = found(rule)!;
    expect(told.sentence).toMatch(sentence);
    expect(told.shape).toBe(shape);
  });
});

describe('a reader of the snapshot-access node', () => {
  it.each<RuleName>(sized(['doneRunIsDone'], ['doneRunIsDone', 'copiedIsDone']))(
    'looked on the disk, where a guest had written: without %s',
    (rule) => {
      const { shape, sentence } = explained(rule)!;
      expect(shape).toBe('read from the wrong place');
      expect(sentence).toMatch(
        /^At step \d+, g\d looked for sector \d of the backup on the disk, after g\d had (?:\w+|written zeroes to) it at step \d+/,
      );
      expect(sentence).toMatch(/ The copy had been in the target since step \d+ and should have been read from there\.$/);
    },
  );

  // It decides for all that it reads before it looks where the first of it is: a write may come in between.
  it.each(['a', 'c', 'h'])('was overtaken by a write: without writesWaitForFrozenReads (seed %s)', (seed) => {
    const { shape, sentence } = explained('writesWaitForFrozenReads', seed)!;
    expect(shape).toBe('decided, slept, then read');
    expect(sentence).toMatch(/ g\d should have waited until g\d had read the sector\.$/);
  });
});

describe('two disks in a transaction', () => {
  const PAIR: Scenario = {
    mode: 'full',
    disk: { sectors: 2, clusterSectors: 2, zero: [], discardReads: 'zero' },
    targetClusterSectors: 0,
    guest: ['g1', 'g2'].map((id, i) => ({ id, kind: 'write', first: 0, count: 1, after: i === 0 ? [] : ['g1'], early: false })),
    cancel: false,
    transaction: { start: 'grouped', second: ['g2'] },
  };

  /** Runs with a rule off, and those first whom the order names first. */
  const told = (rule: RuleName, scenario: Scenario, order: readonly string[]): ReturnType<typeof explain> => {
    const setting = settingWithout([rule], { job: 'block-copy', requestsMin: 0 });
    const experiment = new Experiment(scenario, setting);
    const { steps } = experiment.run(new InOrder(experiment.machine, order));
    const schedule = experiment.latest(steps);
    return explain(recordTrace({ scenario, setting, steps: namedSchedule(scenario, setting, schedule) }, { minimal: 'not tried' }));
  };

  it('are no cut: without disksStayDrained', () => {
    const { shape, sentence } = told('disksStayDrained', PAIR, ['g2', 'g1', 'job', 'job2'])!;
    expect(shape).toBe('not one cut');
    expect(sentence).toMatch(
      /^T0 of the first disk was step 1, and g1 ended on that disk after it, at step \d+\. g2, which came after g1, /,
    );
    expect(sentence).toMatch(
      / A restore of both disks therefore has g2 but not g1\. The first disk should have stayed drained until step \d+\.$/,
    );
  });

  it('are started in part: without jobsStartTogether', () => {
    const scenario: Scenario = { ...PAIR, guest: [], transaction: { start: 'individual', second: [], fails: true } };
    const { shape, sentence } = told('jobsStartTogether', scenario, ['job', 'job2'])!;
    expect(shape).toBe('not all of a group');
    expect(sentence).toMatch(
      /^The transaction failed at step \d+, because the target of job2 is unfit, but the job, which it had started at step 1, /,
    );
  });

  it('lose their bits with a command that fails: without failedStartGivesBitmapBack', () => {
    const scenario: Scenario = {
      ...PAIR,
      guest: [],
      bitmap: { mode: 'on-success', dirty: [0] },
      transaction: { start: 'individual', second: [], fails: true },
    };
    const { shape, sentence } = told('failedStartGivesBitmapBack', scenario, ['job', 'job2'])!;
    expect(shape).toBe('missing in the bitmap');
    expect(sentence).toMatch(
      /^The job was rolled back with its transaction and synchronized its bitmap \(bitmap-mode on-success\) at step \d+\. Cluster 0, /,
    );
  });

  it('complete in part: without failureAbortsGroup', () => {
    const { shape, sentence } = told(
      'failureAbortsGroup',
      { ...PAIR, guest: [], cancel: true, transaction: { start: 'grouped', second: [] } },
      ['job2', 'user', 'job'],
    )!;
    expect(shape).toBe('not all of a group');
    expect(sentence).toMatch(
      /^The job was cancelled and reported it at step \d+, but job2, of the same group, completed without an error at /,
    );
  });
});

class InOrder implements Strategy {
  readonly name = 'in order';
  readonly #machine: Machine;
  readonly #order: readonly string[];

  constructor(machine: Machine, order: readonly string[]) {
    this.#machine = machine;
    this.#order = order;
  }
  start(): void {}
  done(): void {}
  pick(ready: ReadySteps): number {
    const { coroutines } = this.#machine;
    const places = Array.from({ length: ready.count }, (_, i) =>
      this.#order.indexOf(this.#machine.coroutineName(coroutines.principalOf(coroutines.byId(ready.ids[i]!)))),
    );
    return places.indexOf(Math.min(...places));
  }
}
