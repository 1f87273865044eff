/** What a custom job works on: the parts of the job in model/families/notifier, handed out by their public names. */
import type { Run } from '../../kernel/coroutine.ts';
import type { Coroutines } from '../../kernel/coroutines.ts';
import type { SyncMode } from '../../sync.ts';
import { type BlockError, NO_ERROR } from '../../block/errors.ts';
import { JobState } from '../../job/job-status.ts';
import { GIVEN_UP_ERROR, isError } from './own-errors.ts';
import type { Requester } from '../../block/requester.ts';
import { Memory, OwnCells, OwnQueue } from './cells.ts';
import { CopyingRequester } from './copier.ts';
import type { Backup, Copier, Copies, InFlightList, Job, Queue, Source, Target, Verb } from './job.ts';
import type { Cells } from './memory.ts';
import { Misused, knownCluster } from './misused.ts';
import { ownStep, waitStep } from './names.ts';
import type { CustomJobState } from './custom-job-state.ts';
import { OwnCopies, OwnInFlight } from './in-flight.ts';
import { OwnSource, OwnTarget } from './parts.ts';
import type { Verbs } from './verbs.ts';

export class OwnBackup implements Backup {
  readonly mode: SyncMode;
  readonly EIO = GIVEN_UP_ERROR;
  readonly sectors: number;
  readonly clusterSectors: number;
  readonly clusters: number;
  readonly job: Copier;
  readonly source: Source;
  readonly target: Target;
  readonly copies: Copies;
  readonly inFlight: InFlightList;
  readonly cells: Readonly<Record<string, Cells>>;
  readonly queues: Readonly<Record<string, Queue>>;
  readonly #job: CustomJobState;
  readonly #steps: readonly string[];
  readonly #locals: readonly string[];
  readonly #verbs: Verbs;
  readonly #memory: Memory;
  readonly #copiers = new Map<Requester, Copier>();

  constructor(coroutines: Coroutines, job: CustomJobState, { cells = {}, queues = {}, locals = [], steps = [] }: Job, verbs: Verbs) {
    const memory = (this.#memory = new Memory(coroutines.world));
    this.#job = job;
    this.#steps = steps;
    this.#locals = locals;
    this.#verbs = verbs;
    this.mode = job.sync.name;
    this.sectors = job.sectors;
    this.clusterSectors = job.clusterSectors;
    this.clusters = job.clusters;
    this.job = this.copierOf(job);
    const requesterOf = (me: Copier): Requester => this.#requesterOf(me);
    this.source = new OwnSource(job, verbs, requesterOf);
    this.target = new OwnTarget(job, verbs, requesterOf);
    this.copies = new OwnCopies(job, verbs, memory);
    this.inFlight = new OwnInFlight(job, verbs, memory, requesterOf);
    this.cells = Object.fromEntries(
      Object.entries(cells).map(([name, extent]) => [name, new OwnCells(memory, name, extent, job.clusters)]),
    );
    this.queues = Object.fromEntries(
      Object.entries(queues).map(([name, extent]) => [
        name,
        new OwnQueue(coroutines, memory, { name, extent, step: waitStep(name) }, job.clusters, verbs, requesterOf),
      ]),
    );
  }

  copierOf(requester: Requester): Copier {
    const known = this.#copiers.get(requester) ?? new CopyingRequester(requester, this.clusterSectors, this.#locals, this.#verbs);
    this.#copiers.set(requester, known);
    return known;
  }

  drainGuest(): Verb {
    return this.#verbs.verb('drainGuest', () => this.#alone().drainGuest());
  }
  begin(): void {
    this.#job.beginAtT0();
  }
  linkHook(): void {
    this.#job.source.hook.link();
  }
  unlinkHook(): void {
    this.#job.source.hook.unlink();
  }
  sleep(cluster: number): Verb {
    return this.#verbs.verb('sleep', () => this.#alone().sleep(this.#known(cluster)));
  }
  park(): Verb {
    return this.#verbs.verb('park', () => this.#alone().park());
  }
  get isCancelled(): boolean {
    return this.#job.isCancelled;
  }
  step(me: Copier, name: string, cluster?: number): Verb {
    return this.#verbs.verb('step', () => this.#step(this.#requesterOf(me), name, cluster === undefined ? null : this.#known(cluster)));
  }
  count(cluster: number): void {
    this.#job.count(this.#known(cluster));
  }
  skip(cluster: number): void {
    this.#job.skip(this.#known(cluster));
  }
  goesOnAfter(error: BlockError): boolean {
    if (error === NO_ERROR) throw new Misused('goesOnAfter was asked about no error');
    return this.#alone().goesOnAfter(error);
  }
  free(): void {
    this.#memory.free();
  }
  /** For the model: whether there is nothing left that a reader of the point in time could use. */
  get isGone(): boolean {
    return this.#memory.isFreed || !this.#job.target.image.isOpen || this.#job.hasReportedEnd;
  }
  closeTarget(): Verb {
    return this.#verbs.verb('closeTarget', () => this.#alone().closeTarget());
  }
  end(error: BlockError = NO_ERROR): void {
    if (!isError(error)) throw new Misused(`end: an error was expected, or nothing, and this is ${String(error)}`);
    this.#job.end(error);
  }
  giveUp(): void {
    if (this.#job.status.state !== JobState.active) throw new Misused('giveUp: there is no point in time to give up');
    this.#job.status.giveUp();
  }
  get isGivenUp(): boolean {
    return this.#job.status.isGivenUp;
  }

  *#step(requester: Requester, name: string, cluster: number | null): Run {
    const step = this.#steps.includes(name) ? ownStep(name, cluster !== null) : null;
    if (step === null) throw new Misused(`the job has declared no step "${name}"`);
    yield requester.step(step, cluster ?? 0);
  }

  /** The copier that runs. */
  #requesterOf(me: Copier): Requester {
    if (!(me instanceof CopyingRequester))
      throw new Misused('a copier was expected: the "me" that the hook was called with, or backup.job');
    this.#verbs.checkRuns(me.requester);
    return me.requester;
  }

  /** The job, which must be what runs. */
  #alone(): CustomJobState {
    this.#verbs.checkRuns(this.#job);
    return this.#job;
  }

  #known(cluster: number): number {
    return knownCluster(cluster, this.clusters);
  }
}
