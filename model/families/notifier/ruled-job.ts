/** What the parts of the job share: its state, its rules and its mode. */
import type { Coroutines } from '../../kernel/coroutines.ts';
import type { RequesterSizes } from '../../block/requester.ts';
import { type BackupParts, BackupState } from '../../job/backup-state.ts';
import type { Sync } from '../../sync.ts';
import type { Rules } from './rules.ts';

export interface JobParts extends BackupParts {
  readonly sync: Sync;
  readonly rules: Rules;
  /** The target was there before the backup, and the command looks at what it holds. */
  readonly targetExists: boolean;
}

export abstract class RuledJob extends BackupState {
  readonly sync: Sync;
  readonly rules: Rules;
  readonly targetExists: boolean;

  constructor(coroutines: Coroutines, sizes: RequesterSizes, parts: JobParts) {
    super(coroutines, sizes, parts, parts.rules.clampLastCluster ? parts.source.image.sectors : Infinity);
    this.sync = parts.sync;
    this.rules = parts.rules;
    this.targetExists = parts.targetExists;
  }

  /** `block-job-cancel`, by force: it also ends a pause. */
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
