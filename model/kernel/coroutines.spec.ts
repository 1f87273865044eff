/** The village: a few people who wait for each other, and no backup anywhere. */
import { describe, expect, it } from 'vitest';
import { Coroutine, type Run } from './coroutine.ts';
import { Coroutines } from './coroutines.ts';
import { NOBODY, kindAt } from './slot.ts';
import type { WakeOrder } from './wake/orders.ts';
import { SharedLock } from './shared-lock.ts';
import { WaitQueue } from './wait-queue.ts';
import { GeneratorEngine } from './engine.ts';
import { World } from './world.ts';
import type { Recorder } from './recorder.ts';
import { type Step, defineStep } from './step.ts';

const GO = defineStep('go', 'nothing');
const MORE = defineStep('more', 'nothing');
const SLEEP = defineStep('sleep', 'nothing', { guard: 'woken' });
const NAP = defineStep('nap', 'nothing', { guard: 'timed' });
const AWAIT = defineStep('await', 'nothing', { guard: 'unblocked' });

class Villager extends Coroutine {
  readonly #does: (me: Villager) => Run;

  constructor(coroutines: Coroutines, name: string, does: (me: Villager) => Run) {
    super(coroutines, name, 0);
    this.#does = does;
  }

  override *body(start: Step): Run {
    yield start;
    yield* this.#does(this);
  }
}

class Village {
  readonly world = new World(1000);
  readonly coroutines: Coroutines;
  /** What people said, in the order in which they ran. */
  readonly said: string[] = [];
  readonly #engine: GeneratorEngine;
  readonly #starts: { who: Villager; start: Step; blockers: number }[] = [];

  constructor(wake: WakeOrder) {
    this.coroutines = new Coroutines(this.world, wake);
    this.#engine = new GeneratorEngine(this.coroutines);
  }

  queue(name = 'queue'): WaitQueue {
    return new WaitQueue(this.coroutines, this.world.alloc(name, 1));
  }

  person(name: string, does: (me: Villager) => Run, { start = GO, blockers = 0 } = {}): Villager {
    const who = new Villager(this.coroutines, name, does);
    this.#starts.push({ who, start: who.step(start), blockers });
    return who;
  }

  /** Somebody who takes no part in this run. */
  nobody(name: string): Villager {
    const who = new Villager(this.coroutines, name, () => this.#never());
    this.#starts.push({ who, start: 0, blockers: 0 });
    return who;
  }

  /** Waits in the queue, then says so. */
  waiter(name: string, queue: WaitQueue, then: (me: Villager) => void = () => {}): Villager {
    const says = (): number => this.said.push(`${name} woke`);
    return this.person(name, function* (me) {
      yield* queue.wait(me, me.step(SLEEP));
      says();
      then(me);
    });
  }

  begin(): this {
    if (this.world.cells.length === 0) this.world.seal();
    const cells = new Int32Array(this.world.cells.length);
    for (const { who, start, blockers } of this.#starts) who.loadInto(cells, start, blockers);
    this.world.load(cells);
    this.#engine.begin();
    return this;
  }

  get ready(): string[] {
    const ids = new Int32Array(this.coroutines.all.length);
    return [...ids.subarray(0, this.coroutines.ready(ids))].map((id) => this.coroutines.byId(id).name);
  }

  /** Each of these, who must be ready, runs a step. */
  run(...names: string[]): this {
    for (const name of names) {
      if (!this.ready.includes(name)) throw new Error(`${name} can't run; ready: ${this.ready.join(' ')}`);
      this.#engine.step(this.coroutines.all.find((c) => c.name === name)!);
    }
    return this;
  }

  *#never(): Run {}
}

describe('a coroutine', () => {
  it('yields a step before it happens, sleeps until it is woken, and ends', () => {
    const village = new Village('any');
    const queue = village.queue();
    village.waiter('ann', queue);
    village.person('bob', function* (me) {
      queue.wakeAll();
      village.said.push('bob woke ann');
      yield me.step(MORE);
      village.said.push('bob went on');
    });
    village.begin();

    expect(village.ready).toEqual(['ann', 'bob']);
    village.run('ann'); // takes her place in the queue
    expect(village.ready).toEqual(['bob']);
    village.run('bob');
    expect(village.ready).toEqual(['ann', 'bob']);
    village.run('bob', 'ann');
    expect(village.said).toEqual(['bob woke ann', 'bob went on', 'ann woke']);
    expect(village.ready).toEqual([]);
    expect(village.coroutines.alive()).toEqual([]);
  });

  it('must start with the step that it was loaded with', () => {
    const village = new Village('any');
    const liar = village.person('liar', function* () {});
    liar.body = function* () {
      yield liar.step(MORE);
    };
    village.begin();
    expect(() => village.run('liar')).toThrow('liar does not start with its first step');
  });

  it('that takes no part is never ready, and the run begins anew each time', () => {
    const village = new Village('any');
    village.person('ann', function* () {});
    village.nobody('bob');
    for (let run = 0; run < 3; run++) {
      village.begin();
      expect(village.ready).toEqual(['ann']);
      village.run('ann');
      expect(village.ready).toEqual([]);
    }
  });

  it('knows its own id from a cell, and its cells are zero again after a wait', () => {
    const village = new Village('qemu');
    const queue = village.queue();
    const ann = village.waiter('ann', queue);
    const bob = village.waiter('bob', queue);
    village.person('waker', function* () {
      queue.wakeAll();
    });
    village.begin().run('ann', 'bob', 'waker', 'ann', 'bob');
    for (const who of [ann, bob]) {
      const slot = [...village.world.cells.subarray(who.slot, who.slot + who.slotCells)];
      expect(village.world.cells[who.selfCell]).toBe(who.id);
      expect(slot.filter((value) => value !== 0)).toEqual([who.id, kindAt(village.world.cells, who.slot)]);
    }
  });
});

describe('a wait queue', () => {
  it.each<WakeOrder>(['any', 'qemu'])('serves those first who came first (wake order %s)', (wake) => {
    const village = new Village(wake);
    const queue = village.queue();
    for (const name of ['ann', 'bob', 'cid']) village.waiter(name, queue);
    village.person('waker', function* (me) {
      for (let i = 0; i < 3; i++) {
        queue.wakeFirst();
        yield me.step(MORE);
      }
    });
    village.begin().run('cid', 'ann', 'bob');
    for (const next of ['cid', 'ann', 'bob']) {
      village.run('waker');
      expect(village.ready).toContain(next);
      expect(village.ready.filter((name) => name !== 'waker')).toEqual([next]);
      village.run(next);
    }
    expect(village.said).toEqual(['cid woke', 'ann woke', 'bob woke']);
  });

  it('may be woken when nobody waits', () => {
    const village = new Village('qemu');
    const queue = village.queue();
    village.person('waker', function* () {
      queue.wakeFirst();
      queue.wakeAll();
    });
    village.waiter('late', queue);
    village.begin().run('waker', 'late');
    expect(village.ready).toEqual([]); // the wake is not kept for a coroutine that comes later
    expect(village.coroutines.alive().map((c) => c.name)).toEqual(['late']);
  });

  it('takes back a waiter who woke and found nothing, behind those who came meanwhile', () => {
    const village = new Village('any');
    const queue = village.queue();
    const patient = (name: string): Villager =>
      village.person(name, function* (me) {
        for (;;) yield* queue.wait(me, me.step(SLEEP));
      });
    for (const name of ['ann', 'bob', 'cid']) patient(name);
    village.person('waker', function* (me) {
      for (;;) {
        queue.wakeFirst();
        yield me.step(MORE);
      }
    });
    village.begin().run('ann', 'bob', 'waker', 'cid', 'ann'); // ann is woken and waits again, behind cid
    const served: string[] = [];
    for (let i = 0; i < 3; i++) {
      village.run('waker');
      const next = village.ready.find((name) => name !== 'waker')!;
      served.push(next);
      village.run(next);
    }
    expect(served).toEqual(['bob', 'cid', 'ann']);
  });

  it('only takes steps that wait to be woken', () => {
    const village = new Village('any');
    const queue = village.queue();
    village.person('ann', function* (me) {
      yield* queue.wait(me, me.step(MORE));
    });
    village.begin();
    expect(() => village.run('ann')).toThrow('more does not wait to be woken');
  });
});

describe('wake order any', () => {
  it('makes the woken ready like all others', () => {
    const { village } = wakerOf('any', ['ann', 'bob']);
    village.run('ann', 'bob', 'waker');
    expect(village.ready).toEqual(['ann', 'bob', 'waker', 'passer-by']);
    village.run('passer-by', 'bob', 'waker', 'ann');
    expect(village.said).toEqual(['bob woke', 'ann woke']);
  });
});

describe('wake order qemu', () => {
  it('runs the woken first, first come first served, when their waker yields', () => {
    const { village } = wakerOf('qemu', ['ann', 'bob', 'cid']);
    village.run('bob', 'cid', 'ann');
    expect(village.ready).toEqual(['waker', 'passer-by']);
    village.run('waker');
    for (const next of ['bob', 'cid', 'ann']) {
      expect(village.ready).toEqual([next]); // nobody else, not even the waker, before all woken have run
      village.run(next);
    }
    expect(village.ready).toEqual(['waker', 'passer-by']);
  });

  it('runs them when their waker ends', () => {
    const village = new Village('qemu');
    const queue = village.queue();
    village.waiter('ann', queue);
    village.person('waker', function* () {
      queue.wakeAll();
    });
    village.person('passer-by', function* () {});
    village.begin().run('ann', 'waker');
    expect(village.ready).toEqual(['ann']);
    village.run('ann');
    expect(village.ready).toEqual(['passer-by']);
  });

  it('keeps the order of wakes over several queues', () => {
    const village = new Village('qemu');
    const [left, right] = [village.queue('left'), village.queue('right')];
    village.waiter('ann', left);
    village.waiter('bob', right);
    village.waiter('cid', left);
    village.person('waker', function* () {
      right.wakeAll();
      left.wakeAll();
    });
    village.begin().run('cid', 'bob', 'ann', 'waker', 'bob', 'cid', 'ann');
    expect(village.said).toEqual(['bob woke', 'cid woke', 'ann woke']);
  });

  it('puts those who are woken by a woken to the front', () => {
    const village = new Village('qemu');
    const [outer, inner] = [village.queue('outer'), village.queue('inner')];
    village.waiter('ann', outer, () => inner.wakeAll());
    village.waiter('bob', outer);
    village.waiter('cid', inner);
    village.waiter('dan', inner, () => outer.wakeAll());
    village.waiter('eve', outer); // comes to the queue when ann and bob have left it
    village.person('waker', function* () {
      outer.wakeAll();
    });
    village.begin().run('ann', 'bob', 'cid', 'dan', 'waker');

    expect(village.ready).toEqual(['ann']);
    village.run('ann'); // wakes cid and dan, who come before bob
    expect(village.ready).toEqual(['cid']);
    village.run('cid', 'dan');
    expect(village.ready).toEqual(['bob']);
    village.run('bob');
    expect(village.said).toEqual(['ann woke', 'cid woke', 'dan woke', 'bob woke']);
    expect(village.ready).toEqual(['eve']);
  });

  it('enters at once somebody who only sleeps, if he is woken', () => {
    const village = new Village('qemu');
    const sleeper = village.person('sleeper', function* (me) {
      yield me.step(NAP); // ready at any time, as a job in its sleep
      me.forgetWake();
    });
    village.person('user', function* () {
      village.coroutines.wake(sleeper.id);
    });
    village.person('passer-by', function* () {});
    village.begin().run('sleeper');
    expect(village.ready).toEqual(['sleeper', 'user', 'passer-by']);
    village.run('user');
    expect(village.ready).toEqual(['sleeper']);
    village.run('sleeper');
    expect(village.ready).toEqual(['passer-by']);
  });

  it('leaves alone a coroutine that has been woken already, and one that does not sleep', () => {
    const village = new Village('qemu');
    const sleeper = village.person('sleeper', function* (me) {
      yield me.step(SLEEP);
      me.forgetWake();
      village.said.push('sleeper woke');
    });
    village.person('waker', function* (me) {
      for (let i = 0; i < 3; i++) village.coroutines.wake(sleeper.id);
      yield me.step(MORE);
      village.coroutines.wake(sleeper.id);
      village.said.push('woke one who has ended');
    });
    village.person('early', function* () {
      village.coroutines.wake(sleeper.id);
      village.said.push('woke one who has not begun');
    });
    village.begin().run('early');
    expect(village.ready).toEqual(['sleeper', 'waker']);
    village.run('sleeper', 'waker');
    expect(village.ready).toEqual(['sleeper']);
    village.run('sleeper', 'waker');
    expect(village.ready).toEqual([]);
    expect(village.said).toEqual(['woke one who has not begun', 'sleeper woke', 'woke one who has ended']);
  });

  it('leaves nobody out, however many wake each other', () => {
    const village = new Village('qemu');
    const queues = Array.from({ length: 4 }, (_, i) => village.queue(`q${i}`));
    // A coroutine that waits in queue i wakes, once awake, all of queue i + 1.
    queues.forEach((queue, i) => {
      for (const n of [0, 1, 2]) village.waiter(`w${i}${n}`, queue, () => queues[i + 1]?.wakeAll());
    });
    village.person('waker', function* () {
      queues[0]!.wakeAll();
    });
    village.begin().run(...Array.from({ length: 12 }, (_, i) => `w${Math.floor(i / 3)}${i % 3}`), 'waker');
    // A stack of queues: the first of each wakes the next before its own fellows run.
    for (let next = village.ready; next.length > 0; next = village.ready) village.run(next[0]!);
    expect(village.said).toEqual(
      ['w00', 'w10', 'w20', 'w30', 'w31', 'w32', 'w21', 'w22', 'w11', 'w12', 'w01', 'w02'].map((name) => `${name} woke`),
    );
  });
});

describe('a shared lock', () => {
  function library(wake: WakeOrder): { village: Village; lock: SharedLock } {
    const village = new Village(wake);
    const lock = new SharedLock(village.coroutines, 'library');
    for (const name of ['ann', 'bob']) {
      village.person(name, function* (me) {
        lock.lockShared();
        yield me.step(MORE);
        lock.unlockShared();
      });
    }
    village.person('writer', function* (me) {
      yield* lock.waitForReaders(me, me.step(SLEEP));
      village.said.push('wrote');
    });
    return { village: village.begin(), lock };
  }

  it('lets a writer in at once if nobody reads', () => {
    const { village } = library('any');
    village.run('writer');
    expect(village.said).toEqual(['wrote']);
  });

  it.each<WakeOrder>(['any', 'qemu'])('lets readers in together and the writer in after the last of them (wake order %s)', (wake) => {
    const { village } = library(wake);
    village.run('ann', 'bob', 'writer', 'ann');
    expect(village.ready).toEqual(['bob']);
    village.run('bob');
    expect(village.ready).toEqual(['writer']);
    village.run('writer');
    expect(village.said).toEqual(['wrote']);
  });

  it('makes a woken writer wait again if a reader was faster', () => {
    const { village } = library('any');
    village.run('ann', 'writer', 'ann');
    expect(village.ready).toEqual(['bob', 'writer']);
    village.run('bob', 'writer');
    expect(village.ready).toEqual(['bob']);
    village.run('bob', 'writer');
    expect(village.said).toEqual(['wrote']);
  });

  it('leaves no reader a chance to be faster in wake order qemu', () => {
    const { village } = library('qemu');
    village.run('ann', 'writer', 'ann');
    expect(village.ready).toEqual(['writer']);
  });
});

describe('blockers', () => {
  it('keep somebody from starting until the last of them has gone', () => {
    const village = new Village('any');
    const late = village.person('late', function* () {}, { start: AWAIT, blockers: 2 });
    for (const name of ['ann', 'bob']) {
      village.person(name, function* () {
        village.coroutines.unblock(late.id);
      });
    }
    village.begin();
    expect(village.ready).toEqual(['ann', 'bob']);
    village.run('bob');
    expect(village.ready).toEqual(['ann']);
    village.run('ann');
    expect(village.ready).toEqual(['late']);
  });

  it('all go at once when somebody is released, and may come back', () => {
    const village = new Village('any');
    const late = village.person(
      'late',
      function* (me) {
        me.world.write(me.blockersCell, 1);
        yield me.step(AWAIT);
      },
      { start: AWAIT, blockers: 2 },
    );
    village.person('ann', function* (me) {
      village.coroutines.release(late.id);
      yield me.step(MORE);
      village.coroutines.release(late.id);
    });
    village.begin().run('ann');
    expect(village.ready).toEqual(['late', 'ann']);
    village.run('late');
    expect(village.ready).toEqual(['ann']);
    village.run('ann', 'late');
    expect(village.coroutines.alive()).toEqual([]);
  });
});

describe('who is ready', () => {
  /** Fails the test when model code asks it anything. */
  const forbidden: Recorder = {
    read: () => expect.unreachable('read'),
    write: () => expect.unreachable('write'),
    move: () => expect.unreachable('move'),
    isZero: () => expect.unreachable('isZero'),
    same: () => expect.unreachable('same'),
    isBelow: () => expect.unreachable('isBelow'),
  };

  it.each<WakeOrder>(['any', 'qemu'])('is told by guards alone: no model code runs and no cell changes (wake order %s)', (wake) => {
    const village = new Village(wake);
    const queue = village.queue();
    let entered = 0;
    const does = function* (me: Villager): Run {
      entered++;
      yield* queue.wait(me, me.step(SLEEP));
    };
    for (const name of ['ann', 'bob']) village.person(name, does);
    village.person('blocked', does, { start: AWAIT, blockers: 1 });
    village.person('free', does, { start: AWAIT });
    village.person('waker', function* (me) {
      queue.wakeFirst();
      yield me.step(MORE);
    });
    village.begin();
    const ask = (): string[] => {
      const before = village.world.cells.slice();
      const enteredBefore = entered;
      village.world.recorder = forbidden;
      const ready = village.ready;
      village.world.recorder = null;
      expect(village.world.cells).toEqual(before);
      expect(entered).toBe(enteredBefore);
      return ready;
    };

    expect(ask()).toEqual(['ann', 'bob', 'free', 'waker']);
    village.run('bob', 'ann');
    expect(ask()).toEqual(['free', 'waker']);
    village.run('waker');
    expect(ask()).toEqual(wake === 'qemu' ? ['bob'] : ['bob', 'free', 'waker']);
  });

  it('is listed in the order of creation', () => {
    const village = new Village('any');
    for (let i = 0; i < 20; i++) village.person(`p${i}`, function* () {});
    village.begin();
    const ids = new Int32Array(20);
    expect(village.coroutines.ready(ids)).toBe(20);
    expect(ids).toEqual(ids.toSorted());
  });

  it('forgets nobody who ended and was brought back by undo', () => {
    const village = new Village('any');
    for (const name of ['ann', 'bob']) village.person(name, function* () {});
    village.begin();
    village.world.track();
    const mark = village.world.undoMark();
    village.run('ann');
    expect(village.ready).toEqual(['bob']);
    village.world.undoTo(mark);
    village.coroutines.forgetReady();
    expect(village.ready).toEqual(['ann', 'bob']);
  });

  it('is the same with the short cut for people who are blocked in order', () => {
    const village = new Village('any');
    const blocked: Villager[] = [];
    village.person('patient', function* () {}, { start: AWAIT, blockers: 1 }); // blocked for long, but not one of those in order
    village.person('gate', function* (me) {
      for (let i = 0; i < 3; i++) {
        for (const { id } of blocked.slice(i)) village.coroutines.unblock(id);
        yield me.step(MORE);
      }
    });
    for (const n of [1, 2, 3]) blocked.push(village.person(`p${n}`, function* () {}, { start: AWAIT, blockers: n }));
    for (const from of [NOBODY, blocked[0]!.id]) {
      village.coroutines.blockedInOrderFrom = from;
      village.begin();
      for (const expected of [['gate'], ['gate', 'p1'], ['gate', 'p1', 'p2'], ['gate', 'p1', 'p2', 'p3']]) {
        expect(village.ready).toEqual(expected);
        village.run('gate');
      }
      village.run('p1', 'p3');
      expect(village.ready).toEqual(['p2']);
    }
  });
});

/** People who wait, somebody who wakes them all and goes on, and a passer-by. */
function wakerOf(wake: WakeOrder, names: readonly string[]): { village: Village } {
  const village = new Village(wake);
  const queue = village.queue();
  for (const name of names) village.waiter(name, queue);
  village.person('waker', function* (me) {
    queue.wakeAll();
    yield me.step(MORE);
  });
  village.person('passer-by', function* () {});
  return { village: village.begin() };
}
