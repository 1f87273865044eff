import { describe, expect, it } from 'vitest';
import type { Coroutine } from '../../model/kernel/coroutine.ts';
import { Preemptions, type Workers, canGoOn } from './preemption.ts';

/** Requests 1 and 2, and tasks 3 and 4, which work for the first. */
const PRINCIPALS: Readonly<Record<number, number>> = { 1: 1, 2: 2, 3: 1, 4: 1 };
const WORKERS: Workers = {
  byId: (id) => ({ id }) as Coroutine,
  principalOf: ({ id }) => ({ id: PRINCIPALS[id] }) as Coroutine,
};

/** @param picks who runs, and who can at that time @returns whom each interrupts, and how many preemptions those are */
function preemptions(...picks: [id: number, ready: number[]][]): [interrupted: number[], count: number] {
  const counted = new Preemptions(WORKERS);
  // Behind those who can run, the list has others from earlier on.
  const interrupted = picks.map(([id, ready]) => counted.picked(id, Int32Array.from([...ready, 1, 2, 3, 4]), ready.length));
  return [interrupted, counted.count];
}

describe('a preemption', () => {
  it('is a switch away from somebody who could go on', () => {
    expect(preemptions([1, [1, 2]], [2, [1, 2]], [2, [1, 2]], [1, [1, 2]])).toEqual([[0, 1, 0, 2], 2]);
  });

  it('is none where the coroutine that ran last cannot go on', () => {
    expect(preemptions([1, [1, 2]], [2, [2]], [1, [1]])).toEqual([[0, 0, 0], 0]);
  });

  it('is none between those who work for the same', () => {
    expect(preemptions([1, [1, 2, 3]], [3, [1, 2, 3]], [4, [1, 2, 3, 4]], [1, [1, 4]])).toEqual([[0, 0, 0, 0], 0]);
  });

  it('is a switch away from all who work for one while any of them could go on', () => {
    expect(preemptions([3, [2, 3, 4]], [2, [2, 4]], [4, [2, 4]])).toEqual([[0, 1, 2], 2]);
  });
});

it('a principal can go on if anybody who works for it can', () => {
  const ready = Int32Array.from([2, 4, 1]);
  expect([1, 2, 3].map((principal) => canGoOn(WORKERS, principal, ready, 2))).toEqual([true, true, false]);
  expect(canGoOn(WORKERS, 1, ready, 1)).toBe(false);
});
