/** A coroutine enters another: that one runs up to its next yield, and then the first goes on. */
import { describe, expect, it } from 'vitest';
import type { Run } from './coroutine.ts';
import { defineStep } from './step.ts';
import {
  ENGINES,
  EVERY_ENGINE_AND_WAKE,
  FINISH,
  type Foreman,
  NAP,
  NEXT,
  type Plan,
  SLEEP,
  Site,
  WORK,
  type Worker,
  makes,
  sleeps,
} from './testing.ts';

const AWAIT = defineStep('await', 'nothing', { guard: 'unblocked' });

/** Enters a worker, counted from 0. */
const enters = (me: Foreman | Worker, worker: number): Run =>
  me.site.coroutines.enter(me, me.site.workers[worker]!.id, me.step(NEXT, worker));

function* naps(me: Worker): Run {
  const { world, made } = me.site;
  yield me.step(NAP);
  world.move(made, made, me.wasWoken ? 100 : 1000);
  me.forgetWake();
}

/** Lets all run who must, one after the other. */
function runForced(site: Site): string[] {
  const ran: string[] = [];
  for (let { ready } = site; ready.length === 1; { ready } = site) {
    site.run(ready[0]!);
    ran.push(ready[0]!);
  }
  return ran;
}

describe.each(EVERY_ENGINE_AND_WAKE)('enter ($engine, wake order $wake)', (how) => {
  it('runs a task that has just been spawned before its caller goes on, and both before anybody else', () => {
    const site = new Site({
      ...how,
      workers: [makes, makes],
      *does(me) {
        me.spawns(0);
        yield me.step(NEXT, 0);
        me.spawns(1);
        yield* enters(me, 1);
        me.site.world.move(me.site.made, me.site.made, 100);
        yield me.step(NEXT, 2);
      },
    });
    for (let run = 0; run < 2; run++) {
      site.begin().run('foreman', 'foreman');
      expect(site.ready).toEqual(['w2']);
      site.run('w2');
      expect([site.ready, site.world.cells[site.made]]).toEqual([['foreman'], 1]);
      site.run('foreman');
      expect([site.ready, site.world.cells[site.made]]).toEqual([['w1', 'w2', 'foreman'], 101]);
    }
  });

  it.each([
    ['a sleeper', sleeps, 1],
    ['one that a timer would wake', naps, 100],
  ] as const)('wakes %s', (_, works, made) => {
    const site = new Site({
      ...how,
      workers: [works],
      *does(me) {
        me.spawns(0);
        yield me.step(NEXT, 1);
        yield* enters(me, 0);
      },
    });
    for (let run = 0; run < 2; run++) {
      site.begin().run('foreman', 'w1', 'foreman');
      expect(site.ready).toEqual(['w1']);
      site.run('w1');
      expect([site.ready, site.world.cells[site.made]]).toEqual([['foreman'], made]);
      site.run('foreman');
      expect(site.ready).toEqual([]);
      expect(site.world.cells.subarray(site.workers[0]!.slot + 2, site.workers[0]!.slot + 5)).toEqual(new Int32Array(3));
    }
  });

  it('may be done by who was entered: the innermost runs first, and the callers go on from the inside out', () => {
    const calls = (other: number) =>
      function* (me: Worker): Run {
        me.site.coroutines.spawn(me.site.workers[other]!.id, me.step(WORK, 0), me.principalCell);
        yield* enters(me, other);
        yield me.step(FINISH, 1);
      };
    const site = new Site({
      ...how,
      workers: [calls(1), calls(2), makes],
      *does(me) {
        me.spawns(0);
        yield* enters(me, 0);
        yield me.step(NEXT, 3);
      },
    });
    for (let run = 0; run < 2; run++) {
      site.begin().run('foreman');
      expect(runForced(site)).toEqual(['w1', 'w2', 'w3', 'w2', 'w1', 'foreman']);
      expect(site.ready).toEqual(['w1', 'w2', 'w3', 'foreman']);
    }
  });

  it('lets those whom the entered one wakes run before the caller where the woken run first', () => {
    const site = new Site({
      ...how,
      workers: [
        sleeps,
        sleeps,
        function* (me) {
          me.site.queue.wakeAll();
          yield me.step(FINISH, 0);
        },
      ],
      *does(me) {
        for (const worker of [0, 1]) me.spawns(worker);
        yield me.step(NEXT, 0);
        me.spawns(2);
        yield* enters(me, 2);
        yield me.step(NEXT, 3);
      },
    });
    for (let run = 0; run < 2; run++) {
      site.begin().run('foreman', 'w1', 'w2', 'foreman');
      expect(runForced(site)).toEqual(how.wake === 'qemu' ? ['w3', 'w1', 'w2', 'foreman'] : ['w3', 'foreman']);
      expect(site.ready).toEqual(how.wake === 'qemu' ? ['w3', 'foreman'] : ['w1', 'w2', 'w3', 'foreman']);
    }
  });

  it('comes before those who were woken earlier', () => {
    const site = new Site({
      ...how,
      workers: [
        sleeps,
        function* (me) {
          yield* me.site.queue.wait(me, me.step(SLEEP));
          me.site.coroutines.spawn(me.site.workers[2]!.id, me.step(WORK, 0), me.principalCell);
          yield* enters(me, 2);
        },
        makes,
      ],
      *does(me) {
        for (const worker of [1, 0]) me.spawns(worker);
        yield me.step(NEXT, 0);
        me.site.queue.wakeAll();
        yield me.step(NEXT, 1);
      },
    });
    for (let run = 0; run < 2; run++) {
      site.begin().run('foreman', 'w2', 'w1', 'foreman', 'w2');
      expect(runForced(site)).toEqual(how.wake === 'qemu' ? ['w3', 'w2', 'w1'] : ['w3', 'w2']);
    }
  });

  it('lets nobody go on who was killed by whom it has entered', () => {
    const site = new Site({
      ...how,
      workers: [
        function* (me) {
          me.site.coroutines.spawn(me.site.workers[1]!.id, me.step(WORK, 0), me.principalCell);
          yield* enters(me, 1);
          me.site.world.write(me.site.made, 1000);
        },
        function* (me) {
          me.site.coroutines.kill(me.site.workers[0]!.id);
          yield me.step(FINISH, 0);
        },
      ],
      *does(me) {
        me.spawns(0);
        yield* enters(me, 0);
        yield me.step(NEXT, 3);
      },
    });
    for (let run = 0; run < 2; run++) {
      site.begin().run('foreman');
      expect(runForced(site)).toEqual(['w1', 'w2', 'foreman']);
      expect([site.ready, site.world.cells[site.made]]).toEqual([['w2', 'foreman'], 0]);
    }
  });

  it('is right in every order of steps: the same cells on the table as on generators', () => {
    const plan: Omit<Plan, 'engine'> = {
      wake: how.wake,
      workers: [makes, naps],
      *does(me) {
        const { world, left, workers, coroutines } = me.site;
        while (!world.isZero(left)) {
          world.move(left, left, -1);
          if (workers[0]!.isFree) {
            me.spawns(0);
            yield* enters(me, 0);
          }
          if (!world.isZero(workers[1]!.asleepCell)) yield* coroutines.enter(me, workers[1]!.id, me.step(NEXT, 2));
          yield me.step(NEXT, 3);
        }
      },
    };
    const sites = ENGINES.map((engine) => new Site({ ...plan, engine }));
    const [generators, table] = sites as [Site, Site];
    const ends = new Set<number>();
    for (let run = 0; run < 200; run++) {
      for (const site of sites) site.startsWith(site.workers[1]!, WORK).begin(3);
      for (let n = run; generators.ready.length > 0; n = Math.imul(n, 7) + 3) {
        expect(table.ready).toEqual(generators.ready);
        const name = generators.ready[(n >>> 3) % generators.ready.length]!;
        for (const site of sites) site.run(name);
        if (table.world.cells.join() !== generators.world.cells.join()) expect.fail('the cells differ');
      }
      ends.add(generators.world.cells[generators.made]!);
    }
    expect([...ends].toSorted((a, b) => a - b)).toEqual([111, 122, 133, 1011, 1022, 1033]);
    expect(table.table.lessons).toBeLessThan(40);
  });
});

it('enter is part of the footprint of its step, and comes back with undo', () => {
  const site = new Site({
    engine: 'table',
    wake: 'any',
    workers: [makes],
    *does(me) {
      me.spawns(0);
      yield* enters(me, 0);
    },
  }).begin();
  site.world.track();
  const [mark, ready, cells] = [site.world.undoMark(), site.coroutines.readyMask, site.world.cells.slice()];
  const { writes } = site.table.footprints[site.table.footprintOf(site.foreman)]!;
  expect(writes).toContain(site.coroutines.runQueueCell);
  site.run('foreman', 'w1');
  expect(site.ready).toEqual(['foreman']);
  site.world.undoTo(mark);
  site.coroutines.readyMask = ready;
  expect([site.ready, site.world.cells]).toEqual([['foreman'], cells]);
});

describe.each(ENGINES)('nobody can enter (%s)', (engine) => {
  const foremanWho = (does: Plan['does']): Site => new Site({ engine, wake: 'any', workers: [makes, sleeps], does }).begin();

  it('who may run anyway', () => {
    const site = foremanWho(function* (me) {
      me.spawns(0);
      yield me.step(NEXT, 1);
      yield* enters(me, 0);
    }).run('foreman');
    expect(() => site.run('foreman')).toThrow('w1 neither sleeps nor was spawned in this step, so it cannot be entered');
  });

  it('who has ended', () => {
    const site = foremanWho((me) => enters(me, 0));
    expect(() => site.run('foreman')).toThrow('w1 neither sleeps nor was spawned in this step');
  });

  it('itself', () => {
    const site = foremanWho((me) => me.site.coroutines.enter(me, me.id, me.step(NEXT, 0)));
    expect(() => site.run('foreman')).toThrow('foreman neither sleeps nor was spawned in this step');
  });

  it('another in a step that has woken somebody', () => {
    const site = foremanWho(function* (me) {
      me.spawns(1);
      yield me.step(NEXT, 1);
      me.site.queue.wakeAll();
      me.spawns(0);
      yield* enters(me, 0);
    }).run('foreman', 'w2');
    expect(() => site.run('foreman')).toThrow('foreman has woken somebody, and cannot enter w1 in the same step');
  });

  it('another and sleep', () => {
    const site = foremanWho(function* (me) {
      me.spawns(0);
      yield* me.site.coroutines.enter(me, me.site.workers[0]!.id, me.step(SLEEP));
    });
    expect(() => site.run('foreman')).toThrow('foreman cannot enter w1 in a step that is not always ready');
  });

  it('who is blocked', () => {
    const site = foremanWho(function* (me) {
      const { coroutines, workers, world } = me.site;
      const [{ id, blockersCell }] = workers as [Worker];
      world.write(blockersCell, 1);
      coroutines.spawn(id, me.step(AWAIT), me.principalCell);
      yield* enters(me, 0);
    }).run('foreman');
    expect(() => site.run('w1')).toThrow('w1 must run next, and is not ready');
  });
});
