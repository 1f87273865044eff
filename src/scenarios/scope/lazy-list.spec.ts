import { describe, expect, it } from 'vitest';
import { joined, listOf, multisets, ordersOf, pairs, subsets } from './lazy-list.ts';

describe('lists that are made item by item', () => {
  it('have what a list in memory would have', () => {
    const letters = listOf(['a', 'b']);
    expect([...joined([letters, listOf<string>([]), letters.map((letter) => letter.toUpperCase())])]).toEqual(['a', 'b', 'A', 'B']);
    expect([...pairs(letters, listOf([1, 2, 3]))]).toEqual([
      ['a', 1],
      ['a', 2],
      ['a', 3],
      ['b', 1],
      ['b', 2],
      ['b', 3],
    ]);
    expect([...subsets(2)]).toEqual([[], [0], [1], [0, 1]]);
  });

  it('may be longer than memory', () => {
    const many = subsets(50);
    expect(many.length).toBe(2 ** 50);
    expect(many.at(2 ** 49 + 1)).toEqual([0, 49]);
  });
});

describe('multisets', () => {
  it('are all lists in ascending order, each once', () => {
    expect([...multisets(['a', 'b', 'c'], 2)].map((list) => list.join('')).toSorted()).toEqual(['aa', 'ab', 'ac', 'bb', 'bc', 'cc']);
    expect([...multisets([1, 2], 0)]).toEqual([[]]);
    expect([...multisets([], 1)]).toEqual([]);
  });

  it('stand for all lists', () => {
    for (const [n, size] of [
      [1, 4],
      [3, 3],
      [6, 4],
    ] as const) {
      const things = Array.from({ length: n }, (_, i) => i);
      const all = [...multisets(things, size)];
      expect(new Set(all.map(String)).size).toBe(all.length);
      expect(all.every((list) => list.every((item, i) => i === 0 || list[i - 1]! <= item))).toBe(true);
      expect(all.reduce((sum, list) => sum + ordersOf(list), 0)).toBe(n ** size);
    }
  });
});
