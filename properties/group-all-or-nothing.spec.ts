import { describe, expect, it } from 'vitest';
import { type Outcome, judgeGroup } from './group-all-or-nothing.ts';

const group = (...outcomes: readonly Outcome[]) => judgeGroup(outcomes.map((outcome, i) => ({ name: `job${i + 1}`, outcome })));

describe('group-all-or-nothing', () => {
  it.each([[['completed', 'completed']], [['failed', 'cancelled']], [['cancelled', 'cancelled']], [['running', 'running']]] as [
    Outcome[],
  ][])('holds of %s', (outcomes) => {
    expect(group(...outcomes)).toBeNull();
  });

  it.each([
    [['completed', 'failed'], 'job1 completed without an error, but job2 of the same group failed'],
    [['cancelled', 'completed'], 'job2 completed without an error, but job1 of the same group was cancelled'],
    [['completed', 'running'], 'job1 completed without an error, but job2 of the same group has not ended'],
  ] as [Outcome[], string][])('is broken of %s', (outcomes, detail) => {
    expect(group(...outcomes)).toEqual({ property: 'group-all-or-nothing', detail });
  });
});
