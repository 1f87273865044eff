/**
 * The commands: `drive-backup`, as far as it chooses the target's backing (reference A.10), and
 * `block-job-cancel`.
 */
import { Coroutine, type Coroutines, type Run } from '../kernel/coroutine.ts';
import { ENDED, type Step, defineStep } from '../kernel/step.ts';
import type { Image } from '../block/image.ts';
import type { BackupJob, SyncMode } from './job.ts';

/** What a new target is laid over: nothing (FULL), the source's backing (TOP), or the live source (NONE). */
export function targetBacking(mode: SyncMode, source: Image): Image | null {
  if (mode === 'full') return null;
  return mode === 'top' ? source.backing : source;
}

const USER_KIND = 1;
const CANCEL = defineStep('cancel', 'nothing', { guard: 'unblocked' });

/** Somebody at the monitor. */
export class User extends Coroutine {
  readonly #job: BackupJob;

  constructor(coroutines: Coroutines, job: BackupJob) {
    super(coroutines, 'user', 0);
    this.#job = job;
  }

  /** Before a run: whether there is a cancel, and what must have happened before it. */
  loadCancel(cells: Int32Array, cancels: boolean, blockers: number): void {
    this.loadInto(cells, USER_KIND, cancels ? this.step(CANCEL) : ENDED, blockers);
  }

  override *body(start: Step): Run {
    yield start;
    this.#job.cancel();
  }
}
