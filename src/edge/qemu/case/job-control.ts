/** The user, who starts and cancels the job, and the operator, who pauses, resumes and finalizes it; and what the job says of itself. */
import type { Actor } from './actor.ts';
import { QemuGone } from '../daemon/gone.ts';
import type { Daemon } from '../daemon/daemon.ts';
import { type Control, backupArguments } from './job.ts';
import { type Start, printStart } from '../../../validate/start.ts';
import type { CaseView } from '../observe/oracle.ts';
import { type QmpEvent, QmpFailure, type QmpReply } from '../daemon/qmp.ts';
import type { Seen } from '../observe/seen.ts';

export const USER = 0;
export const OPERATOR = 1;

/** A job that ends at all ends long before. */
const CANCELS_MAX = 1_000;

type Command = 'start' | 'cancel' | 'pause' | 'resume' | 'finalize';
type Phase = 'not yet' | 'sent' | 'done';

/** Sends the command that starts a job. @param backup what `blockdev-backup` is asked for */
export type Begin = (backup: object, replied: (reply: QmpReply) => void) => void;

export class JobControl implements Control {
  /** QEMU does not want to start the job: our mistake. */
  refusal: QmpFailure | null = null;
  readonly #daemon: Daemon;
  readonly #view: CaseView;
  readonly #named: (what: string) => string;
  readonly #start: Start;
  readonly #seen: Seen;
  readonly #begin: Begin;
  readonly #phases: Record<Command, Phase> = {
    start: 'not yet',
    cancel: 'not yet',
    pause: 'not yet',
    resume: 'not yet',
    finalize: 'not yet',
  };
  /** An error has stopped the job, and nobody has resumed it. */
  #isStopped = false;
  /** The job has done its work, and nobody has finalized it. */
  #isPending = false;
  #isCreated = false;
  #isGone = false;

  /**
   * @param named makes a name of this case's of a node's or the job's
   * @param begin sends the command that starts it; absent: a command of its own
   */
  constructor(
    daemon: Daemon,
    view: CaseView,
    named: (what: string) => string,
    start: Start,
    seen: Seen,
    begin: Begin = (backup, replied) => daemon.qmp.send('blockdev-backup', backup, replied),
  ) {
    this.#begin = begin;
    this.#daemon = daemon;
    this.#view = view;
    this.#named = named;
    this.#start = start;
    this.#seen = seen;
  }

  /** T0 was: the job is created in the drained section in which its filter comes in. The reply may come much later. */
  get hasStarted(): boolean {
    return this.#isCreated || this.#phases.start === 'done';
  }

  get isStarting(): boolean {
    return this.#phases.start === 'sent' && !this.#isCreated;
  }

  get waiting(): string[] {
    const { end } = this.#view;
    return [...(end === null && !this.#isStopped ? ['job'] : []), ...(this.#phases.cancel === 'sent' ? ['user'] : [])];
  }

  user(): Actor | null {
    const { scenario, runs, end, t0 } = this.#view;
    const { start, cancel } = this.#phases;
    if (start === 'not yet') return { id: USER, who: 'user', what: printStart(this.#start), run: () => this.#startJob() };
    const after = scenario.cancelAfter ?? [];
    const isBlocked = t0 === null || end !== null || runs.some((run) => after.includes(run.operation.id) && !run.hasEnded);
    return !scenario.cancel || cancel !== 'not yet' || isBlocked
      ? null
      : { id: USER, who: 'user', what: 'cancel', run: () => this.#ask('cancel') };
  }

  operator(): Actor | null {
    const { scenario, t0, end } = this.#view;
    const { pause, resume, finalize } = this.#phases;
    const actor = (what: 'pause' | 'resume' | 'finalize'): Actor => ({ id: OPERATOR, who: 'operator', what, run: () => this.#ask(what) });
    if (t0 === null || end !== null) return null;
    if (this.#isPending) return finalize === 'not yet' ? actor('finalize') : null;
    if (this.#isStopped && scenario.resume === true) return actor('resume');
    if (scenario.pause !== true || resume !== 'not yet') return null;
    if (pause === 'not yet') return actor('pause');
    return pause === 'done' ? actor('resume') : null;
  }

  arrived({ event, data }: QmpEvent): void {
    if (event !== 'JOB_STATUS_CHANGE') return;
    if (data['status'] === 'created') this.#isCreated = true;
    if (data['status'] === 'null') this.#isGone = true;
    if (data['status'] === 'pending') this.#isPending = this.#start.finalize === 'manual';
    if (data['status'] === 'aborting') this.#view.endingSince = Math.min(this.#view.endingSince, this.#view.now);
  }

  heard({ event, data }: QmpEvent): void {
    const view = this.#view;
    if (event === 'BLOCK_JOB_ERROR' && data['action'] === 'stop') this.#isStopped = true;
    if (event === 'BLOCK_JOB_ERROR') {
      const side = data['operation'] === 'read' ? 'source' : 'target';
      view.told.add(side);
      if (data['action'] === 'report') view.blamed = side;
    }
    if (event === 'BLOCK_JOB_CANCELLED') view.end ??= 'cancelled';
    if (event === 'BLOCK_JOB_COMPLETED') view.end ??= data['error'] === undefined ? 'completed' : 'failed';
    if (view.end !== null) noteEnd(view);
  }

  async end(): Promise<void> {
    for (let tries = 0; this.hasStarted && !this.#isGone; tries++) {
      if (tries >= CANCELS_MAX) throw new QemuGone('QEMU does not end a job that has been cancelled');
      this.#daemon.qmp.send('block-job-cancel', { device: this.#named('job'), force: true }, () => {});
      await this.#daemon.rest();
    }
  }

  /** What QEMU is asked for. */
  get backup(): object {
    return backupArguments(this.#view.scenario, this.#start, this.#named);
  }

  /** The command has been sent that starts the job. */
  begins(): void {
    this.#phases.start = 'sent';
  }

  /** That command has its reply. */
  hasBegun(reply: QmpReply): void {
    if ('error' in reply) this.refusal = new QmpFailure('blockdev-backup', reply.error);
    this.#phases.start = 'done';
    this.#seen.add('monitor', 'started');
  }

  #startJob(): void {
    this.begins();
    this.#begin(this.backup, (reply) => this.hasBegun(reply));
  }

  #ask(what: Exclude<Command, 'start'>): void {
    const job = this.#named('job');
    const force = what === 'cancel' ? { force: true } : {}; // or it is refused while the job is paused
    this.#phases[what] = 'sent';
    if (what === 'resume') this.#isStopped = false;
    if (what === 'cancel') this.#view.endingSince = Math.min(this.#view.endingSince, this.#view.now);
    const [command, args] = what === 'finalize' ? ['job-finalize', { id: job }] : [`block-job-${what}`, { device: job, ...force }];
    this.#daemon.qmp.send(command, args, (reply) => {
      this.#phases[what] = 'done';
      this.#seen.add('monitor', 'error' in reply ? `${what} refused` : what);
    });
  }
}

/** The promise closes now, unless it has before. */
export function noteEnd(view: CaseView): void {
  const { disks, scenario, endedAt } = view;
  if (endedAt !== Infinity) return;
  view.endedAt = view.now;
  if (disks.source.format === 'raw')
    view.sourceAtEnd = Array.from({ length: scenario.disk.sectors }, (_, s) => disks.inImage(disks.source, s) as number);
}
