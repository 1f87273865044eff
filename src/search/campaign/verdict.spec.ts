import { describe, expect, it } from 'vitest';
import { RUNS_ENOUGH, runsNeeded, together, verdictOfMode } from './verdict.ts';

const ran = (schedules: number, cutOff = 0, broken = false): Parameters<typeof verdictOfMode>[0] => ({ schedules, cutOff, broken });

describe('runsNeeded', () => {
  it('is the share of a mode where runs were asked for', () => {
    expect([...runsNeeded(['full', 'top', 'none'], 8, 1_000)]).toEqual([
      ['full', 3],
      ['top', 3],
      ['none', 2],
    ]);
  });
  it('is at least one run: a mode that did not run does not hold', () => {
    expect([...runsNeeded(['full', 'top', 'none'], 1, 1_000).values()]).toEqual([1, 1, 1]);
  });
  it('is a fixed number where only time was given', () => {
    expect([...runsNeeded(['full', 'none'], null, RUNS_ENOUGH.recorded)]).toEqual([
      ['full', 20],
      ['none', 20],
    ]);
  });
});

describe('verdictOfMode', () => {
  it('holds from enough completed runs on', () => {
    expect([ran(999), ran(1_000), ran(0)].map((mode) => verdictOfMode(mode, 1_000))).toEqual(['unfinished', 'holds', 'unfinished']);
  });
  it('is unfinished while a run has not ended, however many others have', () => {
    expect(verdictOfMode(ran(5_000, 1), 1_000)).toBe('unfinished');
  });
  it('is broken by one failure, however few runs there were', () => {
    expect(verdictOfMode(ran(1, 0, true), 1_000)).toBe('broken');
  });
});

describe('together', () => {
  it('holds only if every mode holds', () => {
    expect(together(['holds', 'holds'])).toBe('holds');
    expect(together(['holds', 'unfinished'])).toBe('unfinished');
    expect(together(['unfinished', 'broken', 'holds'])).toBe('broken');
    expect(together([])).toBe('unfinished');
  });
});
