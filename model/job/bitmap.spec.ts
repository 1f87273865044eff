import { describe, expect, it } from 'vitest';
import { World } from '../kernel/world.ts';
import { Misuse } from '../kernel/misuse.ts';
import { CopiedBitmap } from './bitmap.ts';

function bitmapOf(clusters: number): { bitmap: CopiedBitmap; world: World } {
  const world = new World(1000);
  const bitmap = new CopiedBitmap(world, clusters);
  world.seal();
  return { bitmap, world };
}

describe('the bitmap of copied clusters', () => {
  it('starts with none, and knows each that was copied', () => {
    const { bitmap } = bitmapOf(3);
    expect([0, 1, 2].map((c) => bitmap.has(c))).toEqual([false, false, false]);
    bitmap.add(1);
    expect([0, 1, 2].map((c) => bitmap.has(c))).toEqual([false, true, false]);
    expect([0, 1, 2].map((c) => bitmap.hasNow(c))).toEqual([false, true, false]);
  });

  it('a skipped cluster is not copied: a guest that overwrites it has it copied', () => {
    const { bitmap } = bitmapOf(1);
    bitmap.skip(0);
    expect([bitmap.has(0), bitmap.hasNow(0)]).toEqual([false, false]);
    bitmap.add(0);
    expect([bitmap.has(0), bitmap.hasNow(0)]).toEqual([true, true]);
  });

  it('a copied cluster stays copied when it is skipped', () => {
    const { bitmap } = bitmapOf(1);
    bitmap.add(0);
    bitmap.skip(0);
    expect(bitmap.has(0)).toBe(true);
  });

  it.each([
    { what: 'a copy', moves: ['add'], counts: [true] },
    { what: 'a skip', moves: ['skip'], counts: [true] },
    { what: 'a skip, then a copy', moves: ['skip', 'add'], counts: [true, false] },
    { what: 'a copy, then a skip', moves: ['add', 'skip'], counts: [true, false] },
    { what: 'a skip and a copy, then a skip', moves: ['skip', 'add', 'skip'], counts: [true, false, false] },
  ] as const)('counts each cluster once: $what', ({ moves, counts }) => {
    const { bitmap } = bitmapOf(2);
    expect(moves.map((move) => bitmap[move](1))).toEqual(counts);
    expect(bitmap.add(0)).toBe(true); // one cluster says nothing about another
  });

  it.each(['has', 'add', 'skip'] as const)('once freed tells of every %s', (access) => {
    const { bitmap, world } = bitmapOf(2);
    bitmap.add(0);
    bitmap.free();
    expect(world.cells[world.misuseCell]).toBe(Misuse.none);
    bitmap[access](0);
    expect(world.cells[world.misuseCell]).toBe(Misuse.freedBitmap);
    expect(bitmap.hasNow(0)).toBe(false);
  });
});
