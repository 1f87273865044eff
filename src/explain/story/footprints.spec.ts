import { describe, expect, it } from 'vitest';
import { World } from '../../../model/kernel/world.ts';
import { Footprints } from './footprints.ts';

/** A world of a few cells, watched by footprints. */
function watched(): { world: World; footprints: Footprints; a: number; b: number; c: number } {
  const world = new World(1_000_000);
  const a = world.alloc('a', 1);
  const [b, c] = [world.alloc('b', 1), world.alloc('c', 1)];
  world.watchUntilHere();
  world.seal();
  const footprints = new Footprints(world);
  world.recorder = footprints;
  return { world, footprints, a, b, c };
}

describe('footprints', () => {
  it('tell where a value came from: which step wrote it, and from which cell', () => {
    const { world, footprints, a, b, c } = watched();
    world.write(a, 7); // step 1
    footprints.stepEnded();
    world.move(b, a); // step 2
    footprints.stepEnded();
    world.move(c, b, 1); // step 3
    expect(footprints.lastWrite(c, 3)).toEqual({ step: 3, value: 8, from: b });
    expect(footprints.lastWrite(b, 3)).toEqual({ step: 2, value: 7, from: a });
    expect(footprints.lastWrite(a, 3)).toEqual({ step: 1, value: 7, from: null });
    expect(world.cells[c]).toBe(8);
  });

  it('look no further than the step in question, and only at what fits', () => {
    const { world, footprints, a } = watched();
    for (const value of [1, 0, 1]) {
      world.write(a, value);
      footprints.stepEnded();
    }
    expect(footprints.lastWrite(a, 2)).toMatchObject({ step: 2, value: 0 });
    expect(footprints.lastWrite(a, 3, ({ value }) => value === 0)).toMatchObject({ step: 2 });
    expect(footprints.lastWrite(a, 0)).toBeNull();
    expect([...footprints.writes(a, 1)].map(({ step, value }) => [step, value])).toEqual([
      [1, 1],
      [2, 0],
      [3, 1],
    ]);
  });

  it('note every way to look at a cell, with what was found', () => {
    const { world, footprints, a, b, c } = watched();
    world.write(b, 4);
    footprints.stepEnded();
    expect([world.read(b), world.isZero(b), world.same(a, b), world.isBelow(b, 5)]).toEqual([4, false, false, true]);
    expect(footprints.readsOf(2, a, 3).map(({ cell, value }) => [cell, value])).toEqual([
      [b, 4],
      [b, 4],
      [a, 0],
      [b, 4],
      [b, 4],
    ]);
    expect(footprints.readsOf(2, a, 1)).toEqual([{ cell: a, value: 0 }]);
    expect(footprints.lastRead(b, 2)).toEqual({ step: 2, value: 4 });
    expect(footprints.lastRead(c, 2)).toBeNull();
    expect(footprints.lastRead(b, 1)).toBeNull();
  });

  it('take as many accesses as there are', () => {
    const { world, footprints, a } = watched();
    for (let i = 1; i <= 5_000; i++) world.write(a, i);
    expect(footprints.lastWrite(a, 1)).toMatchObject({ value: 5_000 });
    expect([...footprints.writes(a, 1)]).toHaveLength(5_000);
  });
});
