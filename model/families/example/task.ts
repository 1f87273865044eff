/** A task copies one cluster, for the call that has started it (QEMU: BlockCopyTask). */
import { Requester } from '../../block/requester.ts';
import type { Coroutine, Run } from '../../kernel/coroutine.ts';
import { type Step, atOf } from '../../kernel/step.ts';
import { type Filter, SIZES } from './filter.ts';
import { TASK_ENDS, TASK_READS, TASK_STORES } from './steps.ts';

const BUSY = 0; // 1 from its start until it clears this itself
const CALL = 1; // the id of the call that has started it
const TASK_CELLS = 2;

/** Who starts tasks, and is told when they end. */
export interface Starter extends Coroutine {
  taskEnded(): void;
}

export class Task extends Requester {
  override readonly isTask = true;
  readonly #filter: Filter;

  constructor(filter: Filter, name: string) {
    super(filter.coroutines, name, SIZES, TASK_CELLS, { environment: filter });
    this.#filter = filter;
  }

  get isFree(): boolean {
    return this.world.isZero(this.slotCell(BUSY));
  }

  start(call: Starter, cluster: number): void {
    const { world } = this;
    world.write(this.slotCell(BUSY), 1);
    world.move(this.slotCell(CALL), call.selfCell);
    this.#filter.tasks.begin(this, { first: cluster, end: cluster + 1 });
    this.#filter.coroutines.spawn(this.id, this.step(TASK_READS, cluster));
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
    (filter.coroutines.byId(world.read(this.slotCell(CALL))) as Starter).taskEnded();
    world.write(this.slotCell(CALL), 0);
    world.write(this.slotCell(BUSY), 0);
  }
}
