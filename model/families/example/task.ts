/** A task copies one cluster, for the job or for a guest's request. */
import { type BlockError, NO_ERROR } from '../../block/errors.ts';
import { Requester, type RequesterSizes } from '../../block/requester.ts';
import type { BackupState } from '../../job/backup-state.ts';
import { READ, STORE, STORE_ZEROES } from '../../job/steps.ts';
import type { Coroutines } from '../../kernel/coroutines.ts';
import type { Run } from '../../kernel/coroutine.ts';
import { type Step, atOf } from '../../kernel/step.ts';
import { TASK_START } from './steps.ts';

interface Owner extends BackupState {
  readonly coroutines: Coroutines;
  taskEnded(principal: Requester, cluster: number, error: BlockError): void;
}

export class PoolTask extends Requester {
  readonly #job: Owner;

  constructor(job: Owner, name: string, sizes: RequesterSizes) {
    super(job.coroutines, name, sizes, 0, { environment: job, isTask: true });
    this.#job = job;
  }

  start(principal: Requester, cluster: number): void {
    this.#job.coroutines.spawn(this.id, this.step(TASK_START, cluster), principal.selfCell);
  }

  override *body(start: Step): Run {
    yield start;
    const cluster = atOf(start);
    const { coroutines, source, target } = this.#job;
    const range = this.#job.sectorsOf(cluster);
    let error = yield* source.read(this, range, READ);
    if (error === NO_ERROR)
      error = this.bufferIsZero(range)
        ? yield* target.writeZeroes(this, range, STORE_ZEROES)
        : yield* target.write(this, range, STORE, (s) => target.image.put(s, this.bufferCell(s)));
    this.forgetBuffer(range);
    this.#job.taskEnded(coroutines.byId(this.world.read(this.principalCell)) as Requester, cluster, error);
  }
}
