/** A task copies one cluster, for the call that has started it (QEMU: BlockCopyTask). */
import { Requester } from '../../block/requester.ts';
import type { Coroutine, Run } from '../../kernel/coroutine.ts';
import { type Step, atOf } from '../../kernel/step.ts';
import { type Filter, SIZES } from './filter.ts';
import { TASK_ENDS, TASK_READS, TASK_STORES } from './steps.ts';

/** Who starts tasks, and is told when they end. */
export interface Starter extends Coroutine {
  taskEnded(): void;
}

export class Task extends Requester {
  readonly #filter: Filter;

  constructor(filter: Filter, name: string) {
    super(filter.coroutines, name, SIZES, 0, { environment: filter, isTask: true });
    this.#filter = filter;
  }

  start(call: Starter, cluster: number): void {
    this.#filter.tasks.begin(this, { first: cluster, end: cluster + 1 });
    this.#filter.coroutines.spawn(this.id, this.step(TASK_READS, cluster), call.principalCell);
  }

  override *body(start: Step): Run {
    const { world } = this;
    const filter = this.#filter;
    const cluster = atOf(start);
    yield start;
    world.move(this.bufferCell(cluster), filter.sourceCell(cluster));
    yield this.step(TASK_STORES, cluster);
    world.move(filter.targetCell(cluster), this.bufferCell(cluster));
    this.forgetBuffer({ first: cluster, end: cluster + 1 });
    yield this.step(TASK_ENDS, cluster);
    filter.tasks.end(this);
    filter.tasks.waitersOf(this).wakeAll();
    (filter.coroutines.byId(world.read(this.principalCell)) as Starter).taskEnded();
  }
}
