import { describe, expect, it } from 'vitest';
import { NEW, StateSet } from './state-set.ts';
import { randomNumbers } from './strategies/random-numbers.ts';

describe('StateSet', () => {
  it('knows what it has seen, and at which depth first, however many there are', () => {
    const set = new StateSet(2 ** 24);
    const random = randomNumbers('states');
    const states = Array.from({ length: 20_000 }, () => [random.bits(), random.bits()] as const);
    for (const [depth, [low, high]] of states.entries()) expect(set.add(low, high, depth, 0)).toBe(NEW);
    for (const [depth, [low, high]] of states.entries()) expect(set.depthAt(set.add(low, high, 0, 0))).toBe(depth);
    expect(set.size).toBe(20_000);
  });

  it('takes the fingerprint of two zeroes for a state like any other', () => {
    const set = new StateSet(2 ** 20);
    expect(set.add(0, 0, 3, 0)).toBe(NEW);
    expect(set.depthAt(set.add(0, 0, 4, 0))).toBe(3);
  });

  it('is full before it takes more memory than it may', () => {
    const set = new StateSet(2 ** 17);
    let added = 0;
    while (!set.isFull) set.add(added, ++added, 0, 0);
    expect(added).toBeLessThan(2 ** 17 / 12);
    expect(added).toBeGreaterThan(2 ** 17 / 12 / 4);
  });

  it('tells states apart that differ in either half of their fingerprints', () => {
    const set = new StateSet(2 ** 20);
    const [here, there] = [5, 5 + (1 << 12)]; // both begin to look at the same place
    expect([set.add(here, 7, 1, 0), set.add(there, 7, 2, 0), set.add(here, 8, 3, 0)]).toEqual([NEW, NEW, NEW]);
    expect([set.add(here, 7, 9, 0), set.add(there, 7, 9, 0), set.add(here, 8, 9, 0)].map((place) => set.depthAt(place))).toEqual([1, 2, 3]);
  });

  it('knows who sleeps in each, before it has grown and after', () => {
    const set = new StateSet(2 ** 24);
    const random = randomNumbers('asleep');
    const states = Array.from({ length: 10_000 }, () => [random.bits(), random.bits()] as const);
    const asleepIn = (i: number): number => set.asleepAt(set.add(...states[i]!, 0, 0));
    for (const [i, [low, high]] of states.entries()) set.add(low, high, 0, i + 1);
    expect(states.every((_, i) => asleepIn(i) === i + 1)).toBe(true);
    set.setAsleep(set.add(...states[3]!, 0, 0), 12);
    expect([asleepIn(2), asleepIn(3), asleepIn(4)]).toEqual([3, 12, 5]);
  });
});
