import { describe, expect, it } from 'vitest';
import { NOBODY, request, smallScenario, staged } from '../model/testing.ts';
import type { Scenario } from '../model/scenario/scenario.ts';
import { describeWaiting } from './waiting.ts';

const g1 = request('g1', 'write', [0, 2]);
const g2 = request('g2', 'write', [1, 1]);

/** A run is played by hand up to somewhere in its middle: what would be said of those who have not ended. */
function said(
  scenario: Scenario,
  lines: readonly string[],
  setting: Parameters<typeof staged>[2] = {},
  since?: ReadonlyMap<number, number>,
): string {
  const { machine, player } = staged(scenario, () => NOBODY, setting);
  player.play(...lines);
  const text = describeWaiting(
    machine,
    machine.coroutines.alive().map(({ id }) => id),
    since,
  );
  expect(text).toMatch(/^nothing can run any more; waiting: /);
  return text.slice(text.indexOf(': ') + 2);
}

describe('who waits for whom', () => {
  it('is told with the step in which, and the step of the run since which', () => {
    const lines = ['job: start', 'job: sleep c0', 'g1: write.start', 'g2: write.start'];
    const since = new Map([
      [1, 2],
      [3, 3],
      [4, 4],
    ]);
    expect(said(smallScenario('full', [g1, g2]), lines, {}, since)).toBe(
      'job in "copy.read c0" since step 2, g1 in "wait c0" for job since step 3, g2 in "wait c0" for job since step 4',
    );
  });

  it('is told of a request that comes after others, and after the point in time', () => {
    const guest = [g1, g2, request('g3', 'flush', [0, 0], { after: ['g1', 'g2'] })];
    expect(said(smallScenario('full', guest), [])).toBe(
      'job in "start", g1 in "write.start" for job, g2 in "write.start" for job, g3 in "flush.start" for job and g1 and g2',
    );
    expect(said(smallScenario('full', guest), ['job: start', 'g2: ...'])).toBe(
      'job in "sleep c0", g1 in "write.start", g3 in "flush.start" for g1',
    );
  });

  it('is told of a cancel that comes after requests, for which no operator waits', () => {
    const scenario = { ...smallScenario('full', [g1], { cancel: true }), cancelAfter: ['g1'], resume: true };
    expect(said(scenario, [])).toBe(
      'job in "start", user in "cancel" for job and g1, operator in "resume.stopped" for job, g1 in "write.start" for job',
    );
  });

  it('is told of a drain of the copies, and of a drain of the disk', () => {
    const cancelled = ['job: start', 'user: cancel', 'g1: write.start', 'job: ...'];
    expect(said(smallScenario('none', [g1, g2]), cancelled)).toBe(
      'job in "drain.copies" for g1, g1 in "copy.read c0", g2 in "write.start"',
    );
    const unhooked = ['job: start', 'user: cancel', 'g1: ... write.send c0', 'job: ...'];
    expect(said(smallScenario('none', [g1, g2]), unhooked)).toBe('job in "close.drain" for g1, g1 in "write.land c0", g2 in "write.start"');
  });

  it('does not count those who wait for their turn before they take the lock', () => {
    const lines = ['job: start', 'g1: write.start', 'g2: write.start', 'user: cancel', 'job: ...'];
    expect(said(smallScenario('none', [g1, g2]), lines)).toContain('job in "drain.copies" for g1 and g2, ');
    expect(said(smallScenario('none', [g1, g2]), lines, { without: ['lockBeforeWaiting'] })).toContain('job in "drain.copies" for g1, ');
  });

  it('names those who wait for each other', () => {
    const copying = { ...smallScenario('full', [g1]), disk: { ...smallScenario('full', []).disk, copyOnRead: true, throttled: true } };
    const lines = ['job: start', 'g1: write.start', 'job: sleep c0', 'g1: throttle', 'job: copy.queue c0', 'job: copy.throttle c0'];
    expect(said(copying, lines, { without: ['jobReadIgnoresGuests'] })).toBe(
      'job in "copy.overlap c0" for g1, g1 in "wait c0" for job; a deadlock: job waits for g1, g1 waits for job',
    );
  });

  it('takes nobody for part of a circle who waits for what has gone by', () => {
    const lines = ['job: start', 'job: sleep c0', 'g1: write.start', 'job: ... copy.done c2'];
    expect(said(smallScenario('full', [g1]), lines, { without: ['wakeWaiters'] })).toBe(
      'job in "drain.copies" for g1, g1 in "wait c0" for job (whose turn is over)',
    );
  });
});
