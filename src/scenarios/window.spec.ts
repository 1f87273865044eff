import { describe, expect, it } from 'vitest';
import type { GuestLog, LoggedRequest } from './guest-log.ts';
import { WINDOW_DEFAULT, busiestWindow } from './window.ts';

/** Writes to one sector, one after the other, but for those that are still in flight when the next one begins. */
const logOf = (requests: number, ...slow: readonly number[]): GuestLog => ({
  sectors: 128,
  requests: Array.from({ length: requests }, (_, i): LoggedRequest => ({
    kind: 'write',
    first: 0,
    count: 1,
    begin: 2 * i,
    end: 2 * i + (slow.includes(i) ? 3 : 1),
  })),
  unanswered: 0,
  cutLine: null,
});

describe('busiestWindow', () => {
  it('is all of a short log', () => {
    expect(busiestWindow(logOf(3, 1))).toEqual({ from: 0, count: 3 });
    expect(busiestWindow(logOf(WINDOW_DEFAULT))).toEqual({ from: 0, count: WINDOW_DEFAULT });
  });

  it('has the most bursts of a long log, and is the first of those', () => {
    expect(busiestWindow(logOf(3000))).toEqual({ from: 0, count: WINDOW_DEFAULT });
    expect(busiestWindow(logOf(3000, 10, 2000, 2500))).toEqual({ from: 2500 - (WINDOW_DEFAULT - 1), count: WINDOW_DEFAULT });
    expect(busiestWindow(logOf(3000, 10, 11, 2000, 2500))).toEqual({ from: 0, count: WINDOW_DEFAULT });
  });
});
