import seedrandom from 'seedrandom';
import { describe, expect, it } from 'vitest';
import { Coroutine, type Run } from './coroutine.ts';
import { Coroutines } from './coroutines.ts';
import type { WakeOrder } from './wake/orders.ts';
import { WaitQueue } from './wait-queue.ts';
import { type Engine, GeneratorEngine } from './engine.ts';
import { LearnedTable } from './learned-table.ts';
import { type Step, defineStep, stepEnd } from './step.ts';
import { World } from './world.ts';
import { Misuse } from './misuse.ts';

const GO = defineStep('go', 'nothing');
const TICK = defineStep('tick', 'nothing');
const LEFT = defineStep('left', 'nothing');
const RIGHT = defineStep('right', 'nothing');
const AT_CLUSTER = defineStep('at', 'cluster');
const SLEEP = defineStep('sleep', 'nothing', { guard: 'woken' });

const ACCESSES_MAX = 1000;
/** One of `count` things; the same text, the same choices. */
type Pick = (count: number) => number;
const seeded = (text: string): Pick => {
  const random = seedrandom(text);
  return (count) => Math.floor(random() * count);
};

/** A coroutine of the toys below: `own` cells of its own, and some that all share. */
class Toy extends Coroutine {
  override readonly constantCells: readonly number[];
  /** What no coroutine may have: something that changes beside the cells. */
  memory: number | undefined;
  readonly lab: Lab;
  readonly #own: number;
  readonly #does: (me: Toy) => Run;

  constructor(lab: Lab, name: string, { ownCells, does, isConstant = false }: Furniture) {
    super(lab.coroutines, name, ownCells, { environment: lab });
    this.lab = lab;
    this.#own = this.slot + this.slotCells - ownCells;
    this.#does = does;
    this.constantCells = isConstant ? [this.own(NUMBER)] : [];
  }

  own(n: number): number {
    return this.#own + n;
  }

  override *body(start: Step): Run {
    yield start;
    yield* this.#does(this);
  }
}

/** What a lab is furnished with: toys that all do the same, so many cells for each and for all. */
interface Furniture {
  readonly toys: number;
  readonly ownCells: number;
  readonly sharedCells: number;
  readonly does: (me: Toy) => Run;
  readonly wake?: WakeOrder;
  /** Whether nobody changes the first cell that each has. */
  readonly isConstant?: boolean;
  /** The cells at the start of a run; all zero if absent. */
  readonly fill?: (lab: Lab, cells: Int32Array, pick: Pick) => void;
}

class Lab {
  readonly world = new World(ACCESSES_MAX);
  readonly coroutines: Coroutines;
  readonly toys: readonly Toy[];
  /** The first of the shared cells. */
  readonly shared: number;
  readonly queue: WaitQueue;
  readonly table: LearnedTable;
  readonly engine: Engine;
  readonly #fill: Furniture['fill'];

  constructor(engine: 'table' | 'generators', furniture: Furniture) {
    const { toys, sharedCells, wake = 'any', fill } = furniture;
    this.coroutines = new Coroutines(this.world, wake);
    this.shared = this.world.alloc('shared', sharedCells);
    this.queue = new WaitQueue(this.coroutines, this.world.alloc('queue', 1));
    this.toys = Array.from({ length: toys }, (_, i) => new Toy(this, `toy${i + 1}`, furniture));
    this.world.seal();
    this.table = new LearnedTable(this.coroutines, stepEnd(8));
    this.engine = engine === 'table' ? this.table : new GeneratorEngine(this.coroutines);
    this.#fill = fill;
  }

  begin(pick: Pick): void {
    const cells = new Int32Array(this.world.cells.length);
    for (const toy of this.toys) toy.loadInto(cells, toy.step(GO));
    this.#fill?.(this, cells, pick);
    this.world.load(cells);
    this.engine.begin();
  }

  get ready(): number[] {
    const ids = new Int32Array(this.toys.length);
    return [...ids.subarray(0, this.coroutines.ready(ids))];
  }

  step(id: number): void {
    this.engine.step(this.coroutines.byId(id));
  }
}

/** Runs the same picks with generators and with the table, and says where they part. */
function compare(furniture: Furniture, seed: string, { runs = 200, stepsMax = 60 } = {}): { parted: string | null; table: LearnedTable } {
  const pick = seeded(seed);
  const [generators, table] = [new Lab('generators', furniture), new Lab('table', furniture)];
  for (let run = 0; run < runs; run++) {
    const same = `${seed} ${run}`;
    generators.begin(seeded(same));
    table.begin(seeded(same));
    for (let steps = 0; steps < stepsMax; steps++) {
      const { ready } = generators;
      if (ready.length === 0) break;
      const id = ready[pick(ready.length)]!;
      generators.step(id);
      try {
        table.step(id);
      } catch (error) {
        return { parted: `error: ${(error as Error).message}`, table: table.table };
      }
      const difference = firstDifference(generators.world, table.world);
      if (difference !== null) return { parted: `difference: ${difference}`, table: table.table };
      if (table.ready.join() !== generators.ready.join())
        return { parted: `ready: ${table.ready.join()} and ${generators.ready.join()}`, table: table.table };
    }
  }
  return { parted: null, table: table.table };
}

function firstDifference(a: World, b: World): string | null {
  for (let i = 0; i < a.cells.length; i++) if (a.cells[i] !== b.cells[i]) return `${a.describe(i)}: ${a.cells[i]} and ${b.cells[i]}`;
  return null;
}

const TICKS = 0; // a shared cell
const NUMBER = 0; // an own cell

/** Counts down a number of its own, and counts its ticks in a cell that all share. */
function* countDown(me: Toy): Run {
  const { world, shared } = me.lab;
  while (!world.isZero(me.own(NUMBER))) {
    world.move(me.own(NUMBER), me.own(NUMBER), -1);
    world.move(shared + TICKS, shared + TICKS, 1);
    yield me.step(TICK);
  }
}
const withNumbers =
  (numbers: (pick: Pick) => number): NonNullable<Furniture['fill']> =>
  (lab, cells, pick) => {
    for (const toy of lab.toys) cells[toy.own(NUMBER)] = numbers(pick);
  };

describe('the learned table', () => {
  it('runs a coroutine that counts down as its generator does, and needs the generator for three of 1,001 steps', () => {
    const furniture: Furniture = { toys: 1, ownCells: 1, sharedCells: 1, does: countDown, fill: withNumbers(() => 1000) };
    const [generators, table] = [new Lab('generators', furniture), new Lab('table', furniture)];
    for (const lab of [generators, table]) {
      lab.begin(() => 0);
      for (let step = 0; step <= 1000; step++) {
        expect(lab.ready).toEqual([1]);
        lab.step(1);
      }
      expect(lab.ready).toEqual([]);
      expect(lab.world.cells[lab.shared + TICKS]).toBe(1000);
    }
    expect(table.world.cells).toEqual(generators.world.cells);
    // `go` with something to count, `tick` with more to come, `tick` at zero.
    expect(table.table).toMatchObject({ steps: 1001, lessons: 3 });
  });

  it('learns from one toy for all of the same kind, and what it knows serves every later run', () => {
    const furniture: Furniture = { toys: 5, ownCells: 1, sharedCells: 1, does: countDown, fill: withNumbers((pick) => pick(8)) };
    const { parted, table } = compare(furniture, 'five count down');
    expect(parted).toBeNull();
    expect(table.steps).toBeGreaterThan(4000);
    expect(table.lessons).toBe(4); // those three, and `go` at zero
  });

  it('tells what a step touches by the slot of the coroutine that asks, no matter from which one it was learned', () => {
    for (const order of [
      [1, 2],
      [2, 1],
    ]) {
      const lab = new Lab('table', { toys: 2, ownCells: 1, sharedCells: 1, does: countDown, fill: withNumbers(() => 1) });
      lab.begin(() => 0);
      lab.world.track();
      for (const id of order) {
        const { reads, writes, adds } = lab.table.footprints[lab.table.footprintOf(lab.coroutines.byId(id))]!;
        const own = lab.toys[id - 1]!.own(NUMBER);
        expect({ reads, writes, adds }).toEqual({ reads: [own], writes: [], adds: [lab.shared + TICKS, own].toSorted((a, b) => a - b) });
      }
    }
  });

  it('branches on whatever values come, negative and large ones too', () => {
    const furniture: Furniture = {
      toys: 2,
      ownCells: 1,
      sharedCells: 1,
      fill: withNumbers((pick) => [-3, -1, 0, 2, 5, 900][pick(6)]!),
      *does(me) {
        const { world, shared } = me.lab;
        for (let n = world.read(me.own(NUMBER)); n !== 0; n = world.read(me.own(NUMBER))) {
          world.write(shared, n * 2);
          world.write(me.own(NUMBER), Math.trunc(n / 2));
          yield me.step(n < 0 ? LEFT : RIGHT);
        }
      },
    };
    expect(compare(furniture, 'halve')).toMatchObject({ parted: null });
  });

  it('keeps steps apart that differ only in what they are about', () => {
    const furniture: Furniture = {
      toys: 2,
      ownCells: 0,
      sharedCells: 8,
      *does(me) {
        for (let c = 0; c < 8; c++) {
          yield me.step(AT_CLUSTER, c);
          me.lab.world.move(me.lab.shared + c, me.lab.shared + c, c + 1);
        }
      },
    };
    const { parted, table } = compare(furniture, 'clusters');
    expect(parted).toBeNull();
    expect(table.lessons).toBe(9);
  });

  it('knows what a step has itself written and moved when it looks again', () => {
    const furniture: Furniture = {
      toys: 3,
      ownCells: 2,
      sharedCells: 2,
      fill: withNumbers((pick) => pick(4)),
      *does(me) {
        const { world, shared } = me.lab;
        for (let c = 0; c < 3; c++) {
          const before = world.read(me.own(NUMBER));
          world.write(me.own(1), before * 2);
          world.move(shared, me.own(1), 1);
          if (world.read(shared) !== before * 2 + 1 || world.read(me.own(1)) !== before * 2) world.misuse(Misuse.outOfRange);
          world.move(shared + 1, shared);
          if (world.same(shared, shared + 1)) world.move(me.own(NUMBER), me.own(NUMBER), 1);
          yield me.step(AT_CLUSTER, c);
          if (!world.isZero(shared) && world.read(shared) > 6) world.write(shared, 0);
          if (world.isZero(shared)) world.write(me.own(NUMBER), 1);
        }
      },
    };
    const { parted, table } = compare(furniture, 'looks again');
    expect(parted).toBeNull();
    expect(table.lessons).toBeLessThan(table.steps / 10);
  });

  it('knows what a body keeps in a variable of a cell that never changes', () => {
    const furniture: Furniture = {
      toys: 4,
      ownCells: 1,
      sharedCells: 2,
      isConstant: true,
      fill: withNumbers((pick) => pick(5)),
      *does(me) {
        const { world, shared } = me.lab;
        const mine = world.read(me.own(NUMBER));
        for (let c = 0; c < mine; c++) {
          yield me.step(AT_CLUSTER, c);
          if (world.isBelow(shared, 3 * mine)) world.move(shared, shared, mine);
          else world.write(shared, c);
        }
        yield me.step(mine % 2 === 1 ? LEFT : RIGHT);
        world.write(shared + 1, mine);
      },
    };
    const { parted, table } = compare(furniture, 'a constant');
    expect(parted).toBeNull();
    expect(table.lessons).toBeLessThan(table.steps / 20);
    expect(compare({ ...furniture, isConstant: false }, 'a constant').parted).not.toBeNull();
  });

  it('looks again at a cell that it has itself changed, as often as it asks', () => {
    const furniture: Furniture = {
      toys: 3,
      ownCells: 1,
      sharedCells: 2,
      fill: withNumbers((pick) => pick(6)),
      *does(me) {
        const { world, shared } = me.lab;
        while (!world.isZero(me.own(NUMBER))) {
          world.move(me.own(NUMBER), me.own(NUMBER), -1);
          world.move(shared, shared, 1);
        }
        world.write(me.own(NUMBER), 1);
        if (!world.isZero(me.own(NUMBER))) world.move(me.own(NUMBER), shared);
        if (!world.isZero(me.own(NUMBER))) world.write(shared, 0);
        if (world.isZero(shared)) world.move(shared + 1, shared + 1, 1);
      },
    };
    const { parted, table } = compare(furniture, 'asks again');
    expect(parted).toBeNull();
    expect(table.lessons).toBeLessThan(table.steps / 20);
  });

  it.each<WakeOrder>(['any', 'qemu'])('wakes in the order in which the generators do (wake order %s)', (wake) => {
    const furniture: Furniture = {
      toys: 6,
      ownCells: 1,
      sharedCells: 1,
      wake,
      fill: withNumbers((pick) => 1 + pick(5)),
      *does(me) {
        const { world, shared, queue } = me.lab;
        while (!world.isZero(me.own(NUMBER))) {
          world.move(me.own(NUMBER), me.own(NUMBER), -1);
          if (world.read(shared) < 3) {
            world.move(shared, shared, 1);
            yield* queue.wait(me, me.step(SLEEP));
          } else {
            world.write(shared, 0);
            queue.wakeAll();
            yield me.step(TICK);
          }
        }
      },
    };
    const { parted, table } = compare(furniture, `wakes ${wake}`, { runs: 1000 });
    expect(parted).toBeNull();
    expect(table.steps).toBeGreaterThan(10_000);
  });
});

describe('a step that spins', () => {
  /** Spins if its number is 2, now or after some ticks. */
  const furniture: Furniture = {
    toys: 2,
    ownCells: 1,
    sharedCells: 1,
    fill: withNumbers((pick) => pick(6)),
    *does(me) {
      const { world, shared } = me.lab;
      while (!world.isZero(me.own(NUMBER))) {
        while (world.read(me.own(NUMBER)) === 2) world.move(shared, shared, 1);
        world.move(me.own(NUMBER), me.own(NUMBER), -1);
        yield me.step(TICK);
      }
    },
  };

  it.each(['generators', 'table'] as const)('is stopped, ends its coroutine and is told as a misuse (%s)', (engine) => {
    const lab = new Lab(engine, { ...furniture, toys: 1, fill: withNumbers(() => 3) });
    for (let run = 0; run < 3; run++) {
      lab.begin(() => 0);
      lab.step(1);
      expect(lab.world.cells[lab.world.misuseCell]).toBe(Misuse.none);
      lab.step(1);
      expect(lab.world.cells[lab.world.misuseCell]).toBe(Misuse.spins);
      expect(lab.world.cells[lab.shared]).toBeGreaterThan(ACCESSES_MAX / 3);
      expect(lab.toys[0]!.hasEnded).toBe(true);
    }
  });

  it('leaves the same cells behind with both engines', () => {
    const { parted, table } = compare(furniture, 'spins', { runs: 100 });
    expect(parted).toBeNull();
    expect(table.lessons).toBeLessThan(20);
  });

  it('is counted anew in each step: many steps are no spin', () => {
    const lab = new Lab('generators', { toys: 1, ownCells: 1, sharedCells: 1, does: countDown, fill: withNumbers(() => 2 * ACCESSES_MAX) });
    lab.begin(() => 0);
    while (lab.ready.length > 0) lab.step(1);
    expect(lab.world.cells[lab.world.misuseCell]).toBe(Misuse.none);
  });
});

describe('what a coroutine keeps beside the cells is caught', () => {
  const outsiders = new Map<Toy, number>();
  const planted: Record<string, { does: (me: Toy) => Run; caught: RegExp }> = {
    'a local variable that changes and lives across a yield': {
      *does(me) {
        for (let left = 3; left > 0; left--) yield me.step(TICK);
      },
      caught: /^difference/,
    },
    'a local variable with what a cell held before the yield': {
      *does(me) {
        const seen = me.lab.world.read(me.own(NUMBER));
        yield me.step(TICK);
        me.lab.world.write(me.lab.shared, seen);
      },
      caught: /^difference/,
    },
    'a local variable that knows which way was taken before the yield': {
      *does(me) {
        const odd = me.lab.world.read(me.own(NUMBER)) % 2 === 1;
        yield me.step(TICK);
        yield me.step(odd ? LEFT : RIGHT);
      },
      caught: /^difference/,
    },
    'where in the body the same step was yielded': {
      *does(me) {
        if (me.lab.world.isZero(me.own(NUMBER))) yield me.step(TICK);
        else {
          yield me.step(TICK);
          me.lab.world.write(me.lab.shared, 1);
        }
      },
      caught: /^difference/,
    },
    'a field of the coroutine': {
      *does(me) {
        me.memory = (me.memory ?? 0) + 1;
        yield me.step(TICK);
        if (me.memory % 3 === 0) me.lab.world.write(me.lab.shared, me.memory);
      },
      caught: /^difference/,
    },
    'a way that it takes only once': {
      *does(me) {
        me.memory = (me.memory ?? 0) + 1;
        yield me.step(me.memory === 1 ? LEFT : RIGHT);
        me.lab.world.move(me.lab.shared, me.own(NUMBER));
      },
      caught: /^error: toy. took another way when it was run again: it keeps something outside the cells$/,
    },
    'an answer that it does not ask for a second time': {
      *does(me) {
        const { world } = me.lab;
        me.memory ??= world.read(me.lab.shared);
        yield me.step(world.isZero(me.own(NUMBER)) ? LEFT : RIGHT);
      },
      caught: /^error: toy. did not come back to where its walk had stopped: it keeps something outside the cells$/,
    },
    'a look that it makes only when it is run again': {
      *does(me) {
        const { world } = me.lab;
        if (outsiders.has(me)) world.read(me.lab.shared);
        outsiders.set(me, 1);
        yield me.step(TICK);
        world.write(me.lab.shared, world.read(me.own(NUMBER)));
      },
      caught: /^error: a coroutine looked further than when it first took this way: it keeps something outside the cells$/,
    },
  };

  it.each(Object.keys(planted))('%s', (name) => {
    outsiders.clear();
    const { does, caught } = planted[name]!;
    const furniture: Furniture = { toys: 1, ownCells: 1, sharedCells: 1, does, fill: withNumbers((pick) => pick(5)) };
    expect(compare(furniture, name, { runs: 50 }).parted).toMatch(caught);
  });
});

describe('coroutines of one class that reach different objects', () => {
  /** Writes the one cell that it was built with. */
  class Writer extends Coroutine {
    readonly #cell: number;

    constructor(coroutines: Coroutines, name: string, cell: number, environment?: object) {
      super(coroutines, name, 0, environment === undefined ? {} : { environment });
      this.#cell = cell;
    }

    override *body(start: Step): Run {
      yield start;
      this.world.write(this.#cell, 7);
    }
  }

  const writtenBy = (makeEngine: (coroutines: Coroutines) => Engine, environment?: object): number[] => {
    const world = new World(ACCESSES_MAX);
    const [a, b] = [world.alloc('a', 1), world.alloc('b', 1)];
    const coroutines = new Coroutines(world, 'any');
    const writers = [new Writer(coroutines, 'writer of a', a, environment), new Writer(coroutines, 'writer of b', b, environment)];
    world.seal();
    const cells = world.cells.slice();
    for (const writer of writers) writer.loadInto(cells, writer.step(GO));
    world.load(cells);
    const engine = makeEngine(coroutines);
    engine.begin();
    for (const writer of writers) engine.step(writer);
    return [world.cells[a]!, world.cells[b]!];
  };

  it('learn nothing from each other, so that each writes its own cell', () => {
    expect(writtenBy((coroutines) => new GeneratorEngine(coroutines))).toEqual([7, 7]);
    expect(writtenBy((coroutines) => new LearnedTable(coroutines, stepEnd(8)))).toEqual([7, 7]);
  });

  it('would learn from each other if they said that they reach the same', () => {
    expect(writtenBy((coroutines) => new LearnedTable(coroutines, stepEnd(8)), {})).toEqual([7, 0]);
  });
});

describe('coroutines of one kind that look at each other', () => {
  const NEXT = 1; // an own cell: the id of the toy next to it

  /** Takes from its neighbour, whose id is data, one at a time. */
  const neighbours = (toys: number, nextOf: (i: number, pick: Pick) => number): Furniture => ({
    toys,
    ownCells: 2,
    sharedCells: 1,
    fill(lab, cells, pick) {
      lab.toys.forEach((toy, i) => {
        cells[toy.own(NUMBER)] = 1 + pick(3);
        cells[toy.own(NEXT)] = lab.toys[nextOf(i, pick)]!.id;
      });
    },
    *does(me) {
      const { world, shared, coroutines } = me.lab;
      for (let c = 0; c < 6; c++) {
        yield me.step(AT_CLUSTER, c);
        const mine = world.read(me.own(NUMBER));
        const next = coroutines.byId(world.read(me.own(NEXT))) as Toy;
        const theirs = world.read(next.own(NUMBER));
        if (theirs === 0) continue;
        world.move(next.own(NUMBER), next.own(NUMBER), -1);
        world.move(me.own(NUMBER), me.own(NUMBER), 1);
        world.write(shared, mine + theirs);
      }
    },
  });

  it('learn from each other, two that look at one another', () => {
    expect(
      compare(
        neighbours(2, (i) => 1 - i),
        'two neighbours',
      ),
    ).toMatchObject({ parted: null });
  });

  it('learn from each other, in a ring', () => {
    const { parted, table } = compare(
      neighbours(4, (i) => (i + 1) % 4),
      'a ring',
      { runs: 400 },
    );
    expect(parted).toBeNull();
    expect(table.lessons).toBeLessThan(table.steps / 10);
  });

  it('learn from each other, no matter which one looks at which', () => {
    const other = (i: number, pick: Pick): number => (i + 1 + pick(2)) % 3;
    expect(compare(neighbours(3, other), 'anybody else', { runs: 1000 })).toMatchObject({ parted: null });
  });

  it('find themselves in a list and leave it', () => {
    // As cow-requests.ts does: a list through the slots, newest first, from which each takes itself.
    const list: Furniture = {
      toys: 4,
      ownCells: 2,
      sharedCells: 1,
      fill: withNumbers((pick) => 1 + pick(3)),
      *does(me) {
        const { world, shared: newest, coroutines } = me.lab;
        while (!world.isZero(me.own(NUMBER))) {
          world.move(me.own(NEXT), newest);
          world.move(newest, me.selfCell);
          yield me.step(LEFT);
          let link = newest;
          while (!world.same(link, me.selfCell)) link = (coroutines.byId(world.read(link)) as Toy).own(NEXT);
          world.move(link, me.own(NEXT));
          world.write(me.own(NEXT), 0);
          world.move(me.own(NUMBER), me.own(NUMBER), -1);
          yield me.step(RIGHT);
        }
      },
    };
    const { parted, table } = compare(list, 'a list', { runs: 1000 });
    expect(parted).toBeNull();
    expect(table.lessons).toBeLessThan(table.steps / 50);
  });
});
