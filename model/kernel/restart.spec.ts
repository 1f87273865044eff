/** A foreman who restarts: all others end, and what is no more than memory is lost. */
import { describe, expect, it } from 'vitest';
import { ENGINES, EVERY_ENGINE_AND_WAKE, type Foreman, NEXT, type Plan, Site, WORK, type Worker, makes, sleeps } from './testing.ts';

/** Starts the first worker, restarts, and starts it again. */
const RESTARTS: Pick<Plan, 'workers' | 'does'> = {
  workers: [makes, sleeps],
  *does(me) {
    const { coroutines } = me.site;
    me.spawns(0);
    yield me.step(NEXT, 0);
    coroutines.restart(me);
    yield me.step(NEXT, 1);
    me.spawns(0);
  },
};

const cellsOf = ({ site: { world }, slot, slotCells }: Worker): number[] => Array.from(world.cells.subarray(slot, slot + slotCells));

describe.each(EVERY_ENGINE_AND_WAKE)('a restart ($engine, wake order $wake)', (how) => {
  it('ends all others and clears what does not survive it; a coroutine that is spawned then begins anew', () => {
    const site = new Site({ ...how, ...RESTARTS });
    const { world, workers, kept, made, left, seen, queue } = site;
    for (let run = 0; run < 2; run++) {
      site.startsWith(workers[1]!, WORK).begin(5).run('foreman', 'w1', 'w2');
      for (const cell of [kept, seen]) world.store(cell, 7);
      expect([site.ready, queue.isEmpty, world.cells[made], world.cells[left]]).toEqual([['w1', 'foreman'], false, 1, 5]);

      site.run('foreman');
      expect([site.ready, queue.isEmpty, world.cells[made], world.cells[left]]).toEqual([['foreman'], true, 0, 0]);
      expect([world.cells[kept], world.cells[seen]]).toEqual([7, 7]);
      for (const worker of workers) {
        expect([worker.hasEnded, worker.isFree]).toEqual([true, true]);
        const kind = cellsOf(worker)[6]!;
        expect(kind).toBeGreaterThan(0);
        expect(cellsOf(worker)).toEqual([0, worker.id, 0, 0, 0, 0, kind, 0, 0]);
      }

      site.run('foreman', 'w1');
      expect(world.cells[made]).toBe(1);
      site.run('w1');
      expect([site.ready, world.cells[made]]).toEqual([[], 11]);
    }
  });

  it('ends those who have to run next, too', () => {
    const site = new Site({
      ...how,
      workers: [
        function* (me) {
          me.site.coroutines.restart(me);
          yield me.step(NEXT, 0);
        },
        sleeps,
      ],
      *does(me) {
        me.spawns(1);
        yield me.step(NEXT, 0);
        me.site.queue.wakeAll();
        yield me.step(NEXT, 1);
        me.spawns(0);
        yield* me.site.coroutines.enter(me, me.site.workers[0]!.id, me.step(NEXT, 2));
      },
    });
    for (let run = 0; run < 2; run++) {
      site.begin().run('foreman', 'w2', 'foreman');
      if (how.wake === 'qemu') site.run('w2');
      site.run('foreman');
      expect(site.ready).toEqual(['w1']);
      site.run('w1'); // the foreman was to go on after it
      expect([site.ready, site.foreman.hasEnded]).toEqual([['w1'], true]);
    }
  });

  it('takes its place among the steps of others: the same cells on the table as on generators', () => {
    const sites = ENGINES.map((engine) => new Site({ ...RESTARTS, wake: how.wake, engine }));
    const [generators, table] = sites as [Site, Site];
    const restartedFrom = new Set<string>();
    for (let run = 0; run < 200; run++) {
      for (const site of sites) site.startsWith(site.workers[1]!, WORK).begin(5);
      for (let n = run; generators.ready.length > 0; n = Math.imul(n, 7) + 3) {
        expect(table.ready).toEqual(generators.ready);
        const name = generators.ready[(n >>> 2) % generators.ready.length]!;
        if (name === 'foreman') restartedFrom.add(generators.ready.join());
        for (const site of sites) site.run(name);
        if (table.world.cells.join() !== generators.world.cells.join()) expect.fail('the cells differ');
      }
    }
    expect(restartedFrom.size).toBeGreaterThan(3);
    expect(table.table.lessons).toBeLessThan(20);
  });
});

it('a restart is part of the footprint of its step, which depends on every other, and comes back with undo', () => {
  const site = new Site({ ...RESTARTS, engine: 'table', wake: 'any' });
  const { world, coroutines, table, foreman, workers, made } = site;
  site.startsWith(workers[1]!, WORK).begin(5).run('foreman', 'w1', 'w2');
  world.track();
  const [mark, ready, cells] = [world.undoMark(), coroutines.readyMask, world.cells.slice()];
  const { writes, kills } = table.footprints[table.footprintOf(foreman)]!;
  expect([writes.includes(made), kills]).toEqual([true, true]);
  site.run('foreman');
  expect(world.fingerprint()).toEqual(world.recountFingerprint());
  world.undoTo(mark);
  coroutines.readyMask = ready;
  expect([site.ready, world.cells]).toEqual([['w1', 'foreman'], cells]);
});

it('nobody can restart who has others of its kind', () => {
  const restarts = function* (me: Foreman | Worker) {
    me.site.coroutines.restart(me);
    yield me.step(NEXT, 0);
  };
  const site = new Site({ engine: 'generators', wake: 'any', workers: [restarts, restarts], does: restarts });
  for (const worker of site.workers) site.startsWith(worker, WORK);
  expect(() => site.begin().run('w1')).toThrow('w2 is of the same kind as w1, which cannot restart');
});
