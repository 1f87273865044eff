/**
 * The backup job: `backup_start` and `backup_run` of QEMU 1.6 (reference A.4 for the start, A.6 for the
 * end, A.9 for cancel). Where they are wrong, a rule of rules.ts says so.
 */
import type { Run } from '../../kernel/coroutine.ts';
import type { Coroutines } from '../../kernel/coroutines.ts';
import type { Step } from '../../kernel/step.ts';
import type { BlockError } from '../../block/errors.ts';
import type { Requester, RequesterSizes, SectorRange } from '../../block/requester.ts';
import { CLOSE, CLOSE_DRAIN, DRAIN_COPIES, FIRST_YIELD, START_DRAIN } from '../../job/steps.ts';
import { copyBeforeWrite } from './copy-before-write.ts';
import type { BackupParts } from '../../job/backup-state.ts';
import { refuseJob, takePointInTime } from '../../job/point-in-time.ts';
import { refusesTarget } from '../../job/target.ts';
import { copyEveryCluster } from './full.ts';
import { readPointInTime, waitForCancel } from './none.ts';
import { copyUnlessPaused } from './omissions/copy-unless-paused.ts';
import { RuledJob } from './ruled-job.ts';
import type { Rules } from './rules.ts';

export class BackupJob extends RuledJob {
  constructor(coroutines: Coroutines, sizes: RequesterSizes, parts: BackupParts, rules: Rules) {
    super(coroutines, sizes, parts, rules);
    // QEMU: a before-write notifier
    this.source.hook.calls((me, range) =>
      rules.hookGoesOnWhilePaused ? copyBeforeWrite(this, me, range) : copyUnlessPaused(this, copyBeforeWrite(this, me, range)),
    );
  }

  override *body(start: Step): Run {
    yield start;
    if (refusesTarget(this)) refuseJob(this);
    else yield* this.stepping(this.#run());
  }

  override *readPointInTime(me: Requester, range: SectorRange): Run<BlockError> {
    return yield* readPointInTime(this, me, range);
  }

  /** E5, deleting the target, drains every device and flushes: others run meanwhile, in a nested event loop. */
  *#run(): Run {
    const { rules, sync, source, target, copied } = this;
    if (rules.drainGuestAtStart) yield* source.drain(this, START_DRAIN);
    takePointInTime(this); //                                     T0
    if (!rules.hookBeforeFirstYield) yield this.step(FIRST_YIELD);
    source.hook.link();

    if (sync.selects === 'none') yield* waitForCancel(this);
    else yield* copyEveryCluster(this);

    if (!rules.eventComesLast) this.#end();
    if (rules.drainBeforeUnhook) yield* this.#drainCopies();
    if (rules.unhookAtEnd) source.hook.unlink(); //                E1
    if (!rules.drainBeforeUnhook) yield* this.#drainCopies(); //  E2
    copied.free(); //                                             E3
    yield* source.drain(this, CLOSE_DRAIN); //                    E5
    yield this.step(CLOSE);
    target.image.close();
    if (rules.eventComesLast) this.#end(); //                     E6
  }

  *#drainCopies(): Run {
    if (this.rules.drainCopiesBeforeEnd) yield* this.copies.waitForReaders(this, this.step(DRAIN_COPIES));
  }

  /** `block_job_completed`, with the error that ended the loop: in 1.6 CANCELLED carries it as well (reference A.15). */
  #end(): void {
    if (this.rules.completedTellsError) this.tellResult();
    this.complete();
  }
}
