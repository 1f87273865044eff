/**
 * The backup job: `backup_start` and `backup_run` of QEMU 1.6 (reference A.4 for the start, A.6 for the
 * end, A.9 for cancel), as they should have been. Where 1.6 itself is wrong, a rule of rules.ts says so.
 */
import type { Coroutines, Run } from '../kernel/coroutine.ts';
import type { Step } from '../kernel/step.ts';
import { type BlockError, NO_ERROR } from '../block/errors.ts';
import type { Requester, RequesterSizes, SectorRange } from '../block/requester.ts';
import { type BackupParts, BackupState } from '../job/backup-state.ts';
import { JobState } from '../job/job-status.ts';
import { CLOSE, CLOSE_DRAIN, DRAIN_COPIES, FIRST_YIELD, START_DRAIN } from '../job/steps.ts';
import { copyBeforeWrite } from './copy-before-write.ts';
import { type SyncMode, refusesTarget } from './drive-backup.ts';
import { copyEveryCluster } from './full.ts';
import { waitForCancel } from './none.ts';
import type { Rules } from './rules.ts';

export interface JobParts extends BackupParts {
  readonly mode: SyncMode;
  readonly rules: Rules;
  /** The target was there before the backup, and the command looks at what it holds. */
  readonly targetExists: boolean;
}

export class BackupJob extends BackupState {
  readonly mode: SyncMode;
  readonly rules: Rules;
  readonly targetExists: boolean;

  constructor(coroutines: Coroutines, sizes: RequesterSizes, parts: JobParts) {
    super(coroutines, sizes, parts, parts.rules.clampLastCluster ? parts.source.image.sectors : Infinity);
    this.mode = parts.mode;
    this.rules = parts.rules;
    this.targetExists = parts.targetExists;
    this.source.hookCalls((me, range) => this.#hook(me, range));
  }

  override *body(start: Step): Run {
    yield start;
    if (refusesTarget(this)) this.begin(JobState.refused);
    else yield* this.#run();
  }

  *#run(): Run {
    const { rules, mode, source, target, copied } = this;
    if (rules.drainGuestAtStart) yield* source.drain(this, START_DRAIN);
    this.begin(JobState.active); //                               T0
    if (!rules.hookBeforeFirstYield) yield this.step(FIRST_YIELD);
    source.linkHook();

    if (mode === 'none') yield* waitForCancel(this);
    else yield* copyEveryCluster(this);

    if (!rules.eventComesLast) this.#end();
    if (rules.drainBeforeUnhook) yield* this.#drainCopies();
    if (rules.unhookAtEnd) source.unlinkHook(); //                E1
    if (!rules.drainBeforeUnhook) yield* this.#drainCopies(); //  E2
    copied.free(); //                                             E3
    yield* source.drain(this, CLOSE_DRAIN); //                    E5: deleting the target drains
    yield this.step(CLOSE); //                                    every device and flushes, and
    target.image.close(); //                                      others run meanwhile
    if (rules.eventComesLast) this.#end(); //                     E6
  }

  /** The before-write notifier: it goes on while the job is paused. */
  *#hook(me: Requester, range: SectorRange): Run<BlockError> {
    return this.rules.hookGoesOnWhilePaused || !this.isPaused ? yield* copyBeforeWrite(this, me, range) : NO_ERROR;
  }

  *#drainCopies(): Run {
    if (this.rules.drainCopiesBeforeEnd) yield* this.copies.waitForReaders(this, this.step(DRAIN_COPIES));
  }

  /** `block_job_completed`, with the error that ended the loop. */
  #end(): void {
    if (this.rules.completedTellsError) this.tellResult();
    this.complete();
  }

  /** `block-job-cancel`: enters the job at once if it is parked. */
  override cancel(): void {
    if (!this.isAlive) return;
    this.setCancelled();
    if (this.rules.cancelWakesParkedJob) this.enter();
  }

  override resume(): void {
    if (!this.isAlive) return;
    this.endPause();
    if (this.rules.resumeWakesPausedJob) this.enter();
  }

  get isCancelledAfterSleep(): boolean {
    return this.rules.cancelCheckedAfterSleep && this.isCancelled;
  }
}
