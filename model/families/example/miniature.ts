/**
 * Block-copy in miniature: a second family of backups, for the tests of the kernel. It has what the notifier of QEMU 1.6
 * has not: tasks that are spawned, slots that are used again, several callers with a pool of tasks each.
 */
import type { SectorRange } from '../../block/requester.ts';
import type { Coroutine } from '../../kernel/coroutine.ts';
import { Coroutines } from '../../kernel/coroutines.ts';
import type { WakeOrder } from '../../kernel/wake/orders.ts';
import type { Engine } from '../../kernel/engine.ts';
import { ENDED, stepEnd } from '../../kernel/step.ts';
import { World } from '../../kernel/world.ts';
import { GuestWrite, Job } from './callers.ts';
import { Filter, type FilterSize, type Mistake } from './filter.ts';
import { JOB_START, WRITE_START } from './steps.ts';
import { Task } from './task.ts';

export interface Plan extends FilterSize {
  readonly wake: WakeOrder;
  /** What each guest writes, in clusters. */
  readonly guests: readonly SectorRange[];
  readonly mistake?: Mistake;
}

const ACCESSES_MAX = 10_000;
const atT0 = (cluster: number): number => 1 + cluster;

export class Miniature {
  readonly world = new World(ACCESSES_MAX);
  readonly coroutines: Coroutines;
  /** One more than the largest step. */
  readonly stepEnd: number;
  readonly #filter: Filter;
  readonly #initial: Int32Array;
  readonly #ids: Int32Array;

  constructor({ clusters, workers, wake, guests, mistake }: Plan) {
    const { world } = this;
    const coroutines = (this.coroutines = new Coroutines(world, wake));
    const filter = (this.#filter = new Filter(coroutines, { clusters, workers }, mistake ?? null));
    this.stepEnd = stepEnd(clusters);
    const poolOf = (name: string): Task[] => Array.from({ length: workers }, (_, i) => new Task(filter, `${name}.t${i + 1}`));
    const pools = ['job', ...guests.map((_, i) => `g${i + 1}`)].map(poolOf); // tasks come before those who may be blocked
    const job = new Job(filter, 'job', pools[0]!);
    const writes = guests.map((_, i) => new GuestWrite(filter, `g${i + 1}`, pools[i + 1]!));
    world.seal();

    const cells = (this.#initial = new Int32Array(world.cells.length));
    for (let c = 0; c < clusters; c++) {
      cells[filter.sourceCell(c)] = atT0(c);
      cells[filter.dirtyCell(c)] = 1;
    }
    for (const task of pools.flat()) task.loadInto(cells, ENDED);
    job.loadCall(cells, job.step(JOB_START), { first: 0, end: clusters, content: 0 });
    writes.forEach((write, i) => write.loadCall(cells, write.step(WRITE_START), { ...guests[i]!, content: 101 + i }));
    this.#ids = new Int32Array(coroutines.all.length);
  }

  begin(engine: Engine): void {
    this.world.load(this.#initial);
    engine.begin();
  }

  get ready(): Coroutine[] {
    return Array.from(this.#ids.subarray(0, this.coroutines.ready(this.#ids)), (id) => this.coroutines.byId(id));
  }

  /** What is wrong here and now: the target holds what was never at T0, or will never hold what was. */
  get broken(): string | null {
    const { cells } = this.world;
    const filter = this.#filter;
    const hasEnded = this.ready.length === 0;
    if (hasEnded && this.coroutines.alive().length > 0) return 'hangs';
    for (let c = 0; c < filter.clusters; c++) {
      const content = cells[filter.targetCell(c)]!;
      if (content !== atT0(c) && (content !== 0 || hasEnded)) return `cluster ${c} holds ${content}`;
    }
    return null;
  }
}
