/** For specs only: a foreman and his workers, coroutines that start and end others. */
import { Coroutine, type Run } from './coroutine.ts';
import { Coroutines } from './coroutines.ts';
import { type Engine, GeneratorEngine } from './engine.ts';
import { LearnedTable } from './learned-table.ts';
import { ENDED, type Step, type StepName, defineStep, stepEnd } from './step.ts';
import { WaitQueue } from './wait-queue.ts';
import type { WakeOrder } from './wake/orders.ts';
import { World } from './world.ts';

export const GO = defineStep('go', 'nothing');
export const NEXT = defineStep('next', 'cluster');
export const WORK = defineStep('work', 'cluster');
export const FINISH = defineStep('finish', 'cluster');
export const SLEEP = defineStep('sleep', 'nothing', { guard: 'woken' });
export const NAP = defineStep('nap', 'nothing', { guard: 'timed' });

export const ENGINES = ['generators', 'table'] as const;
export const EVERY_ENGINE_AND_WAKE = ENGINES.flatMap((engine) => (['any', 'qemu'] as const).map((wake) => ({ engine, wake })));

export interface Plan {
  readonly engine: (typeof ENGINES)[number];
  readonly wake: WakeOrder;
  /** What each worker does once it is spawned. */
  readonly workers: readonly ((me: Worker) => Run)[];
  /** What the foreman does. */
  readonly does: (me: Foreman) => Run;
}

export class Site {
  readonly world = new World(1000);
  readonly coroutines: Coroutines;
  /** How much the foreman has yet to give out. */
  readonly left: number;
  /** What the workers have made. */
  readonly made: number;
  /** What survives a restart, and what an observer keeps. */
  readonly kept: number;
  readonly seen: number;
  readonly queue: WaitQueue;
  readonly workers: readonly Worker[];
  readonly foreman: Foreman;
  readonly engine: Engine;
  readonly table: LearnedTable;
  readonly #initial: Int32Array;
  readonly #ids: Int32Array;

  constructor({ engine, wake, workers, does }: Plan) {
    const coroutines = (this.coroutines = new Coroutines(this.world, wake));
    this.left = this.world.alloc('left', 1);
    this.made = this.world.alloc('made', 1);
    this.kept = this.world.alloc('kept', 1, 'restart');
    this.queue = new WaitQueue(coroutines, this.world.alloc('queue', 1));
    this.workers = workers.map((works, i) => new Worker(this, `w${i + 1}`, works));
    this.foreman = new Foreman(this, does);
    this.world.modelUntilHere();
    this.seen = this.world.alloc('seen', 1);
    this.world.seal();
    this.#initial = new Int32Array(this.world.cells.length);
    for (const worker of this.workers) worker.loadInto(this.#initial, ENDED);
    this.foreman.loadInto(this.#initial, this.foreman.step(GO));
    this.#ids = new Int32Array(coroutines.all.length);
    this.table = new LearnedTable(coroutines, stepEnd(8));
    this.engine = engine === 'table' ? this.table : new GeneratorEngine(coroutines);
  }

  /** The worker runs from the beginning, in every run. */
  startsWith(worker: Worker, name: StepName, blockers = 0): this {
    worker.loadInto(this.#initial, worker.step(name), blockers);
    return this;
  }

  /** @param left how much the foreman is to give out */
  begin(left = 0): this {
    this.#initial[this.left] = left;
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

  /** Each of these, who must be ready, runs a step. */
  run(...names: string[]): this {
    for (const name of names) {
      if (!this.ready.includes(name)) throw new Error(`${name} can't run; ready: ${this.ready.join(' ')}`);
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

export class Worker extends Coroutine {
  readonly site: Site;
  readonly #works: (me: Worker) => Run;

  /** Those who work alike are of a kind. */
  constructor(site: Site, name: string, works: (me: Worker) => Run) {
    super(site.coroutines, name, 0, { environment: works, isTask: true });
    this.site = site;
    this.#works = works;
  }

  override *body(start: Step): Run {
    yield start;
    yield* this.#works(this);
  }
}

export class Foreman extends Coroutine {
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

  /** Starts a worker, counted from 0, that works for me. */
  spawns(worker: number): void {
    const { coroutines, workers } = this.site;
    coroutines.spawn(workers[worker]!.id, this.step(WORK, 0), this.principalCell);
  }
}

/** Makes a piece in two steps: 1 and then 10. */
export function* makes(me: Worker): Run {
  const { world, made } = me.site;
  world.move(made, made, 1);
  yield me.step(FINISH, 0);
  world.move(made, made, 10);
}

/** Sleeps in the queue, and then makes 1. */
export function* sleeps(me: Worker): Run {
  const { world, made, queue } = me.site;
  yield* queue.wait(me, me.step(SLEEP));
  world.move(made, made, 1);
}
