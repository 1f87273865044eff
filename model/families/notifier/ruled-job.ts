/** What the parts of the job share: rules and state. */
import type { Coroutines } from '../../kernel/coroutines.ts';
import type { RequesterSizes } from '../../block/requester.ts';
import { type BackupParts, BackupState } from '../../job/backup-state.ts';
import type { Rules } from './rules.ts';

export abstract class RuledJob extends BackupState {
  readonly rules: Rules;

  constructor(coroutines: Coroutines, sizes: RequesterSizes, parts: BackupParts, rules: Rules) {
    super(coroutines, sizes, parts, rules.clampLastCluster ? parts.source.image.sectors : Infinity);
    this.rules = rules;
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
