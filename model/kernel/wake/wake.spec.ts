/** A sleeper and somebody who wakes it at any time, asleep or not. */
import { describe, expect, it } from 'vitest';
import { Coroutine, type Run } from '../coroutine.ts';
import { Coroutines } from '../coroutines.ts';
import type { WakeOrder } from './orders.ts';
import { type Engine, GeneratorEngine } from '../engine.ts';
import { LearnedTable } from '../learned-table.ts';
import { type Step, defineStep, stepEnd } from '../step.ts';
import type { Guard } from '../guard.ts';
import { World } from '../world.ts';

const GO = defineStep('go', 'nothing');
const BUSY = defineStep('busy', 'nothing');
const SLEEPS = {
  woken: defineStep('sleep', 'nothing', { guard: 'woken' }),
  timed: defineStep('nap', 'nothing', { guard: 'timed' }),
};
const WAKE = defineStep('wake', 'nothing');

const ORDERS: readonly WakeOrder[] = ['any', 'qemu'];
const WAKES = 3;

/** Sleeps twice, and works between. */
class Sleeper extends Coroutine {
  readonly #guard: keyof typeof SLEEPS;
  readonly #woken: number;

  /** @param woken a cell that counts how often it slept until it was woken, and not until its timer went off */
  constructor(coroutines: Coroutines, guard: keyof typeof SLEEPS, woken: number) {
    super(coroutines, 'sleeper', 1);
    this.#guard = guard;
    this.#woken = woken;
  }

  override *body(start: Step): Run {
    const { world } = this;
    const slept = this.slot + this.slotCells - 1;
    yield start;
    while (world.isBelow(slept, 2)) {
      yield this.step(SLEEPS[this.#guard]);
      if (this.wasWoken) world.move(this.#woken, this.#woken, 1);
      this.forgetWake();
      world.move(slept, slept, 1);
      yield this.step(BUSY);
    }
  }
}

class Waker extends Coroutine {
  readonly #coroutines: Coroutines;
  readonly #sleeper: Sleeper;

  constructor(coroutines: Coroutines, sleeper: Sleeper) {
    super(coroutines, 'waker', 1);
    this.#coroutines = coroutines;
    this.#sleeper = sleeper;
  }

  override *body(start: Step): Run {
    const left = this.slot + this.slotCells - 1;
    yield start;
    this.world.write(left, WAKES);
    while (!this.world.isZero(left)) {
      yield this.step(WAKE);
      this.#coroutines.wake(this.#sleeper.id);
      this.world.move(left, left, -1);
    }
  }
}

class Bedroom {
  readonly world = new World(1000);
  readonly woken = this.world.alloc('woken', 1);
  readonly coroutines: Coroutines;
  readonly sleeper: Sleeper;
  readonly waker: Waker;
  readonly #initial: Int32Array;

  constructor(wake: WakeOrder, guard: keyof typeof SLEEPS) {
    this.coroutines = new Coroutines(this.world, wake);
    this.sleeper = new Sleeper(this.coroutines, guard, this.woken);
    this.waker = new Waker(this.coroutines, this.sleeper);
    this.world.seal();
    this.#initial = this.world.cells.slice();
    for (const one of [this.sleeper, this.waker]) one.loadInto(this.#initial, one.step(GO));
  }

  begin(engine: Engine): void {
    this.world.load(this.#initial);
    engine.begin();
  }

  get ready(): Coroutine[] {
    const ids = new Int32Array(2);
    return [...ids.subarray(0, this.coroutines.ready(ids))].map((id) => this.coroutines.byId(id));
  }
}

/** Whether the two steps lead to the same cells, whichever is first. */
function commute({ world, coroutines, sleeper, waker }: Bedroom, table: LearnedTable): boolean {
  const cells = [
    [sleeper, waker],
    [waker, sleeper],
  ].map((order) => {
    const [mark, ready] = [world.undoMark(), coroutines.readyMask];
    for (const one of order) table.step(one);
    const after = world.cells.slice();
    world.undoTo(mark);
    coroutines.readyMask = ready;
    return after.join();
  });
  return cells[0] === cells[1];
}

function areDisjoint(table: LearnedTable, one: Coroutine, other: Coroutine): boolean {
  const [a, b] = [table.footprints[table.footprintOf(one)]!, table.footprints[table.footprintOf(other)]!];
  const changed = [...a.writes, ...a.adds];
  return (
    !changed.some((cell) => [...b.reads, ...b.writes].includes(cell)) && !b.writes.some((cell) => [...a.reads, ...a.writes].includes(cell))
  );
}

describe.each(ORDERS.flatMap((wake) => (['woken', 'timed'] as const satisfies Guard[]).map((guard) => ({ wake, guard }))))(
  'a wake at any time (wake order $wake, sleep $guard)',
  ({ wake, guard }) => {
    it('does the same on the table as on generators, in every order of steps', () => {
      const generators = new Bedroom(wake, guard);
      const table = new Bedroom(wake, guard);
      const engines = [new GeneratorEngine(generators.coroutines), new LearnedTable(table.coroutines, stepEnd(1))] as const;
      const outcomes = new Set<string>();
      for (let way = 0; way < 2 ** 9; way++) {
        generators.begin(engines[0]);
        table.begin(engines[1]);
        for (let left = way; generators.ready.length > 0; left = Math.floor(left / 2)) {
          const { ready } = generators;
          expect(table.ready.map(({ id }) => id)).toEqual(ready.map(({ id }) => id));
          const { id } = ready[left % ready.length]!;
          engines[0].step(generators.coroutines.byId(id));
          engines[1].step(table.coroutines.byId(id));
          if (table.world.cells.join() !== generators.world.cells.join()) expect.fail('the cells differ');
        }
        const { woken, sleeper } = generators;
        outcomes.add(`woken ${generators.world.cells[woken]}, ${sleeper.hasEnded ? 'ended' : 'asleep'}`);
      }
      expect([...outcomes].toSorted()).toEqual(
        guard === 'woken'
          ? ['woken 0, asleep', 'woken 1, asleep', 'woken 2, ended']
          : ['woken 0, ended', 'woken 1, ended', 'woken 2, ended'],
      );
    });

    it('has a footprint that depends on going to sleep', () => {
      const room = new Bedroom(wake, guard);
      const table = new LearnedTable(room.coroutines, stepEnd(1));
      let dependent = 0;
      for (let way = 0; way < 2 ** 9; way++) {
        room.begin(table);
        room.world.track();
        for (let left = way; room.ready.length > 0; left = Math.floor(left / 2)) {
          if (room.ready.length === 2 && !commute(room, table)) {
            expect(areDisjoint(table, room.sleeper, room.waker)).toBe(false);
            dependent++;
          }
          table.step(room.ready[left % room.ready.length]!);
        }
        room.world.untrack();
      }
      expect(dependent).toBeGreaterThan(100);
    });
  },
);
