/** A backup that is run by two generators of somebody's own. All that is not theirs is as in cowcheck's: commands, policies, progress. */
import type { Run } from '../../kernel/coroutine.ts';
import type { Step } from '../../kernel/step.ts';
import { type BlockError, NO_ERROR } from '../../block/errors.ts';
import type { Requester } from '../../block/requester.ts';
import { refusesTarget } from '../../job/target.ts';
import { refuseJob } from '../../job/point-in-time.ts';
import type { JobSite } from '../family.ts';
import { OwnBackup } from './backup.ts';
import type { Copier } from './job.ts';
import { JobError } from './job-error.ts';
import { GIVEN_UP_ERROR, isError } from './own-errors.ts';
import type { NamedJob } from './known.ts';
import { CustomJobState } from './custom-job-state.ts';
import { Verbs } from './verbs.ts';

export class CustomJob extends CustomJobState {
  readonly #named: NamedJob;
  readonly #verbs: Verbs;
  readonly #backup: OwnBackup;

  constructor({ coroutines, sizes, parts, printStep }: JobSite, named: NamedJob) {
    super(coroutines, sizes, parts);
    this.#named = named;
    this.#verbs = new Verbs(named.name, printStep);
    this.#backup = new OwnBackup(coroutines, this, named.job, this.#verbs);
    this.source.hook.calls((me) => this.#hook(me));
  }

  override *body(start: Step): Run {
    yield start;
    if (refusesTarget(this)) refuseJob(this);
    else yield* this.stepping(this.#verbs.guarded(this, () => this.#named.job.run(this.#backup)));
  }

  /** Where in its author's code the latest verb was called, while a coroutine is brought to a step. */
  readonly placeReached = (bring: () => void): string | null => this.#verbs.placeReached(bring);

  *#hook(me: Requester): Run<BlockError> {
    return yield* this.#asCopier(me, (copier) => this.#named.job.beforeWrite(this.#backup, copier));
  }

  /**
   * The job reads the copier's range, if it knows how; else nothing is read, without an error. Neither is once the job has given its
   * memory back, closed its target or ended: there is nothing left to read from, as an export of the target is gone by then.
   */
  override *readPointInTime(me: Requester): Run<BlockError> {
    const code = this.#named.job;
    if (code.readPointInTime === undefined || this.isRefused) return NO_ERROR;
    if (this.#backup.isGone) return this.#backup.isGivenUp ? GIVEN_UP_ERROR : NO_ERROR;
    return yield* this.#asCopier(me, (copier) => code.readPointInTime!(this.#backup, copier));
  }

  *#asCopier(me: Requester, body: (copier: Copier) => Run<BlockError>): Run<BlockError> {
    const error = yield* this.#verbs.guarded(me, () => body(this.#backup.copierOf(me)));
    for (let i = 0; i < (this.#named.job.locals?.length ?? 0); i++) this.world.write(me.localCell(i), 0);
    if (!isError(error))
      throw new JobError(
        `${this.#verbs.name}: the hook should return an error that read or write has returned, backup.EIO, or 0; it returns ` +
          String(error),
      );
    return error;
  }
}
