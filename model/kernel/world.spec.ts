import fc from 'fast-check';
import seedrandom from 'seedrandom';
import { describe, expect, it } from 'vitest';
import { World } from './world.ts';
import type { Recorder } from './recorder.ts';
import { Misuse, SpinError } from './misuse.ts';

function sealed(cells: number, { accessesMax = 1000, watched = cells } = {}): { world: World; first: number } {
  const world = new World(accessesMax);
  const first = world.alloc('watched', watched);
  world.watchUntilHere();
  world.alloc('unwatched', cells - watched);
  world.seal();
  return { world, first };
}

describe('the layout of a world', () => {
  it('hands out ranges of cells that hold zero, and knows them by name', () => {
    const world = new World(10);
    const disk = world.alloc('disk', 4);
    const lock = world.alloc('lock', 1);
    world.seal();

    world.write(disk + 2, 7);
    world.move(lock, disk + 2, 1);

    expect([...world.cells.subarray(disk)]).toEqual([0, 0, 7, 0, 8]); // before them lie a few cells of the world's own
    expect(world.describe(disk + 2)).toBe('disk[2]');
    expect(world.describe(lock)).toBe('lock[0]');
    expect(world.describe(world.misuseCell)).toBe('misuse[0]');
    expect(world.describe(99)).toBe('cell 99');
  });

  it('keeps ranges apart, and an empty one takes no cell', () => {
    const world = new World(10);
    const ranges = [3, 0, 1, 2].map((length, i) => ({ first: world.alloc(`r${i}`, length), length }));
    world.seal();
    const taken = ranges.flatMap(({ first, length }) => Array.from({ length }, (_, i) => first + i));
    expect(new Set([...taken, world.misuseCell, world.zeroCell]).size).toBe(8);
    expect(world.cells.length).toBe(8);
  });

  it('knows what each cell survives, which is nothing unless it is said', () => {
    const world = new World(10);
    const disk = world.alloc('disk', 2, 'powerLoss');
    const cache = world.alloc('cache', 1, 'restart');
    const lock = world.alloc('lock', 1);
    expect([disk, disk + 1, cache, lock, world.misuseCell].map((cell) => world.survives(cell))).toEqual([
      'powerLoss',
      'powerLoss',
      'restart',
      'nothing',
      'powerLoss', // what a run did wrong stays so
    ]);
    expect(() => world.survives(99)).toThrow('there is no cell 99');
    world.modelUntilHere();
    world.alloc('what an observer keeps', 2);
    expect(world.lostInRestart()).toEqual([lock]);
  });

  it('is closed once sealed', () => {
    const { world } = sealed(2);
    expect(() => world.alloc('late', 1)).toThrow('the world is sealed; late comes too late');
  });
});

describe('what model code does', () => {
  it('reads, writes, moves and compares cells', () => {
    const { world, first } = sealed(3);
    world.write(first, -5);
    world.move(first + 1, first, 3);
    expect(world.read(first + 1)).toBe(-2);
    expect([world.isZero(first), world.isZero(first + 2)]).toEqual([false, true]);
    expect([world.same(first, first + 1), world.same(first, first)]).toEqual([false, true]);
  });

  it('goes through the recorder while there is one, and leaves the cells to it', () => {
    const { world, first } = sealed(2);
    const heard: string[] = [];
    const recorder: Recorder = {
      read: (cell) => (heard.push(`read ${cell}`), 41),
      write: (cell, value) => heard.push(`write ${cell} ${value}`),
      move: (to, from, plus) => heard.push(`move ${to} ${from} ${plus}`),
      isZero: (cell) => (heard.push(`isZero ${cell}`), true),
      same: (a, b) => (heard.push(`same ${a} ${b}`), false),
      isBelow: (cell, bound) => (heard.push(`isBelow ${cell} ${bound}`), true),
    };
    world.recorder = recorder;
    const answers = [world.read(first), world.isZero(first), world.same(first, first)];
    world.write(first, 3);
    world.move(first + 1, first, 2);
    world.recorder = null;

    expect(answers).toEqual([41, true, false]);
    expect(heard).toEqual([
      `read ${first}`,
      `isZero ${first}`,
      `same ${first} ${first}`,
      `write ${first} 3`,
      `move ${first + 1} ${first} 2`,
    ]);
    expect([...world.cells].every((value) => value === 0)).toBe(true);
  });

  it('may make so many accesses in a step and not one more', () => {
    const { world, first } = sealed(1, { accessesMax: 5 });
    const fiveAccesses = (): void => {
      world.read(first);
      world.write(first, 1);
      world.move(first, first, 1);
      world.isZero(first);
      world.same(first, first);
    };
    for (let step = 0; step < 3; step++) {
      world.beginStep();
      fiveAccesses();
    }
    expect(() => world.read(first)).toThrow(SpinError);
    expect(() => world.read(first)).toThrow('without yielding');

    world.forgetAccesses();
    fiveAccesses();
    expect(() => world.isZero(first)).toThrow(SpinError);
  });

  it('is not charged for what the engine and observers do', () => {
    const { world, first } = sealed(1, { accessesMax: 1 });
    for (let i = 0; i < 100; i++) world.store(first, i);
    expect(world.read(first)).toBe(99);
  });

  it.each([Misuse.spins, Misuse.freedBitmap, Misuse.closedTarget, Misuse.outOfRange])(
    'misuse %i is kept, whatever comes after it',
    (what) => {
      const { world } = sealed(1);
      world.misuse(what);
      for (const later of [Misuse.outOfRange, Misuse.freedBitmap, Misuse.closedTarget]) world.misuse(later);
      expect(world.cells[world.misuseCell]).toBe(what);
    },
  );
});

describe('the list of changes', () => {
  const changes = (world: World): number[] => [...world.changed.subarray(0, world.changedCount)];

  it('names the watched cells that changed in this step, in order', () => {
    const { world, first } = sealed(4, { watched: 3 });
    world.beginStep();
    world.write(first + 2, 1);
    world.write(first, 1);
    world.write(first + 3, 1); // not watched
    world.write(first, 1); // no change
    world.move(first + 2, first, 1);
    expect(changes(world)).toEqual([first + 2, first, first + 2]);

    world.beginStep();
    expect(changes(world)).toEqual([]);
    world.store(first + 1, 5);
    expect(changes(world)).toEqual([first + 1]);
  });

  it('is empty after undo and at the start of a run', () => {
    const { world, first } = sealed(2);
    world.track();
    const mark = world.undoMark();
    world.store(first, 1);
    world.undoTo(mark);
    expect(changes(world)).toEqual([]);
    world.store(first, 2);
    world.load(new Int32Array(world.cells.length));
    expect(changes(world)).toEqual([]);
  });

  it('has room for a step that changes every watched cell twice, and a step that spins does not overrun it', () => {
    const { world, first } = sealed(3, { accessesMax: 500 });
    world.beginStep();
    const twice = [0, 1, 2, 0, 1, 2].map((i) => first + i);
    for (const cell of twice) world.move(cell, cell, 1);
    expect(changes(world)).toEqual(twice);
    for (let i = 0; i < 400; i++) world.move(first, first, 1);
    expect(world.cells[first]).toBe(402);
    expect(changes(world).slice(0, 7)).toEqual([...twice, first]);
    expect(world.changedCount).toBeLessThanOrEqual(world.changed.length);
  });
});

describe('undo and fingerprint', () => {
  const CELLS = 12;
  /** Small values, so that cells often come back to what they held, and any others. */
  const value = fc.oneof(fc.integer({ min: -1, max: 3 }), fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }));
  const stores = fc.array(fc.tuple(fc.nat(CELLS), value), { maxLength: 40 });
  const seed = { seed: 1606, numRuns: 400 };

  it('come back exactly, through marks inside marks', () => {
    const property = fc.property(
      stores,
      fc.array(stores, { minLength: 1, maxLength: 6 }),
      fc.infiniteStream(fc.nat()),
      (before, groups, back) => {
        const { world } = sealed(CELLS);
        for (const [cell, v] of before) world.store(cell, v);
        world.track();
        const marks: { mark: number; cells: Int32Array; fingerprint: unknown }[] = [];
        for (const group of groups) {
          marks.push({ mark: world.undoMark(), cells: world.cells.slice(), fingerprint: world.fingerprint() });
          for (const [cell, v] of group) world.store(cell, v);
        }
        // Not always to the newest mark: several groups are taken back at once.
        while (marks.length > 0) {
          const to = back.next().value! % marks.length;
          const { mark, cells, fingerprint } = marks[to]!;
          marks.length = to;
          world.undoTo(mark);
          expect(world.cells).toEqual(cells);
          expect(world.fingerprint()).toEqual(fingerprint);
          expect(world.undoMark()).toBe(mark);
        }
      },
    );
    fc.assert(property, seed);
  });

  it('work for more changes than the log had room for at first', () => {
    const { world, first } = sealed(3);
    world.track();
    const before = world.cells.slice();
    const mark = world.undoMark();
    for (let i = 1; i <= 10_000; i++) world.store(first + (i % 3), i);
    world.undoTo(mark);
    expect(world.cells).toEqual(before);
    expect(world.fingerprint()).toEqual(world.recountFingerprint());
  });

  it('agree with a recount after each change, by model code or by observers', () => {
    const change = fc.record({
      how: fc.constantFrom('store', 'write', 'move', 'misuse'),
      cell: fc.nat(CELLS),
      other: fc.nat(CELLS),
      value,
    });
    const property = fc.property(fc.array(change, { maxLength: 60 }), (changes) => {
      const { world } = sealed(CELLS);
      world.track();
      for (const { how, cell, other, value: v } of changes) {
        if (how === 'store') world.store(cell, v);
        else if (how === 'write') world.write(cell, v);
        else if (how === 'move') world.move(cell, other, v);
        else world.misuse(Misuse.outOfRange);
        expect(world.fingerprint()).toEqual(world.recountFingerprint());
      }
    });
    fc.assert(property, seed);
  });

  it('are right for a run that begins while tracking is on', () => {
    const { world, first } = sealed(2);
    world.track();
    world.store(first, 9);
    world.load(world.cells.map((_, cell) => 3 * cell));
    expect(world.fingerprint()).toEqual(world.recountFingerprint());
    expect(world.undoMark()).toBe(0);
  });

  it('tell different cells from each other', () => {
    const content = fc.array(value, { minLength: CELLS, maxLength: CELLS });
    const property = fc.property(content, content, fc.nat(CELLS - 1), value, (a, b, at, v) => {
      const changed = a.with(at, v);
      const equal = (x: number[], y: number[]): boolean => x.every((each, i) => each === y[i]);
      for (const other of [b, changed, a.toReversed()]) expect(fingerprintOf(a) === fingerprintOf(other)).toBe(equal(a, other));
    });
    fc.assert(property, seed);
  });

  // n = 400,000 contents: n^2 / 2^33 = 19 collisions of 32 bits expected in each half (fewer than 2, or
  // more than 60: less than one in a million), and of both halves together n^2 / 2^65 = 4e-9.
  it('tell 400,000 contents from each other, and the halves do not fail together', () => {
    const { world, first } = sealed(9);
    world.track();
    const random = seedrandom('fingerprints');
    const [whole, low, high] = [new Set<string>(), new Set<number>(), new Set<number>()];
    const count = 400_000;
    for (let n = 0; n < count; n++) {
      for (let i = 0; i < 9; i++) world.store(first + i, Math.floor(random() * 1000));
      const print = world.fingerprint();
      low.add(print.low);
      high.add(print.high);
      whole.add(`${print.low} ${print.high}`);
    }
    expect(whole.size).toBe(count);
    for (const half of [low, high]) {
      expect(count - half.size).toBeGreaterThan(1);
      expect(count - half.size).toBeLessThan(60);
    }
  });
});

function fingerprintOf(content: readonly number[]): string {
  const { world, first } = sealed(content.length);
  content.forEach((value, i) => world.store(first + i, value));
  world.track();
  const { low, high } = world.fingerprint();
  return `${low} ${high}`;
}
