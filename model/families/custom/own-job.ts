/** A backup that is run by two generators of somebody's own. All that is not theirs is as in cowcheck's: commands, policies, progress. */
import type { Run } from '../../kernel/coroutine.ts';
import type { Coroutines } from '../../kernel/coroutines.ts';
import type { Step } from '../../kernel/step.ts';
import { type BlockError, NO_ERROR } from '../../block/errors.ts';
import type { Requester, RequesterSizes } from '../../block/requester.ts';
import { refusesTarget } from '../../job/target.ts';
import type { JobParts } from '../notifier/ruled-job.ts';
import { JobState } from '../../job/job-status.ts';
import { OwnBackup } from './backup.ts';
import type { Copier, Job } from './job.ts';
import { JobError } from './job-error.ts';
import { OwnJobState } from './own-job-state.ts';
import { Verbs } from './verbs.ts';

/** The code, and what it is called in messages. */
export interface NamedJob {
  readonly name: string;
  readonly job: Job;
}

export class OwnJob extends OwnJobState {
  readonly #code: Job;
  readonly #verbs: Verbs;
  readonly #backup: OwnBackup;

  constructor(coroutines: Coroutines, sizes: RequesterSizes, parts: JobParts, { name, job }: NamedJob, printStep: (step: Step) => string) {
    super(coroutines, sizes, parts);
    this.#code = job;
    this.#verbs = new Verbs(name, printStep);
    this.#backup = new OwnBackup(coroutines, this, job, this.#verbs);
    this.source.hookCalls((me) => this.#hook(me)); // in the place of copyBeforeWrite
  }

  override *body(start: Step): Run {
    yield start;
    if (refusesTarget(this)) this.begin(JobState.refused);
    else yield* this.#verbs.guarded(this, () => this.#code.run(this.#backup));
  }

  /** Where in its author's code the latest verb was called, while a coroutine is brought to a step. */
  placeReached(bring: () => void): string | null {
    return this.#verbs.placeReached(bring);
  }

  *#hook(me: Requester): Run<BlockError> {
    return yield* this.#asCopier(me, (copier) => this.#code.beforeWrite(this.#backup, copier));
  }

  /** The range is the copier's, and the job reads it if it knows how. */
  override *readPointInTime(me: Requester): Run<BlockError> {
    const code = this.#code;
    if (code.readPointInTime === undefined || this.isRefused) return NO_ERROR;
    return yield* this.#asCopier(me, (copier) => code.readPointInTime!(this.#backup, copier));
  }

  *#asCopier(me: Requester, body: (copier: Copier) => Run<BlockError>): Run<BlockError> {
    const error = yield* this.#verbs.guarded(me, () => body(this.#backup.copierOf(me)));
    for (let i = 0; i < (this.#code.locals?.length ?? 0); i++) this.world.write(me.localCell(i), 0);
    if (!isError(error))
      throw new JobError(
        `${this.#verbs.name}: the hook should return an error that read or write has returned, or 0; it returns ${String(error)}`,
      );
    return error;
  }
}

const isError = (value: unknown): value is BlockError =>
  typeof value === 'number' && Number.isInteger(value) && value >= NO_ERROR && value <= ERRORS;
/** Two sides, two errnos. */
const ERRORS = 4;
