/**
 * What a backup of today keeps (QEMU: BDRVCopyBeforeWriteState and its BlockCopyState, one for the guest's copies and the job's;
 * B.1 of the reference). A set bit of QEMU's `copy_bitmap` is a cluster that is yet to be copied; here that is one of which
 * `copied` says nothing.
 */
import { type BlockError, NO_ERROR } from '../../block/errors.ts';
import type { BlockStatusTells } from '../../block/image.ts';
import type { Requester, SectorRange } from '../../block/requester.ts';
import { BackupState } from '../../job/backup-state.ts';
import { CLAIMED, COPIED, SKIPPED } from '../../job/bitmap.ts';
import type { Transaction } from '../../job/transaction.ts';
import type { Run } from '../../kernel/coroutine.ts';
import type { Coroutines } from '../../kernel/coroutines.ts';
import type { StepName } from '../../kernel/step.ts';
import type { Perf } from '../../job/copy-limits.ts';
import type { BitmapMode } from '../../sync.ts';
import type { JobSite } from '../family.ts';
import type { CallState } from './call-state.ts';
import type { Rules } from './rules.ts';
import { SnapshotAccess } from './snapshot-access.ts';
import { CALL_START } from './steps.ts';
import { TargetRequests } from './target-requests.ts';

/** What a scenario asks of this family alone. */
export interface CopyOptions {
  readonly perf: Perf;
  /** What block status tells of the disk. */
  readonly blockStatus: BlockStatusTells;
}

export abstract class BlockCopyState extends BackupState {
  readonly coroutines: Coroutines;
  readonly rules: Rules;
  readonly options: CopyOptions;
  /** Null where nothing lies beneath the target that a reader could be sent to. */
  readonly targetRequests: TargetRequests | null;
  override readonly scansTop = true;
  override readonly holdsCommands = true;
  override readonly storesBitmapLast: boolean;
  /** Null where readers read the target. */
  readonly access: SnapshotAccess | null;
  readonly #skipsCell: number;
  /** Of the copy that broke the snapshot; null where a failed copy breaks the guest's request. */
  readonly #snapshotErrorCell: number | null;

  /** When it clears the bits of what it has copied; null: it was given no bitmap. */
  readonly bitmapMode: BitmapMode | null;

  /** Which has started the job together with others; null: it was started alone. */
  readonly transaction: Transaction | null;

  constructor(
    { coroutines, sizes, parts, snapshotAccess, breaksSnapshot, bitmapMode, transaction }: JobSite,
    rules: Rules,
    options: CopyOptions,
  ) {
    super(coroutines, sizes, parts, parts.source.image.sectors);
    this.transaction = transaction;
    transaction?.join(this);
    this.coroutines = coroutines;
    this.rules = rules;
    this.storesBitmapLast = rules.bitmapStoredLast;
    this.options = options;
    this.targetRequests = parts.target.image.backing === parts.source.image ? new TargetRequests(coroutines) : null;
    this.access = snapshotAccess ? new SnapshotAccess(coroutines, this.clusters) : null;
    this.#skipsCell = coroutines.world.alloc('skipUnallocated', 1);
    this.bitmapMode = bitmapMode;
    this.#snapshotErrorCell = breaksSnapshot ? coroutines.world.alloc('snapshotError', 1) : null;
  }

  /** The coroutine of the job's own calls, one after the other. */
  abstract readonly call: Requester & { readonly state: CallState };

  /** In a transaction, the backup that is started before or after this one. */
  get previousInTransaction(): BlockCopyState | null {
    return (this.transaction?.before(this) as BlockCopyState | null | undefined) ?? null;
  }
  get nextInTransaction(): BlockCopyState | null {
    return (this.transaction?.after(this) as BlockCopyState | null | undefined) ?? null;
  }

  /** Q2: the command drains in a nested loop, in which the monitor has no part: a cancel of another job waits, and so does a quit. */
  beginStart(): void {
    this.stopTakingCommands();
  }
  drainedForStart(): void {
    this.takeCommands();
  }
  /** The command fails after T0: there is no job. */
  undo(): void {
    this.withdraw();
  }
  /** E1 to E5, in the main loop. */
  beginEnd(): void {
    this.stopTakingCommands();
  }
  /** The event, with the error that ended the job. */
  tellEnd(): void {
    if (!this.isCancelled) this.tellResult(); // CANCELLED has no member for an error (qapi/block-core.json)
    this.complete();
  }
  ended(): void {
    this.takeCommands();
  }

  /** `block_copy_async`: the call runs at once, up to its first yield. @param entered where the job goes on after it */
  *launchCall(entered: StepName): Run {
    this.call.state.forget();
    this.coroutines.spawn(this.call.id, this.call.step(CALL_START), this.selfCell);
    yield* this.coroutines.enter(this, this.call.id, this.step(entered));
  }
  /** The job, which may wait for that, looks what came of it. */
  callEnded(): void {
    this.enter();
  }

  isDirty(cluster: number): boolean {
    return this.world.isZero(this.copied.cellOf(cluster));
  }
  /** QEMU clears the bit: a task has the cluster now, and nobody else will copy it unless the task fails. */
  claim(cluster: number): void {
    this.world.write(this.copied.cellOf(cluster), CLAIMED);
  }
  /** For observers: the bit is clear, as before. */
  setCopied(cluster: number): void {
    this.world.write(this.copied.cellOf(cluster), COPIED);
  }
  /** For observers: the bit is clear, and nobody has copied or will. */
  setSkipped(cluster: number): void {
    this.world.write(this.copied.cellOf(cluster), SKIPPED);
  }
  /** Somebody has to copy it, now as before. */
  putBack(cluster: number): void {
    this.world.write(this.copied.cellOf(cluster), 0);
  }

  /** `skip_unallocated`: whether copies leave out what the topmost image has not allocated. */
  get skipsUnallocated(): boolean {
    return !this.world.isZero(this.#skipsCell);
  }
  skipUnallocated(yes: boolean): void {
    this.world.write(this.#skipsCell, yes ? 1 : 0);
  }

  /** A snapshot that the last copies of guests have broken is an error of the job. */
  lookAtSnapshot(): void {
    if (this.snapshotError !== NO_ERROR && this.rules.brokenSnapshotFailsJob) this.setResult(this.snapshotError);
  }

  /** `on-cbw-error`: whether a copy of a guest that fails breaks the snapshot, and not the guest's request. */
  get breaksSnapshot(): boolean {
    return this.#snapshotErrorCell !== null;
  }
  /** `snapshot_error`: of the first copy that has broken the snapshot. */
  get snapshotError(): BlockError {
    return this.#snapshotErrorCell === null ? NO_ERROR : this.world.read(this.#snapshotErrorCell);
  }
  /** A guest goes on, and nobody has saved what it overwrites. */
  breakSnapshot(error: BlockError): void {
    this.status.giveUp();
    if (this.rules.failedCopyBreaksSnapshot) this.world.write(this.#snapshotErrorCell!, error);
  }

  /** Whole clusters, with all of these sectors. */
  clustersOf({ first, end }: SectorRange): SectorRange {
    const roundUp = this.rules.copyWholeClusters ? Math.ceil : Math.floor;
    return { first: Math.floor(first / this.clusterSectors), end: roundUp(end / this.clusterSectors) };
  }

  /** Clusters as sectors, up to the end of the disk. */
  firstSectorOf(cluster: number): number {
    return cluster * this.clusterSectors;
  }
  endSectorOf(cluster: number): number {
    return Math.min((cluster + 1) * this.clusterSectors, this.sectors);
  }

  coroutine(idCell: number, more = 0): Requester {
    return this.coroutines.byId(this.world.read(idCell) + more) as Requester;
  }
}
