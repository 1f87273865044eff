import { describe, expect, it } from 'vitest';
import { World } from '../kernel/world.ts';
import { StatusCache } from './status-cache.ts';

describe('what a node remembers of its block status', () => {
  const remembering = (first: number, end: number): StatusCache => {
    const world = new World(100);
    const cache = new StatusCache(world, 'disk');
    world.seal();
    cache.remember({ first, end });
    return cache;
  };

  it('is the last run of data that it was told of', () => {
    const cache = remembering(2, 6);
    expect([1, 2, 5, 6].map((sector) => cache.dataEnd(sector))).toEqual([null, 6, 6, null]);
    cache.remember({ first: 8, end: 9 });
    expect([2, 8].map((sector) => cache.dataEnd(sector))).toEqual([null, 9]);
  });

  it('is forgotten where zeroes or a discard meet it, and not beside it', () => {
    const cache = remembering(2, 6);
    cache.forget({ first: 0, end: 2 });
    cache.forget({ first: 6, end: 9 });
    expect(cache.dataEnd(2)).toBe(6);
    cache.forget({ first: 5, end: 9 });
    expect(cache.dataEnd(2)).toBe(null);
  });
});
