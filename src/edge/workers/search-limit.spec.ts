import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { SearchLimit } from './search-limit.ts';

/** One that has begun. */
function begun(seconds: number | null, keepGoing: boolean): SearchLimit {
  const limit = new SearchLimit(seconds, keepGoing);
  limit.begin();
  return limit;
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('the limit of a search', () => {
  it('is over when its seconds are, and says so once', () => {
    const limit = begun(10, false);
    const over = vi.fn<() => void>();
    limit.onEnd(over);
    vi.advanceTimersByTime(9_999);
    expect([limit.isOver, over.mock.calls.length]).toEqual([false, 0]);
    vi.advanceTimersByTime(1);
    expect([limit.isOver, over.mock.calls.length]).toEqual([true, 1]);
  });

  it('leaves time to make failures small, where the search goes on after one', () => {
    const [goesOn, ends] = [begun(10, true), begun(10, false)];
    goesOn.hasFound();
    ends.hasFound();
    vi.advanceTimersByTime(6_000);
    expect([goesOn.isOver, ends.isOver]).toEqual([true, false]);
  });

  it('is over at once where the first failure comes after that', () => {
    const limit = begun(10, true);
    vi.advanceTimersByTime(8_000);
    expect(limit.isOver).toBe(false);
    limit.hasFound();
    expect(limit.isOver).toBe(true);
  });

  it('is never over without seconds, nor soon with a million', () => {
    const [none, long] = [begun(null, true), begun(1e6, false)];
    const over = vi.fn<() => void>();
    long.onEnd(over);
    none.hasFound();
    vi.advanceTimersByTime(86_400_000);
    expect([none.isOver, long.isOver, over.mock.calls.length]).toEqual([false, false, 0]);
  });

  it('does not run before it begins, and what was known by then counts as found', () => {
    const limit = new SearchLimit(10, true);
    vi.advanceTimersByTime(60_000);
    limit.hasFound();
    expect(limit.isOver).toBe(false);
    limit.begin();
    vi.advanceTimersByTime(5_000);
    limit.begin();
    expect(limit.isOver).toBe(false);
    vi.advanceTimersByTime(1_000);
    expect(limit.isOver).toBe(true);
  });
});
