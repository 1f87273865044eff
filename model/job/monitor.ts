/** Somebody at the monitor: `block-job-cancel`, `-pause` and `-resume` (reference A.9). */
import { Coroutine, type Run } from '../kernel/coroutine.ts';
import type { Coroutines } from '../kernel/coroutines.ts';
import { ENDED, type Step, defineStep } from '../kernel/step.ts';
import { meaning } from '../meaning.ts';
import type { BlockJob } from './block-job.ts';

const CANCEL = meaning(defineStep('cancel', 'nothing', { guard: 'unblocked' }), { role: 'cancels', words: 'cancels the job' });

/** Cancels the job, by force: without it QEMU refuses to cancel a job that is paused. */
export class User extends Coroutine {
  readonly #job: BlockJob;

  constructor(coroutines: Coroutines, job: BlockJob) {
    super(coroutines, 'user', 0);
    this.#job = job;
  }

  /** Before a run: whether there is a cancel, and what must have happened before it. */
  loadCancel(cells: Int32Array, cancels: boolean, blockers: number): void {
    this.loadInto(cells, cancels ? this.step(CANCEL) : ENDED, blockers);
  }

  override *body(start: Step): Run {
    yield start;
    this.#job.cancel();
  }
}

const PAUSE = meaning(defineStep('pause', 'nothing', { guard: 'unblocked' }), { role: 'pauses', words: 'pauses the job' });
const RESUME = meaning(defineStep('resume', 'nothing'), { role: 'resumes', words: 'resumes the job' });
const RESUME_STOPPED = meaning(defineStep('resume.stopped', 'nothing', { guard: 'unblocked' }), {
  role: 'resumesStopped',
  words: 'resumes the job, which an error had stopped',
});

/** Pauses the job once and resumes it, and resumes it whenever an error has stopped it. */
export class Operator extends Coroutine {
  readonly #job: BlockJob;

  constructor(coroutines: Coroutines, job: BlockJob) {
    super(coroutines, 'operator', 0);
    this.#job = job;
  }

  /** Before a run. An operator who does not pause waits for the first error that stops the job. */
  loadOperator(cells: Int32Array, pauses: boolean): void {
    this.loadInto(cells, this.step(pauses ? PAUSE : RESUME_STOPPED), 1);
  }

  override *body(start: Step): Run {
    yield start;
    if (start === this.step(PAUSE)) {
      this.#job.pause();
      yield this.step(RESUME);
    }
    for (;;) {
      this.#job.resume();
      this.world.write(this.blockersCell, 1); // until the job stops
      yield this.step(RESUME_STOPPED);
    }
  }
}
