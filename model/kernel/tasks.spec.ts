/** A foreman and his workers: coroutines that start and end others. */
import { describe, expect, it } from 'vitest';
import { Coroutine, type Run } from './coroutine.ts';
import { Coroutines } from './coroutines.ts';
import type { WakeOrder } from './wake/orders.ts';
import { WaitQueue } from './wait-queue.ts';
import { type Engine, GeneratorEngine } from './engine.ts';
import { LearnedTable } from './learned-table.ts';
import { ENDED, type Step, type StepName, defineStep, printStep, stepEnd } from './step.ts';
import { World } from './world.ts';

const GO = defineStep('go', 'nothing');
const NEXT = defineStep('next', 'cluster');
const ASK = defineStep('ask', 'nothing');
const WORK = defineStep('work', 'cluster');
const FINISH = defineStep('finish', 'cluster');
const SLEEP = defineStep('sleep', 'nothing', { guard: 'woken' });

const ENGINES = ['generators', 'table'] as const;
const EVERY_ENGINE_AND_WAKE = ENGINES.flatMap((engine) => (['any', 'qemu'] as const).map((wake) => ({ engine, wake })));

interface Plan {
  readonly engine: (typeof ENGINES)[number];
  readonly wake: WakeOrder;
  readonly workers: number;
  readonly jobs: number;
  readonly does?: (me: Foreman) => Run;
}

class Site {
  readonly world = new World(1000);
  readonly coroutines: Coroutines;
  /** How many jobs the foreman has yet to give out. */
  readonly left: number;
  /** What the workers have made. */
  readonly made: number;
  readonly queue: WaitQueue;
  readonly workers: readonly Worker[];
  readonly foreman: Foreman;
  readonly engine: Engine;
  readonly table: LearnedTable;
  readonly #initial: Int32Array;
  readonly #ids: Int32Array;

  constructor({ engine, wake, workers, jobs, does = givesOut }: Plan) {
    const coroutines = (this.coroutines = new Coroutines(this.world, wake));
    this.left = this.world.alloc('left', 1);
    this.made = this.world.alloc('made', 1);
    this.queue = new WaitQueue(coroutines, this.world.alloc('queue', 1));
    this.workers = Array.from({ length: workers }, (_, i) => new Worker(this, i));
    this.foreman = new Foreman(this, does);
    this.world.seal();
    this.#initial = new Int32Array(this.world.cells.length);
    for (const worker of this.workers) worker.loadInto(this.#initial, ENDED);
    this.foreman.loadInto(this.#initial, this.foreman.step(GO));
    this.#initial[this.left] = jobs;
    this.#ids = new Int32Array(coroutines.all.length);
    this.table = new LearnedTable(coroutines, stepEnd(8));
    this.engine = engine === 'table' ? this.table : new GeneratorEngine(coroutines);
  }

  /** It runs from the beginning, in every run. */
  startsWith(worker: Worker, name: StepName): this {
    worker.loadInto(this.#initial, worker.step(name));
    return this;
  }

  begin(): this {
    this.world.load(this.#initial);
    this.engine.begin();
    return this;
  }

  get ready(): string[] {
    return [...this.#ids.subarray(0, this.coroutines.ready(this.#ids))].map((id) => this.coroutines.byId(id).name);
  }

  named(name: string): Coroutine {
    return this.coroutines.all.find((c) => c.name === name)!;
  }

  run(...names: string[]): this {
    for (const name of names) {
      expect(this.ready).toContain(name);
      this.engine.step(this.named(name));
    }
    return this;
  }

  /** One of the ready runs after another: not always the same one. */
  runToEnd(): void {
    for (let steps = 0; this.ready.length > 0; steps++) {
      if (steps === 10_000) throw new Error('the run does not end');
      this.run(this.ready[(steps * 7) % this.ready.length]!);
    }
  }
}

class Worker extends Coroutine {
  readonly site: Site;

  constructor(site: Site, i: number) {
    super(site.coroutines, `w${i + 1}`, 0, { environment: site, isTask: true });
    this.site = site;
  }

  override *body(start: Step): Run {
    const { world } = this;
    yield start;
    world.move(this.site.made, this.site.made, 1);
    yield this.step(FINISH, 0);
    world.move(this.site.made, this.site.made, 10);
  }
}

class Foreman extends Coroutine {
  readonly site: Site;
  readonly #does: (me: Foreman) => Run;

  constructor(site: Site, does: (me: Foreman) => Run) {
    super(site.coroutines, 'foreman', 0);
    this.site = site;
    this.#does = does;
  }

  override *body(start: Step): Run {
    yield start;
    yield* this.#does(this);
  }
}

/** Starts a worker for each job: the first that is free. */
function* givesOut(me: Foreman): Run {
  const { world, left, workers, coroutines } = me.site;
  while (!world.isZero(left)) {
    const free = workers.find(({ isFree }) => isFree);
    if (free === undefined) {
      yield me.step(ASK);
      continue;
    }
    world.move(left, left, -1);
    coroutines.spawn(free.id, free.step(WORK, 1), me.principalCell);
    yield me.step(NEXT, 1);
  }
}

describe.each(EVERY_ENGINE_AND_WAKE)('a task ($engine, wake order $wake)', (how) => {
  it('runs once it is spawned, and its slot serves the next one', () => {
    const site = new Site({ ...how, workers: 1, jobs: 2 });
    for (let run = 0; run < 2; run++) {
      site.begin();
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

  it('ends where it is killed, and begins anew when it is spawned again', () => {
    const site = new Site({
      ...how,
      workers: 1,
      jobs: 0,
      *does(me) {
        const { coroutines, workers } = me.site;
        const [{ id }] = workers as [Worker];
        coroutines.spawn(id, me.step(WORK, 0), me.principalCell);
        yield me.step(NEXT, 0);
        coroutines.kill(id);
        yield me.step(NEXT, 1);
        coroutines.spawn(id, me.step(WORK, 0), me.principalCell);
      },
    });
    for (let run = 0; run < 2; run++) {
      site.begin().run('foreman', 'w1', 'foreman');
      expect(site.ready).toEqual(['foreman']);
      site.run('foreman', 'w1');
      expect(printStep(site.named('w1').pending, 1, false)).toBe('finish c0');
      site.run('w1');
      expect(site.world.cells[site.made]).toBe(1 + 11);
    }
  });

  it('works for whoever had it started, as does a task that it starts itself', () => {
    const site = new Site({
      ...how,
      workers: 2,
      jobs: 0,
      *does(me) {
        me.site.coroutines.spawn(me.site.workers[0]!.id, me.step(WORK, 0), me.principalCell);
        yield me.step(NEXT, 0);
      },
    });
    site.workers[0]!.body = function* (this: Worker, start: Step): Run {
      yield start;
      this.site.coroutines.spawn(this.site.workers[1]!.id, this.step(WORK, 0), this.principalCell);
      yield this.step(FINISH, 0);
    };
    const principals = (): string[] => site.coroutines.all.map((one) => site.coroutines.principalOf(one).name);
    for (let run = 0; run < 2; run++) {
      site.begin();
      expect(principals()).toEqual(['w1', 'w2', 'foreman']);
      site.run('foreman');
      expect(principals()).toEqual(['foreman', 'w2', 'foreman']);
      site.run('w1');
      expect(principals()).toEqual(['foreman', 'foreman', 'foreman']);
      site.run('w1');
      expect([site.workers[0]!.isFree, site.workers[1]!.isFree]).toEqual([true, false]);
      expect(principals()).toEqual(['foreman', 'foreman', 'foreman']); // w1 made its last step for the foreman
      site.run('w2');
      expect(principals()).toEqual(['w1', 'foreman', 'foreman']);
      site.run('w2');
      expect([site.workers[0]!.isFree, site.workers[1]!.isFree]).toEqual([true, true]);
    }
  });

  it('is free again once it is killed', () => {
    const site = new Site({
      ...how,
      workers: 1,
      jobs: 0,
      *does(me) {
        const [{ id }] = me.site.workers as [Worker];
        me.site.coroutines.spawn(id, me.step(WORK, 0), me.principalCell);
        yield me.step(NEXT, 0);
        me.site.coroutines.kill(id);
      },
    });
    for (let run = 0; run < 2; run++) {
      site.begin().run('foreman', 'w1');
      expect(site.workers[0]!.isFree).toBe(false);
      site.run('foreman');
      expect(site.workers[0]!.isFree).toBe(true);
    }
  });

  it('may begin with the run, and works for itself then', () => {
    const site = new Site({ ...how, workers: 1, jobs: 0 });
    const [worker] = site.workers as [Worker];
    for (let run = 0; run < 2; run++) {
      site.startsWith(worker, WORK).begin();
      expect([site.ready, worker.isFree, site.coroutines.principalOf(worker)]).toEqual([['w1', 'foreman'], false, worker]);
      site.run('w1', 'w1');
      expect(worker.isFree).toBe(true);
    }
  });

  it('is never woken once it is killed, and those behind it are', () => {
    const sleeps = function* (this: Worker, start: Step): Run {
      yield start;
      yield* this.site.queue.wait(this, this.step(SLEEP));
      this.world.move(this.site.made, this.site.made, 1);
    };
    const site = new Site({
      ...how,
      workers: 3,
      jobs: 0,
      *does(me) {
        const { coroutines, workers, queue } = me.site;
        for (const { id } of workers) coroutines.spawn(id, me.step(WORK, 0), me.principalCell);
        yield me.step(NEXT, 0);
        queue.wakeAll();
        coroutines.kill(workers[1]!.id);
      },
    });
    for (const worker of site.workers) worker.body = sleeps;
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

it('leave the same cells behind on the table as on generators, whoever is spawned where', () => {
  for (const wake of ['any', 'qemu'] as const) {
    const [generators, table] = ENGINES.map((engine) => new Site({ engine, wake, workers: 2, jobs: 5 })) as [Site, Site];
    for (let run = 0; run < 40; run++) {
      for (const site of [generators, table]) site.begin();
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

it('come back from their end among more coroutines than fit into bits, before and behind those that are blocked in order', () => {
  for (const engine of ENGINES) {
    const site = new Site({ engine, wake: 'any', workers: 40, jobs: 80 });
    for (const { id } of site.workers) {
      site.coroutines.blockedInOrderFrom = id;
      site.begin();
      site.runToEnd();
      expect(site.world.cells[site.made]).toBe(880);
    }
  }
});

describe('the footprint of a step that', () => {
  const footprintOf = (does: (me: Foreman) => Run, first: string[] = [], who: (site: Site) => Coroutine = ({ foreman }) => foreman) => {
    const site = new Site({ engine: 'table', wake: 'any', workers: 2, jobs: 0, does }).begin();
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

  it('spawns has the pending step of the task', () => {
    const spawns = function* (me: Foreman): Run {
      me.site.coroutines.spawn(me.site.workers[1]!.id, me.step(WORK, 0), me.principalCell);
    };
    expect(footprintOf(spawns)).toEqual({ reads: ['foreman[1]'], writes: ['w2[0]', 'w2[8]'], kills: false });
  });

  it('kills says so: it depends on every step of its victim', () => {
    const kills = function* (me: Foreman): Run {
      me.site.coroutines.spawn(me.site.workers[1]!.id, me.step(WORK, 0), me.principalCell);
      yield me.step(NEXT, 0);
      me.site.coroutines.kill(me.site.workers[1]!.id);
    };
    expect(footprintOf(kills, ['foreman'])).toMatchObject({ kills: true });
  });

  it('asks whether a task is free depends on its last step', () => {
    const asks = function* (me: Foreman): Run {
      me.site.coroutines.spawn(me.site.workers[1]!.id, me.step(WORK, 0), me.principalCell);
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
    new Site({
      engine: 'generators',
      wake: 'any',
      workers: 1,
      jobs: 0,
      *does(me) {
        does(me);
        yield me.step(NEXT, 0);
      },
    }).begin();

  it('spawn a task that has not ended', () => {
    const site = foremanWho(({ site: { coroutines, workers } }) => {
      for (let i = 0; i < 2; i++) coroutines.spawn(workers[0]!.id, workers[0]!.step(WORK, 0), workers[0]!.selfCell);
    });
    expect(() => site.run('foreman')).toThrow('w1 has not ended, so it cannot be spawned');
  });

  it('spawn a coroutine that is no task', () => {
    const site = foremanWho((me) => me.site.coroutines.spawn(me.id, me.step(GO), me.principalCell));
    expect(() => site.run('foreman')).toThrow('foreman is no task, so it cannot be spawned');
  });

  it('kill itself', () => {
    const site = foremanWho((me) => me.site.coroutines.kill(me.id));
    expect(() => site.run('foreman')).toThrow('foreman cannot spawn or kill itself');
  });
});
