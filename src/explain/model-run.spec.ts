import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import '../families/block-copy.ts';
import type { Trace } from '../trace/format.ts';
import { readTrace } from '../trace/read.ts';
import { type ModelRun, modelRunOf } from './model-run.ts';

const load = (path: string): Trace => readTrace(readFileSync(new URL(path, import.meta.url), 'utf8'));
const release = (name: string): Trace => load(`../../traces/releases/${name}.trace.yaml`);

function explained(found: ModelRun): unknown {
  if (found.outcome !== 'breaks') return found.outcome;
  const { property, trace, shape } = found.explanation;
  return { property, job: trace.job, cause: trace.cause, shape };
}

describe('the run of the model that shows the log of a real QEMU', () => {
  it.each([
    [
      'B-90',
      'snapshot-access-7.2',
      { property: 'stable-reader', job: 'qemu-7.2', cause: ['doneRunIsDone'], shape: 'read from the wrong place' },
    ],
    ['B-92', 'lost-cluster-5.2', { property: 'snapshot-kept', job: 'qemu-5.2', cause: ['jobPassesUntilClean'], shape: 'never stored' }],
    ['B-103', 'break-snapshot-11.1', { property: 'given-up', job: 'qemu-11.1', cause: ['brokenSnapshotFailsJob'], shape: 'given up' }],
    ['B-16', 'overtaken-read-11.1', { property: 'given-up', job: 'qemu-11.1', cause: ['brokenSnapshotWaitsForReads'], shape: 'given up' }],
    // Of several runs that show the log only some break: the job's end may come before or after the guest's next copy has begun.
    [
      'B-104',
      'bitmap-always-7.2',
      { property: 'next-increment', job: 'qemu-7.2', cause: ['bitmapWaitsForCopies'], shape: 'missing in the bitmap' },
    ],
  ])('has the cause of %s', (_number, name, expected) => {
    expect(explained(modelRunOf(release(name)))).toEqual(expected);
  });

  it('is the one that breaks given-up, where of several runs that show what a reader got only some do', () => {
    const log = load('../validate/logs/overtakenOnceBroken.trace.yaml');
    expect(explained(modelRunOf(log))).toEqual({
      property: 'given-up',
      job: 'qemu-10.0',
      cause: ['brokenSnapshotWaitsForReads'],
      shape: 'given up',
    });
  });

  it('has the cause of B-92 in TOP, too: a guest has all copied while the job scans, and the job waits for no copy', () => {
    const log = load('../validate/logs/nothingLeftForTheJob.trace.yaml');
    expect(explained(modelRunOf(log))).toEqual({
      property: 'snapshot-kept',
      job: 'qemu-5.2',
      cause: ['jobPassesUntilClean'],
      shape: 'never stored',
    });
  });

  it('has none where QEMU crashed by what the model does not know', () => {
    expect(modelRunOf(release('serialised-twice-5.2'))).toMatchObject({ outcome: 'holds', run: { job: 'qemu-5.2' } });
  });

  it('is another where the release had not broken the rule', () => {
    expect(explained(modelRunOf({ ...release('snapshot-access-7.2'), job: 'qemu 10.0.13' }))).toBe('none');
  });

  it('is not there where the log is none of the model, is not compared, or is not found in time', () => {
    const why = (trace: Trace, statesMax?: number): string => {
      const found = modelRunOf(trace, statesMax === undefined ? undefined : { statesMax, seconds: 10 });
      return found.outcome === 'none' ? found.why : found.outcome;
    };
    const trace = release('break-snapshot-11.1');
    const twice = trace.schedule.findIndex(({ who, what }) => who === 'target' && what.startsWith('write.land'));
    expect(why({ ...trace, schedule: trace.schedule.toSpliced(twice, 0, trace.schedule[twice]!) })).toMatch(
      /follow the log up to step \d+/,
    );
    expect(why({ ...trace, job: 'qemu 4.1.1' })).toContain('older');
    expect(why(trace, 3)).toContain('limit');
  });
});
