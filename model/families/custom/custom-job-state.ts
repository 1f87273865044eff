/** A custom job without its author's code: what that code may ask of it, through the parts that it is handed. */
import type { Run } from '../../kernel/coroutine.ts';
import { type BlockError, NO_ERROR } from '../../block/errors.ts';
import { ErrorAction } from '../../job/job-status.ts';
import { takePointInTime } from '../../job/point-in-time.ts';
import { Misuse } from '../../kernel/misuse.ts';
import { CLOSE, CLOSE_DRAIN, DRAIN_COPIES, START_DRAIN } from '../../job/steps.ts';
import type { RequesterSizes } from '../../block/requester.ts';
import { type BackupParts, BackupState } from '../../job/backup-state.ts';
import type { Coroutines } from '../../kernel/coroutines.ts';
import { commandRules } from './command-rules.ts';

export abstract class CustomJobState extends BackupState {
  readonly rules = commandRules();

  constructor(coroutines: Coroutines, sizes: RequesterSizes, parts: BackupParts) {
    super(coroutines, sizes, parts, parts.source.image.sectors);
  }

  get hasReportedEnd(): boolean {
    return !this.isAlive;
  }
  *drainGuest(): Run {
    yield* this.source.drain(this, START_DRAIN);
  }
  beginAtT0(): void {
    takePointInTime(this);
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
  /** @param error that COMPLETED tells of; none: the one that ended the job, if one did. CANCELLED tells of none */
  end(error: BlockError): void {
    if (error !== NO_ERROR) this.setResult(error);
    if (!this.isCancelled) this.tellResult();
    this.complete();
    if (this.target.image.isOpen) this.world.misuse(Misuse.endedOpen);
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
}
