import { describe, expect, it } from 'vitest';
import { randomNumbers } from '../search/strategies/random-numbers.ts';
import { LogError, type LoggedRequest, immediatePredecessors, wholeSectors } from './guest-log.ts';

/** Requests that lasted from one event to another; `immediatePredecessors` looks at nothing else. */
const lasting = (...spans: readonly (readonly [begin: number, end: number])[]): LoggedRequest[] =>
  spans.map(([begin, end]) => ({ kind: 'write', first: 0, count: 1, begin, end }));

/** By the definitions: all that had ended, without those that another of them had waited for. Cubic. */
function predecessorsByDefinition(requests: readonly LoggedRequest[]): number[][] {
  const indices = requests.map((_, i) => i);
  const isBefore = (a: number, b: number): boolean => requests[a]!.end < requests[b]!.begin;
  return indices.map((r) =>
    indices.filter((p) => isBefore(p, r) && !indices.some((between) => isBefore(p, between) && isBefore(between, r))),
  );
}

/** Begins and ends are one random order of events, as in a log; with few `positions`, events fall together. */
function randomOrder(seed: string, requests: number, positions: number): LoggedRequest[] {
  const random = randomNumbers(seed);
  const spans = Array.from({ length: requests }, (): [number, number] => {
    const begin = random.below(positions);
    return [begin, begin + 1 + random.below(1 + random.below(positions))];
  });
  return lasting(...spans.toSorted((a, b) => a[0] - b[0]));
}

describe('immediatePredecessors', () => {
  it('names whom a request waited for, and leaves out whom those had waited for', () => {
    //   0 ---        1 had waited for 0, and 3 for all; to wait for 1 and 2 is to wait for 0 too.
    //   1     ---
    //   2   -----
    //   3          ---
    const requests = lasting([1, 2], [3, 6], [4, 5], [7, 8]);
    expect(immediatePredecessors(requests)).toEqual([[], [0], [0], [1, 2]]);
  });

  it('says nothing of requests that were in flight together', () => {
    expect(immediatePredecessors(lasting([1, 4], [2, 5], [3, 6]))).toEqual([[], [], []]);
  });

  it('takes an end and a begin at the same position for simultaneous', () => {
    expect(immediatePredecessors(lasting([1, 3], [3, 4]))).toEqual([[], []]);
  });

  it('agrees with the definition on random orders', () => {
    let edges = 0;
    for (let run = 0; run < 400; run++) {
      const requests = randomOrder(`order ${run}`, 1 + (run % 25), 5 + (run % 40));
      const predecessors = immediatePredecessors(requests);
      expect(predecessors, `order ${run}`).toEqual(predecessorsByDefinition(requests));
      edges += predecessors.flat().length;
    }
    expect(edges).toBeGreaterThan(1000); // the agreement is about something
  });

  it('takes 100,000 requests, 8 of them in flight at a time', () => {
    const requests = lasting(...Array.from({ length: 100_000 }, (_, i): [number, number] => [2 * i, 2 * i + 15]));
    const started = performance.now();
    const predecessors = immediatePredecessors(requests);
    expect(performance.now() - started).toBeLessThan(20_000); // takes 0.3 s; anything quadratic takes far longer than the limit
    expect(predecessors[50_000]).toEqual([49_985, 49_986, 49_987, 49_988, 49_989, 49_990, 49_991, 49_992]);
  });

  it('refuses requests that are not in the order of their begin', () => {
    expect(() => immediatePredecessors(lasting([3, 4], [1, 2]))).toThrow(RangeError);
  });
});

describe('wholeSectors', () => {
  it('leaves whole sectors as they are', () => {
    expect(wholeSectors('write', 1024, 512)).toEqual({ first: 2, count: 1 });
    expect(wholeSectors('discard', 1024, 512)).toEqual({ first: 2, count: 1 });
  });

  it.each(['read', 'write', 'zero'] as const)('widens a %s to the sectors that it touches', (kind) => {
    expect(wholeSectors(kind, 511, 2)).toEqual({ first: 0, count: 2 });
    expect(wholeSectors(kind, 600, 1)).toEqual({ first: 1, count: 1 });
  });

  it('narrows a trim to the sectors that it covers', () => {
    expect(wholeSectors('discard', 511, 514)).toEqual({ first: 1, count: 1 });
    expect(wholeSectors('discard', 512, 1023)).toEqual({ first: 1, count: 1 });
    expect(wholeSectors('discard', 600, 500).count).toBe(0);
    expect(wholeSectors('discard', 600, 1).count).toBe(0);
  });
});

describe('LogError', () => {
  it('is one line, whatever the file contains', () => {
    expect(new LogError('a\nb.log', 3, 'found \u001b[31m\u2028').message).toBe('a?b.log:3: found ?[31m?');
  });
});
