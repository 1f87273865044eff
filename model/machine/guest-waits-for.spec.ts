import { describe, expect, it } from 'vitest';
import type { GuestOperation, Scenario, Start } from '../scenario/scenario.ts';
import { request as ask } from '../testing.ts';
import { blockersOf, isBlockedInOrder } from './guest-waits-for.ts';

/** By request those before it, by number, that it comes after; `early`: it may start before the point in time. */
const scenarioOf = (after: readonly (readonly number[])[], early: readonly number[] = []): Scenario => ({
  mode: 'full',
  disk: { sectors: 1, clusterSectors: 1, zero: [], discardReads: 'zero' },
  targetClusterSectors: 0,
  guest: after.map((those, i): GuestOperation => ({
    id: `g${i}`,
    kind: 'flush',
    first: 0,
    count: 0,
    after: those.map((n) => `g${n}`),
    early: early.includes(i),
  })),
  cancel: false,
});

/** By the definition: all that a request waits for, be it by way of others, is a set, and the sets grow. */
function byDefinition({ guest }: Scenario): boolean {
  const all = new Map<string, Set<string>>();
  const sets = guest.map(({ id, early, after }) => {
    const mine = new Set([...(early ? [] : ['job']), ...after, ...after.flatMap((other) => [...all.get(other)!])]);
    all.set(id, mine);
    return mine;
  });
  return sets.every((mine, i) => i === 0 || [...sets[i - 1]!].every((other) => mine.has(other)));
}

describe('isBlockedInOrder', () => {
  it('says whether all that blocks a request blocks each later one', () => {
    expect(isBlockedInOrder(scenarioOf([[], [0], [0], [1, 2]]))).toBe(true);
    expect(isBlockedInOrder(scenarioOf([[], [0], []]))).toBe(false);
    expect(isBlockedInOrder(scenarioOf([[], [], [0], [1]]))).toBe(false);
    expect(isBlockedInOrder(scenarioOf([[], []], [1]))).toBe(false);
    expect(isBlockedInOrder(scenarioOf([[], []], [0]))).toBe(true);
  });

  it('says the same as the definition, of all lists of four requests', () => {
    const subsets = (n: number): number[][] =>
      Array.from({ length: 2 ** n }, (_, bits) => [...Array(n).keys()].filter((i) => (bits >> i) & 1));
    let inOrder = 0;
    for (const a of subsets(1))
      for (const b of subsets(2))
        for (const c of subsets(3))
          for (const early of [[], [0], [1], [0, 1], [2]]) {
            const scenario = scenarioOf([[], a, b, c], early);
            expect(isBlockedInOrder(scenario)).toBe(byDefinition(scenario));
            if (isBlockedInOrder(scenario)) inOrder++;
          }
    expect(inOrder).toBeGreaterThan(10);
  });

  it('asks of each request of a long log no more than what it comes after', () => {
    let asked = 0;
    const scenario = scenarioOf(Array.from({ length: 20_000 }, (_, i) => (i < 2 ? [] : [i - 2])));
    for (const request of scenario.guest)
      Object.defineProperty(request, 'after', {
        value: new Proxy(request.after, { get: (list, key) => (asked++, Reflect.get(list, key)) }),
      });
    expect(isBlockedInOrder(scenario)).toBe(false);
    expect(asked).toBeLessThan(100);
    const chain = scenarioOf(Array.from({ length: 20_000 }, (_, i) => (i === 0 ? [] : [i - 1])));
    expect(isBlockedInOrder(chain)).toBe(true); // with a set for each request it would be 200,000,000 members
  });
});

describe('blockersOf', () => {
  const guest = [ask('g1', 'write', [0, 1]), ask('g2', 'write', [0, 1], { after: ['g1'] })];
  const startedAs = (start: Start): string[][] => blockersOf({ guest, transaction: { start, second: ['g1'] } });

  it('has a request wait for the point in time of its disk, by way of another one or by itself', () => {
    expect(blockersOf({ guest })).toEqual([['job'], ['g1']]);
    expect(startedAs('apart')).toEqual([['job'], ['job', 'g1']]);
    expect(startedAs('individual')).toEqual([['job'], ['g1']]);
  });
});
