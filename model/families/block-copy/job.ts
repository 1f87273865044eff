/** The backup job of QEMU 4.2 and later (block/backup.c): start, loop, end, and what the monitor asks of it. */
import { type BlockError, NO_ERROR } from '../../block/errors.ts';
import type { GuestRequest } from '../../block/guest.ts';
import type { BlockNode } from '../../block/node.ts';
import { Requester, type RequesterSizes, type SectorRange } from '../../block/requester.ts';
import type { JobData } from '../../job/block-job.ts';
import { JOB_START, READER } from '../../job/steps.ts';
import { refusesTarget } from '../../job/target.ts';
import type { Run } from '../../kernel/coroutine.ts';
import { ENDED, type Step } from '../../kernel/step.ts';
import type { JobSite } from '../family.ts';
import { BackgroundCall } from './background-call.ts';
import { CallState } from './call-state.ts';
import { endBackup } from './end.ts';
import { cbwDoCopyBeforeWrite } from './filter.ts';
import { backupLoop, waitForCancel } from './loop.ts';
import type { Rules } from './rules.ts';
import { backupTop } from './scan.ts';
import { cbwCoPreadvSnapshot, pieceDecided, readsDiskSeen } from './snapshot.ts';
import { refuseBackup, startBackup } from './start.ts';
import { BlockCopyState, type CopyOptions } from './state.ts';
import { READER_WAITS, START_NEXT } from './steps.ts';
import { targetRules } from './target-rules.ts';
import { Task } from './task.ts';

export class BlockCopyJob extends BlockCopyState {
  override readonly call: BackgroundCall;
  /** Of each call, the job's first, and then each guest's. */
  readonly #tasks: readonly (readonly Task[])[];

  constructor(site: JobSite, rules: Rules, options: CopyOptions) {
    super(site, rules, options);
    const { sizes, requests } = site;
    const taskSizes: RequesterSizes = { ...sizes, bitsSeen: 0, tracksRanges: false };
    this.call = new BackgroundCall(this, taskSizes);
    const { job, guest } = options.perf;
    this.#tasks = [job, ...Array.from({ length: requests }, () => guest)].map(({ workers }) =>
      Array.from({ length: workers }, (_, i) => new Task(this, `t${i + 1}`, taskSizes)),
    );
    this.source.hook.calls((me, range) => cbwDoCopyBeforeWrite(this, me, range));
  }

  override *body(start: Step): Run {
    yield start;
    const { sync, source, target, targetExists } = this;
    const isUnfit = refusesTarget({ rules: targetRules(this.rules), sync, source, target, targetExists });
    if (isUnfit || (this.transaction?.fails === true && this.nextInTransaction === null)) yield* refuseBackup(this);
    else yield* this.stepping(this.#run());
  }

  *#run(): Run {
    const { selects } = this.sync;
    if (!(yield* startBackup(this))) return;
    if (selects === 'none') yield* waitForCancel(this);
    else if (selects === 'allocated') yield* backupTop(this);
    else yield* backupLoop(this);
    yield* endBackup(this);
  }

  /** The target lies over the live disk: what has been copied comes from here, and the rest from there. Or it is asked of the filter. */
  override *readPointInTime(me: Requester, range: SectorRange): Run<BlockError> {
    if (this.isRefused) return NO_ERROR; // there is no point in time to read
    const { access, source, targetRequests, target } = this;
    if (access !== null) {
      yield* source.begin(me);
      const failed = source.hook.isLinked ? yield* cbwCoPreadvSnapshot(this, access, me, range) : NO_ERROR;
      source.end(me);
      return failed;
    }
    if (targetRequests !== null) yield* targetRequests.beginRead(me, range, me.step(READER_WAITS));
    const error = yield* target.read(me, range, READER);
    targetRequests?.endRead(me);
    return error;
  }

  override nodeReadBy(reader: Requester): BlockNode {
    return this.access !== null && readsDiskSeen(reader) ? this.source : this.target;
  }

  override decisionCell(reader: Requester): number | null {
    return this.access === null ? null : pieceDecided(reader);
  }

  override storeSeen(copier: Requester, cluster: number): SectorRange {
    if (!this.inFlight.coversSeen(copier, cluster)) return this.sectorsOf(cluster);
    const { first, end } = this.inFlight.rangeSeen(copier);
    return { first: this.firstSectorOf(first), end: this.endSectorOf(end - 1) };
  }

  // What the monitor asks of it: each time it looks what there is to do.

  override cancel(): void {
    if (!this.isAlive) return;
    super.cancel();
    const { rules, transaction } = this;
    if (rules.failureAbortsGroup && transaction?.isDone(this) === true) transaction.abort(this); // at once, in the command (D)
  }
  override pause(): void {
    super.pause();
    if (this.isAlive) this.enter();
  }

  // Before a run.

  override loadJob(cells: Int32Array, data: JobData): void {
    super.loadJob(cells, data);
    const { transaction, previousInTransaction: previous } = this;
    if (transaction !== null) this.loadInto(cells, this.step(previous === null ? JOB_START : START_NEXT), 1);
    this.call.loadInto(cells, ENDED);
    for (const task of this.#tasks.flat()) task.loadInto(cells, ENDED);
    this.call.home = this;
    this.#loadCall(cells, this.call, this, 0);
  }
  /** A request of the guest may make a call. @param number among the requests, from 0 */
  loadCopier(cells: Int32Array, guest: GuestRequest, number: number): void {
    this.#loadCall(cells, guest, guest, 1 + number);
  }
  /** @param home for whom the call is made */
  #loadCall(cells: Int32Array, me: Requester, home: Requester, pool: number): void {
    cells[new CallState(me).firstTaskCell] = this.#tasks[pool]![0]!.id;
    for (const task of this.#tasks[pool]!) task.home = home;
  }
}
