/**
 * The daemon is told to quit, and is started again (QEMU: the end of main() in storage-daemon/qemu-storage-daemon.c, qemu_cleanup in
 * system/runstate.c): requests of guests in flight end, and no other begins; the jobs are cancelled by force and end; the images are
 * closed, which stores a persistent bitmap (docs/interop/bitmaps.rst). What the process had in memory is gone. The guests do not come
 * back.
 */
import type { DirtyBitmap } from '../block/dirty-bitmap.ts';
import type { BlockNode } from '../block/node.ts';
import type { Run } from '../kernel/coroutine.ts';
import type { Coroutines } from '../kernel/coroutines.ts';
import { ENDED, type Step, defineStep } from '../kernel/step.ts';
import { WaitQueue } from '../kernel/wait-queue.ts';
import { meaning } from '../meaning.ts';
import { Requester, type RequesterSizes } from '../block/requester.ts';
import type { BackupState } from './backup-state.ts';

const QUIT = meaning(defineStep('quit', 'nothing', { guard: 'unblocked' }), {
  role: 'quits',
  words: 'tells QEMU to quit: no request begins any more, and the jobs are cancelled',
});
const QUIT_JOBS = meaning(defineStep('quit.jobs', 'nothing', { guard: 'woken' }), {
  role: 'drainsRequests',
  words: 'sees a job end, and looks whether all have',
});
const QUIT_DRAIN = meaning(defineStep('quit.drain', 'nothing', { guard: 'woken' }), {
  role: 'drainsRequests',
  words: 'continues, now that no request is in flight',
});
const QUIT_CLOSE = meaning(defineStep('quit.close', 'nothing'), {
  role: 'restarts',
  words: 'closes the images, stores the bitmaps, and starts QEMU again',
});

interface Backup {
  readonly sourceNode: BlockNode;
  readonly job: BackupState;
}

export class Quit extends Requester {
  readonly #coroutines: Coroutines;
  readonly #backups: readonly Backup[];

  constructor(coroutines: Coroutines, sizes: RequesterSizes, backups: readonly Backup[]) {
    super(coroutines, 'quit', sizes, 0);
    this.#coroutines = coroutines;
    this.#backups = backups;
    for (const { job } of backups) job.awaitedIn(new WaitQueue(coroutines, coroutines.world.alloc(`${job.name}.awaited`, 1)));
  }

  /** Before a run. @param blockers what must have happened before */
  loadQuit(cells: Int32Array, quits: boolean, blockers: number): void {
    this.loadInto(cells, quits ? this.step(QUIT) : ENDED, blockers);
  }

  override *body(start: Step): Run {
    yield start;
    for (const { sourceNode } of this.#backups) sourceNode.drainBegin();
    for (const { job } of this.#backups) this.#cancel(job);
    this.#eachBitmap(({ job }, dirty) => job.storesBitmapLast || dirty.store());
    for (let job = this.#running; job !== undefined; job = this.#running) yield* job.awaitEnd(this, this.step(QUIT_JOBS));
    for (let node = this.#busy; node !== undefined; node = this.#busy) yield* node.awaitIdle(this, QUIT_DRAIN);
    yield this.step(QUIT_CLOSE);
    this.#eachBitmap(({ job }, dirty) => job.storesBitmapLast && dirty.store());
    this.#coroutines.restart(this);
    this.#eachBitmap((_, dirty) => dirty.loadStored());
  }

  #cancel(job: BackupState): void {
    if (job.isStarted) return job.cancel();
    job.withdraw();
    this.#coroutines.block(job.id); // for good
  }

  // One that has waited looks at all again: which one it has waited for is in no cell.

  get #running(): BackupState | undefined {
    return this.#backups.find(({ job }) => job.isAlive)?.job;
  }
  get #busy(): BlockNode | undefined {
    return this.#backups.find(({ sourceNode }) => !sourceNode.isIdle)?.sourceNode;
  }

  #eachBitmap(does: (backup: Backup, dirty: DirtyBitmap) => void): void {
    for (const backup of this.#backups) if (backup.sourceNode.dirty !== null) does(backup, backup.sourceNode.dirty);
  }
}
