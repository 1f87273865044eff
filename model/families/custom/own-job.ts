/** A backup that is run by two generators of somebody's own. All that is not theirs is as in cowcheck's: commands, policies, progress. */
import type { Coroutines, Run } from '../../kernel/coroutine.ts';
import type { Step } from '../../kernel/step.ts';
import { type BlockError, NO_ERROR } from '../../block/errors.ts';
import type { Requester, RequesterSizes } from '../../block/requester.ts';
import { refusesTarget } from '../../job/target.ts';
import { BackupJob } from '../notifier/job.ts';
import type { JobParts } from '../notifier/ruled-job.ts';
import { ErrorAction, JobState } from '../../job/job-status.ts';
import { CLOSE, CLOSE_DRAIN, DRAIN_COPIES, START_DRAIN } from '../../job/steps.ts';
import { OwnBackup } from './backup.ts';
import type { Copier, Job } from './job.ts';
import { JobError } from './job-error.ts';
import { Verbs } from './verbs.ts';

/** The code, and what it is called in messages. */
export interface NamedJob {
  readonly name: string;
  readonly job: Job;
}

export class OwnJob extends BackupJob {
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

  // What the job's author may ask of it.

  *drainGuest(): Run {
    yield* this.source.drain(this, START_DRAIN);
  }
  beginAtT0(): void {
    this.begin(JobState.active);
  }
  *drainCopies(): Run {
    yield* this.copies.waitForReaders(this, this.step(DRAIN_COPIES));
  }
  /** Deleting the target drains every device and flushes, and others run meanwhile. */
  *closeTarget(): Run {
    yield* this.source.drain(this, CLOSE_DRAIN);
    yield this.step(CLOSE);
    this.target.image.close();
  }
  end(): void {
    this.tellResult();
    this.complete();
  }
  count(cluster: number): void {
    const counts = this.copied.add(cluster);
    this.countInSlice(this.clusterSectors);
    if (counts) this.advance(cluster);
  }
  skip(cluster: number): void {
    if (this.copied.skip(cluster)) this.advance(cluster);
  }
  goesOnAfter(error: BlockError): boolean {
    this.setResult(error);
    if (this.actOn(error) === ErrorAction.report) return false;
    this.setResult(NO_ERROR);
    return true;
  }

  *#hook(me: Requester): Run<BlockError> {
    return yield* this.#asCopier(me, (copier) => this.#code.beforeWrite(this.#backup, copier));
  }

  /** The point in time is read, if the job knows how. */
  *readPointInTime(me: Requester): Run<BlockError> {
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
