/** A foreman and his workers: tasks are started, work for somebody, and are started again. */
import { describe, expect, it } from 'vitest';
import type { Coroutine, Run } from './coroutine.ts';
import { defineStep, printStep } from './step.ts';
import { ENGINES, EVERY_ENGINE_AND_WAKE, FINISH, type Foreman, NEXT, type Plan, Site, WORK, makes, sleeps } from './testing.ts';

const ASK = defineStep('ask', 'nothing');

/** Starts a worker for each piece that is left: the first that is free. */
function* givesOut(me: Foreman): Run {
  const { world, left, workers } = me.site;
  while (!world.isZero(left)) {
    const free = workers.findIndex(({ isFree }) => isFree);
    if (free < 0) {
      yield me.step(ASK);
      continue;
    }
    world.move(left, left, -1);
    me.spawns(free);
    yield me.step(NEXT, 1);
  }
}

/** So many workers who make pieces. */
const crew = (how: Pick<Plan, 'engine' | 'wake'>, workers: number, does: Plan['does']): Site =>
  new Site({ ...how, workers: Array.from({ length: workers }, () => makes), does });

describe.each(EVERY_ENGINE_AND_WAKE)('a task ($engine, wake order $wake)', (how) => {
  it('runs once it is spawned, and its slot serves the next one', () => {
    const site = crew(how, 1, givesOut);
    for (let run = 0; run < 2; run++) {
      site.begin(2);
      expect(site.ready).toEqual(['foreman']);
      site.run('foreman');
      expect(site.ready).toEqual(['w1', 'foreman']);
      site.run('w1', 'w1', 'foreman');
      expect(site.ready).toEqual(['w1', 'foreman']);
      site.run('w1');
      expect(printStep(site.named('w1').pending, 1, false)).toBe('finish c0');
      site.run('foreman', 'w1');
      expect(site.ready).toEqual([]);
      expect(site.world.cells[site.made]).toBe(22);
    }
  });

  it('ends where it is killed, is free, and begins anew when it is spawned again', () => {
    const site = crew(how, 1, function* (me) {
      me.spawns(0);
      yield me.step(NEXT, 0);
      me.site.coroutines.kill(me.site.workers[0]!.id);
      yield me.step(NEXT, 1);
      me.spawns(0);
    });
    const [worker] = site.workers;
    for (let run = 0; run < 2; run++) {
      site.begin().run('foreman', 'w1');
      expect(worker!.isFree).toBe(false);
      site.run('foreman');
      expect([site.ready, worker!.isFree]).toEqual([['foreman'], true]);
      site.run('foreman', 'w1');
      expect(printStep(worker!.pending, 1, false)).toBe('finish c0');
      site.run('w1');
      expect(site.world.cells[site.made]).toBe(1 + 11);
    }
  });

  it('works for the coroutine that had it started, as does a task that it starts itself', () => {
    const site = new Site({
      ...how,
      workers: [
        function* (me) {
          me.site.coroutines.spawn(me.site.workers[1]!.id, me.step(WORK, 0), me.principalCell);
          yield me.step(FINISH, 0);
        },
        makes,
      ],
      *does(me) {
        me.spawns(0);
        yield me.step(NEXT, 0);
      },
    });
    const principals = (): string[] => site.coroutines.all.map((one) => site.coroutines.principalOf(one).name);
    const free = (): boolean[] => site.workers.map(({ isFree }) => isFree);
    for (let run = 0; run < 2; run++) {
      site.begin();
      expect([principals(), free()]).toEqual([
        ['w1', 'w2', 'foreman'],
        [true, true],
      ]);
      site.run('foreman');
      expect(principals()).toEqual(['foreman', 'w2', 'foreman']);
      site.run('w1');
      expect([principals(), free()]).toEqual([
        ['foreman', 'foreman', 'foreman'],
        [false, false],
      ]);
      site.run('w1'); // its last step: it is free, and has made that step for the foreman
      expect([principals(), free()]).toEqual([
        ['foreman', 'foreman', 'foreman'],
        [true, false],
      ]);
      site.run('w2');
      expect(principals()).toEqual(['w1', 'foreman', 'foreman']);
      site.run('w2');
      expect(free()).toEqual([true, true]);
    }
  });

  it('may begin with the run, and works for itself then', () => {
    const site = crew(how, 1, function* () {});
    const [worker] = site.workers;
    for (let run = 0; run < 2; run++) {
      site.startsWith(worker!, WORK).begin();
      expect([site.ready, worker!.isFree, site.coroutines.principalOf(worker!)]).toEqual([['w1', 'foreman'], false, worker]);
      site.run('w1', 'w1');
      expect(worker!.isFree).toBe(true);
    }
  });

  it('is never woken once it is killed, and those behind it are', () => {
    const site = new Site({
      ...how,
      workers: [sleeps, sleeps, sleeps],
      *does(me) {
        for (const i of [0, 1, 2]) me.spawns(i);
        yield me.step(NEXT, 0);
        me.site.queue.wakeAll();
        me.site.coroutines.kill(me.site.workers[1]!.id);
      },
    });
    for (let run = 0; run < 2; run++) {
      site.begin().run('foreman', 'w1', 'w2', 'w3', 'foreman');
      expect(site.ready).toEqual(how.wake === 'qemu' ? ['w1'] : ['w1', 'w3']);
      site.run('w1');
      expect(site.ready).toEqual(['w3']);
      site.run('w3');
      expect(site.ready).toEqual([]);
      expect(site.world.cells.subarray(site.workers[1]!.slot + 2, site.workers[1]!.slot + 6)).toEqual(new Int32Array(4));
    }
  });
});

it('tasks leave the same cells behind on the table as on generators, no matter which task is spawned where', () => {
  for (const wake of ['any', 'qemu'] as const) {
    const [generators, table] = ENGINES.map((engine) => crew({ engine, wake }, 2, givesOut)) as [Site, Site];
    for (let run = 0; run < 40; run++) {
      for (const site of [generators, table]) site.begin(5);
      for (let n = run; generators.ready.length > 0; n = (n * 7 + 3) % 64) {
        const name = generators.ready[n % generators.ready.length]!;
        for (const site of [generators, table]) site.run(name);
        expect(table.world.cells).toEqual(generators.world.cells);
      }
      expect(generators.world.cells[generators.made]).toBe(55);
    }
    expect(table.table.lessons).toBeLessThan(30);
  }
});

it('tasks come back from their end among more coroutines than fit into bits, before and behind those that are blocked in order', () => {
  for (const engine of ENGINES) {
    const site = crew({ engine, wake: 'any' }, 40, givesOut);
    for (const { id } of site.workers) {
      site.coroutines.blockedInOrderFrom = id;
      site.begin(80);
      site.runToEnd();
      expect(site.world.cells[site.made]).toBe(880);
    }
  }
});

describe('the footprint of a step that', () => {
  const footprintOf = (does: Plan['does'], first: string[] = [], who: (site: Site) => Coroutine = ({ foreman }) => foreman) => {
    const site = crew({ engine: 'table', wake: 'any' }, 2, does).begin();
    site.world.track();
    site.run(...first);
    const mark = site.world.undoMark();
    const ready = site.coroutines.readyMask;
    const { reads, writes, kills } = site.table.footprints[site.table.footprintOf(who(site))]!;
    expect(site.world.undoMark()).toBe(mark);
    expect(site.coroutines.readyMask).toBe(ready);
    const names = (cells: readonly number[]): string[] => cells.map((cell) => site.world.describe(cell));
    return { reads: names(reads), writes: names(writes), kills };
  };

  it('spawns has the pending step of the task, and for whom it works', () => {
    const spawns = function* (me: Foreman): Run {
      me.spawns(1);
    };
    expect(footprintOf(spawns)).toEqual({ reads: ['foreman[1]'], writes: ['w2[0]', 'w2[8]'], kills: false });
  });

  it('kills says so: it depends on every step of its victim', () => {
    const kills = function* (me: Foreman): Run {
      me.spawns(1);
      yield me.step(NEXT, 0);
      me.site.coroutines.kill(me.site.workers[1]!.id);
    };
    expect(footprintOf(kills, ['foreman'])).toMatchObject({ kills: true });
  });

  it('asks whether a task is free depends on its last step', () => {
    const asks = function* (me: Foreman): Run {
      me.spawns(1);
      yield me.step(NEXT, 0);
      if (me.site.workers[1]!.isFree) yield me.step(NEXT, 1);
    };
    const first = ['foreman', 'w2'];
    expect(footprintOf(asks, first)).toMatchObject({ reads: ['w2[8]'] });
    expect(footprintOf(asks, first, ({ workers }) => workers[1]!)).toMatchObject({ writes: ['w2[8]'] });
  });
});

describe('nobody may', () => {
  const foremanWho = (does: (me: Foreman) => void): Site =>
    crew({ engine: 'generators', wake: 'any' }, 1, function* (me) {
      does(me);
      yield me.step(NEXT, 0);
    }).begin();

  it('spawn a task that has not ended', () => {
    const site = foremanWho((me) => {
      for (let i = 0; i < 2; i++) me.spawns(0);
    });
    expect(() => site.run('foreman')).toThrow('w1 has not ended, so it cannot be spawned');
  });

  it('spawn a coroutine that is no task', () => {
    const site = foremanWho((me) => me.site.coroutines.spawn(me.id, me.step(NEXT, 0), me.principalCell));
    expect(() => site.run('foreman')).toThrow('foreman is no task, so it cannot be spawned');
  });

  it('kill itself', () => {
    const site = foremanWho((me) => me.site.coroutines.kill(me.id));
    expect(() => site.run('foreman')).toThrow('foreman cannot spawn or kill itself');
  });
});
