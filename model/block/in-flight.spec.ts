import { describe, expect, it } from 'vitest';
import type { Run } from '../kernel/coroutine.ts';
import { Coroutines } from '../kernel/coroutines.ts';
import { type Step, defineStep } from '../kernel/step.ts';
import { World } from '../kernel/world.ts';
import { InFlight, MINE } from './in-flight.ts';
import { Requester, type SectorRange } from './requester.ts';

const START = defineStep('start', 'nothing');
const WAIT = defineStep('wait', 'nothing', { guard: 'woken' });

const SIZES = { clusterSectors: 2, bitsSeen: 0, tracksRanges: true };

/** Somebody who does nothing but hold a range of sectors. */
class Holder extends Requester {
  constructor(coroutines: Coroutines, name: string) {
    super(coroutines, name, SIZES, 0);
  }
  override *body(start: Step): Run {
    yield start;
  }
}

class List {
  readonly world = new World(1000);
  readonly coroutines = new Coroutines(this.world, 'any');
  readonly inFlight = new InFlight(this.coroutines, 'inFlight', (requester) => requester.trackedCell);
  readonly holders = ['a', 'b', 'c'].map((name) => new Holder(this.coroutines, name));

  constructor() {
    this.world.seal();
    const cells = this.world.cells.slice();
    for (const holder of this.holders) holder.loadInto(cells, holder.step(START));
    this.world.load(cells);
  }

  named(name: string): Holder {
    return this.holders.find((h) => h.name === name)!;
  }
  begin(name: string, first: number, end: number): this {
    this.inFlight.begin(this.named(name), { first, end });
    return this;
  }
  end(name: string): this {
    this.inFlight.end(this.named(name));
    return this;
  }
  newest(me: string, range: SectorRange): string | null {
    const other = this.inFlight.newestOverlapping(this.named(me), range);
    return other === null || other === MINE ? other : other.name;
  }
  /** What c would wait for, request after request, if each were to end. */
  get order(): string[] {
    const order: string[] = [];
    for (
      let next = this.newest('c', { first: 0, end: 100 });
      next !== null && next !== MINE;
      next = this.newest('c', { first: 0, end: 100 })
    ) {
      order.push(next);
      this.end(next);
    }
    return order;
  }
}

describe('requests in flight', () => {
  it('are asked newest first for one that overlaps', () => {
    const list = new List().begin('a', 0, 4).begin('b', 2, 6);
    expect(list.newest('c', { first: 3, end: 4 })).toBe('b');
    expect(list.newest('c', { first: 0, end: 2 })).toBe('a');
    expect(list.newest('c', { first: 6, end: 9 })).toBeNull();
  });

  it.each([
    { range: { first: 0, end: 2 }, overlaps: false },
    { range: { first: 1, end: 3 }, overlaps: true },
    { range: { first: 3, end: 4 }, overlaps: true },
    { range: { first: 4, end: 5 }, overlaps: true },
    { range: { first: 5, end: 9 }, overlaps: false },
    { range: { first: 0, end: 9 }, overlaps: true },
  ])('of sectors 2 to 5 overlap $range.first to $range.end: $overlaps (the end is exclusive)', ({ range, overlaps }) => {
    expect(new List().begin('a', 2, 5).newest('c', range)).toBe(overlaps ? 'a' : null);
  });

  it.each([
    { gone: 'a', order: ['b'] },
    { gone: 'b', order: ['a'] },
  ])('leave the list wherever they are in it: $gone', ({ gone, order }) => {
    expect(new List().begin('a', 0, 9).begin('b', 0, 9).end(gone).order).toEqual(order);
  });

  it.each(['a', 'b', 'c'])('leave the others in their order: %s of three', (gone) => {
    const list = new List().begin('a', 0, 9).begin('b', 0, 9).begin('c', 0, 9).end(gone);
    if (gone !== 'c') list.end('c');
    expect(list.order).toEqual(['b', 'a'].filter((name) => name !== gone));
  });

  it('that begin again are the newest', () => {
    expect(new List().begin('a', 0, 9).begin('b', 0, 9).end('a').begin('a', 0, 9).order).toEqual(['a', 'b']);
  });

  it('know their own, and find a newer one first', () => {
    const list = new List().begin('a', 0, 4);
    expect(list.newest('a', { first: 2, end: 3 })).toBe(MINE);
    expect(list.newest('a', { first: 4, end: 5 })).toBeNull();
    expect(list.begin('b', 2, 3).newest('a', { first: 2, end: 3 })).toBe('b');
  });

  it('are held from begin to end, for the model and for observers', () => {
    const list = new List();
    const a = list.named('a');
    const held = (): boolean[] => [list.inFlight.holds(a), list.inFlight.isHeldSeen(a)];
    expect(held()).toEqual([false, false]);
    list.begin('a', 0, 2);
    expect(held()).toEqual([true, true]);
    expect(list.inFlight.isHeldSeen(list.named('b'))).toBe(false);
    list.end('a');
    expect(held()).toEqual([false, false]);
  });

  it('leave no cell behind', () => {
    const list = new List();
    const initial = list.world.cells.slice();
    list.begin('a', 0, 2).begin('b', 3, 7).begin('c', 1, 4).end('b').end('c').end('a');
    expect(list.world.cells).toEqual(initial);
  });
});

describe('those who wait for a request', () => {
  it('wait for this one only, and are woken even when it is off the list', () => {
    const list = new List().begin('a', 0, 2).begin('b', 0, 2);
    const { inFlight, coroutines, world } = list;
    const c = list.named('c');
    const waiting = inFlight.waitersOf(list.named('a')).wait(c, c.step(WAIT));
    world.store(c.slot, waiting.next().value as Step);
    world.store(c.asleepCell, 1); // as the engine does
    coroutines.begin();
    inFlight.waitersOf(list.named('b')).wakeAll();
    expect(ready(list)).toEqual(['a', 'b']);
    list.end('a');
    inFlight.waitersOf(list.named('a')).wakeAll();
    coroutines.forgetReady();
    expect(ready(list)).toEqual(['a', 'b', 'c']);
    expect(waiting.next().done).toBe(true);
  });

  function ready({ coroutines }: List): string[] {
    const ids = new Int32Array(coroutines.all.length);
    return [...ids.subarray(0, coroutines.ready(ids))].map((id) => coroutines.byId(id).name);
  }
});
