/** Who can do something in a case: the guest's requests, the user and the operator, and each request of QEMU that we hold. */
import type { Violation } from '../../../../properties/property.ts';
import { syncOf } from '../../../../model/sync.ts';
import { changesTheDisk } from '../../../../model/block/guest.ts';
import type { GuestOperation, Scenario } from '../../../../model/scenario/scenario.ts';
import type { Daemon } from '../daemon/daemon.ts';
import type { Disk, DiskName } from '../disks/disks.ts';
import { FaultPlan } from './fault-plan.ts';
import { type Exports, Graph } from './graph.ts';
import type { GuestRun } from '../disks/guest.ts';
import { GuestsOnQemu } from '../observe/guests-on-qemu.ts';
import { Held } from '../disks/held.ts';
import type { Actor } from './actor.ts';
import { FilterControl } from './filter-control.ts';
import { type Control, keepsItsPoint } from './job.ts';
import type { Start } from '../../../validate/start.ts';
import { type Begin, JobControl, OPERATOR, noteEnd } from './job-control.ts';
import { JobTold } from '../observe/job-told.ts';
import type { NbdClient } from '../nbd/client.ts';
import type { Role } from '../disks/role.ts';
import type { NbdRequest } from '../nbd/server.ts';
import { Nudges } from './nudge.ts';
import { type CaseView, type Observer, isPromised, viewOfCase } from '../observe/oracle.ts';
import type { QmpEvent } from '../daemon/qmp.ts';
import { type Doer, Roles } from '../observe/role-of.ts';
import { Seen, printEvent } from '../observe/seen.ts';
import { effectOf } from '../observe/shows.ts';
import { IncrementRight } from '../observe/increment-right.ts';
import { makeNextIncrement } from './next-increment.ts';
import { SnapshotOnQemu } from '../observe/snapshot-on-qemu.ts';
import type { Saboteur } from './sabotage.ts';

/** Who else is there. */
export interface TestHooks {
  readonly saboteur?: Saboteur | null;
  /** Which properties are asked. */
  readonly judges?: 'all' | 'snapshot' | 'increment' | 'none';
}

/** What there is beside this disk: another one, in the same QEMU. */
export interface Beside {
  /** How much has been seen there. */
  readonly seen: () => number;
  /** Sends the command that starts the job; absent: a command of its own. */
  readonly begin?: Begin;
}
const ALONE: Beside = { seen: () => 0 };

const FIRST_GUEST = OPERATOR + 1;

export class Actors {
  readonly view: CaseView;
  /** Requests of QEMU that wait for us, oldest first, by their actors' ids. */
  readonly held = new Map<number, Held>();
  /** Whose requests were waiting to have their effect when a guest's write landed in the same sectors. */
  readonly overtaken = new Set<Role>();
  violation: Violation | null = null;
  readonly #daemon: Daemon;
  readonly #graph: Graph;
  readonly #observers: readonly Observer[];
  readonly #faults: FaultPlan;
  readonly #seen = new Seen();
  readonly #roles: Roles;
  readonly #nudges: Nudges;
  readonly #start: Start;
  readonly #job: Control;
  readonly #saboteur: Saboteur | null;
  #exports!: Exports;
  /** Of a step: what has come and is looked at once QEMU is at rest. */
  readonly #arrived: Held[] = [];
  readonly #answered: GuestRun[] = [];
  readonly #events: QmpEvent[] = [];
  #nextId: number;
  /** What the backup had come to before the next increment. */
  #shownBefore: string | null = null;
  #isOpen = false;
  /** The step in which an error was injected last. */
  #struckAt = -1;

  constructor(daemon: Daemon, scenario: Scenario, start: Start, { saboteur = null, judges = 'all' }: TestHooks, beside: Beside = ALONE) {
    this.view = viewOfCase(scenario, {
      givesUp: start.onCbwError === 'break-snapshot',
      hasBitmap: start.bitmapMode !== null,
      readsThroughFilter: start.reads === 'snapshot-access',
    });
    this.#daemon = daemon;
    this.#roles = new Roles(this.view);
    this.#graph = new Graph(daemon, { request: (disk, request) => this.#requested(disk, request) });
    this.#observers = [
      ...(judges === 'all' || judges === 'snapshot' ? [new SnapshotOnQemu(this.view)] : []),
      ...(judges === 'all' ? [new GuestsOnQemu(this.view), new JobTold(this.view)] : []),
      ...(judges === 'all' || judges === 'increment' ? [new IncrementRight(this.view)] : []),
    ];
    this.#faults = new FaultPlan(scenario, this.view.disks);
    this.#nudges = new Nudges(daemon, () => this.#seen.count + beside.seen());
    this.#start = start;
    this.#job =
      start.by === 'filter'
        ? new FilterControl(this.view, start)
        : new JobControl(daemon, this.view, this.#graph.named, start, this.#seen, beside.begin);
    this.#saboteur = saboteur;
    this.#nextId = FIRST_GUEST + scenario.guest.length;
  }

  /** Makes QEMU ready. */
  async open(): Promise<void> {
    const { disks, scenario } = this.view;
    this.#daemon.qmp.onEvent = (event) => this.happened(event);
    this.#exports = await this.#daemon.answered(this.#graph.open(disks, scenario, this.#start));
    for (const [disk, client] of this.#exports.behind) this.#nudges.add(disk, client);
    await this.#daemon.rest();
    this.#seen.take();
    this.#isOpen = true;
  }

  /** Those that can do something now, ascending by id. */
  ready(): Actor[] {
    const actors = [this.#job.user(), this.#job.operator(), ...this.view.runs.map((run) => this.#guestActor(run))].filter(
      (actor) => actor !== null,
    );
    for (const [id, held] of this.held) actors.push({ id, who: held.disk.name, what: held.next, held, run: () => this.#step(held) });
    return actors;
  }

  /** Lets somebody go on, and waits until QEMU is at rest. @returns what was seen */
  async run(actor: Actor): Promise<string> {
    actor.run();
    this.#saboteur?.afterStep?.(this.view);
    await this.#nudges.settle(actor.held?.isDone === true ? actor.held.disk : null);
    if (this.#job.refusal !== null) throw this.#job.refusal;
    return this.takeIn(actor);
  }

  /** A step is over, here or on a disk beside. @param doer who has run. @returns what was seen */
  takeIn(doer: Doer): string {
    this.view.now++;
    this.#takeIn(doer);
    return this.#seen.take();
  }

  /** How much has been seen in all steps. */
  get seen(): number {
    return this.#seen.count;
  }

  /** The job, of a case that has one. */
  get job(): JobControl {
    return this.#job as JobControl;
  }

  /** A name in this case. */
  named(what: string): string {
    return this.#graph.named(what);
  }

  /** No actor can do anything any more: a request or a job that has not ended waits for ever. */
  unfinished(): Violation | null {
    const waiting = [...this.view.runs.filter((run) => !run.hasEnded).map((run) => run.operation.id), ...this.#job.waiting];
    return waiting.length === 0
      ? null
      : { property: 'always-finishes', detail: `nothing can continue; waiting forever: ${waiting.join(', ')}` };
  }

  /** Ends what is left of the case. From now on QEMU is answered at once. */
  async close(): Promise<void> {
    this.letGo();
    await this.#daemon.rest();
    await this.#job.end();
    if (this.view.hasBitmap) await this.#makeNextIncrement();
    await this.#daemon.answered(this.#graph.close());
    this.#daemon.qmp.onEvent = () => {};
  }

  /** From now on QEMU is answered at once. */
  letGo(): void {
    this.#isOpen = false;
    for (const held of this.held.values()) this.#finish(held);
    this.held.clear();
  }

  async #makeNextIncrement(): Promise<void> {
    await this.#daemon.answered(this.#graph.closeTarget());
    this.#judge((observer) => observer.targetClosed?.());
    this.#shownBefore = this.#shownNow();
    if (keepsItsPoint(this.#start, this.view.end)) this.view.disks.asInTheBeginning('target');
    await this.#daemon.answered(this.#graph.openTarget(this.view.disks));
    await this.#saboteur?.beforeNextIncrement?.(this.#daemon, this.#graph.named('source'));
    this.violation ??= await makeNextIncrement(this.#daemon, this.#graph);
  }

  /** What the disks say after QEMU has closed them. */
  atEnd(): Violation | null {
    if (!this.view.hasBitmap) this.#judge((observer) => observer.targetClosed?.());
    for (const observer of this.#observers) this.violation ??= observer.end?.() ?? null;
    return this.violation;
  }

  /** What the backup has come to, sector by sector, and what its readers have read; null: nothing is promised of it. */
  shown(): string | null {
    return this.view.hasBitmap ? this.#shownBefore : this.#shownNow();
  }

  /** What the target has after the next increment, sector by sector; null: there is none. */
  shownNext(): string | null {
    const { disks, scenario, hasBitmap } = this.view;
    return hasBitmap ? JSON.stringify(Array.from({ length: scenario.disk.sectors }, (_, s) => disks.inImage(disks.target, s))) : null;
  }

  #shownNow(): string | null {
    const { view } = this;
    const { disks, scenario, sourceAtEnd, runs } = view;
    if (!isPromised(view)) return null;
    const sectors = Array.from({ length: scenario.disk.sectors }, (_, s) => {
      const own = disks.inImage(disks.target, s);
      return own === 'below' && syncOf(scenario.mode).beneath === 'source' && sourceAtEnd !== null ? sourceAtEnd[s] : own;
    });
    const read = runs.filter(({ operation }) => operation.kind === 'readT0').map(({ answer }) => answer?.data.toString('latin1'));
    return JSON.stringify([sectors, read]);
  }

  #guestActor(run: GuestRun): Actor | null {
    const { runs, t0, end } = this.view;
    const { kind, id, after, early } = run.operation;
    const isBlocked =
      run.state !== 'waiting' ||
      after.some((other) => !runs.find(({ operation }) => operation.id === other)!.hasEnded) ||
      (t0 === null && (!early || this.#start.by === 'filter')) ||
      this.#mustWait(run);
    if (isBlocked) return null;
    const isReader = kind === 'readT0';
    if (isReader && end !== null) run.state = 'left out'; // there is no point in time any more
    if (run.state !== 'waiting') return null;
    const client = isReader ? this.#exports.reader : this.#exports.guest;
    return { id: FIRST_GUEST + run.index, who: id, what: kind, run: () => this.#issue(run, client!) };
  }

  /**
   * Requests to an overlay that some other under way keeps waiting. What it shows at T0 must be known from outside,
   * so before T0 no two change the same sectors together, and none is issued while the job starts: it would have its effect
   * before T0 or after it, and nobody could say which. And qcow2, with or without a backup, loses a write-zeroes
   * that meets a write which allocates the same cluster: that write puts back what it has read around itself
   * (qcow2-zeroes.spec.ts), so these two never meet here.
   */
  #mustWait({ operation }: GuestRun): boolean {
    const { overlay } = this.view.scenario.disk;
    if (overlay === undefined || !changesTheDisk(operation.kind)) return false;
    const isBeforeT0 = this.view.t0 === null;
    if (isBeforeT0 && (operation.kind === 'discard' || this.#job.isStarting)) return true;
    const grain = overlay.clusterSectors;
    const meets = ({ first, count }: GuestOperation): boolean =>
      Math.floor(first / grain) <= Math.floor((operation.first + operation.count - 1) / grain) &&
      Math.floor(operation.first / grain) <= Math.floor((first + count - 1) / grain);
    return this.view.runs.some(
      ({ state, operation: other }) =>
        state === 'under way' &&
        changesTheDisk(other.kind) &&
        meets(other) &&
        (isBeforeT0 || operation.kind !== 'write' || other.kind !== 'write'),
    );
  }

  #issue(run: GuestRun, client: NbdClient): void {
    const { disks } = this.view;
    run.issuedAt = this.view.now;
    for (const observer of this.#observers) observer.issued?.(run);
    this.#saboteur?.issued?.(run, this.view);
    run.issue(client, disks.contents, disks.sectorBytes, () => {
      this.#seen.add(
        run.operation.kind === 'readT0' ? 'reader' : 'guest',
        `${run.operation.id} ${run.hasFailed ? `error ${run.answer!.error}` : 'ok'}`,
      );
      this.#answered.push(run);
    });
  }

  #step(held: Held): void {
    // A write to an overlay that fails may have had half of its effect, and then nobody could say what the disk was at T0.
    const isSpared = held.disk.name === 'source' && held.disk.format === 'qcow2' && this.view.t0 === null;
    const fault = held.isNew && !isSpared ? this.#faults.strike(held) : null;
    if (fault !== null) {
      this.view.struck.push(fault);
      this.#struckAt = this.view.now;
      this.#seen.add(held.disk.name, fault.errno);
      held.fail(fault.errno);
    } else {
      const [landsNow, isNew] = [held.isAboutToLand, held.isNew];
      if (landsNow && this.#goesPastTheFilter(held)) noteEnd(this.view);
      if (landsNow && held.disk.name === 'source') this.#noteOvertaken(held);
      held.step(this.view.scenario.disk.discardReads, landsNow && this.#saboteur?.drops?.(held, this.view) === true);
      const effect = isNew ? effectOf(held, this.view) : null;
      if (effect !== null) this.#seen.add(held.disk.name, effect);
      if (landsNow) this.#judge((observer) => observer.landed?.(held));
    }
    if (held.isDone) this.#roles.done(held);
    if (held.isDone) for (const [id, other] of this.held) if (other === held) this.held.delete(id);
  }

  /**
   * The event of a job's end is no barrier. Once the job has let go of the disk, which it does when all that had come to its filter is
   * done, a guest's request goes straight to the source; and since 8.2 that may be before the event (the filter's close
   * flushes the source, and QEMU takes up the guest's next request while it waits). With it "the target over the live source
   * shows T0" ends (block/backup.c, `backup_clean`; block/copy-before-write.c, `bdrv_cbw_drop`).
   */
  #goesPastTheFilter({ disk }: Held): boolean {
    const { endingSince, runs } = this.view;
    const isBefore = ({ state, issuedAt, operation }: GuestRun): boolean =>
      state === 'under way' && issuedAt < endingSince && operation.kind !== 'readT0';
    return disk.name === 'source' && endingSince !== Infinity && !runs.some(isBefore);
  }

  #noteOvertaken(landing: Held): void {
    const { disks, t0 } = this.view;
    const waiting = [...this.held.values()].filter(
      ({ isNew, isData, request: { kind }, role }) => isNew && isData && kind === 'read' && role !== 'guest' && !this.overtaken.has(role),
    );
    if (t0 === null || waiting.length === 0) return;
    const sectors = landing.sectors(disks);
    for (const other of waiting)
      if (landing.meets(other) || [...other.sectors(disks)].some((s) => sectors.has(s))) this.overtaken.add(other.role);
  }

  #judge(ask: (observer: Observer) => Violation | null | undefined): void {
    for (const observer of this.#observers) this.violation ??= ask(observer) ?? null;
  }

  /** What has come in this step, in an order that is always the same. */
  #takeIn(doer: Doer): void {
    const { view } = this;
    for (const event of this.#events.splice(0)) {
      this.#job.heard(event);
      this.#judge((observer) => observer.event?.(event));
    }
    this.#nameRoles();
    for (const run of this.#answered.splice(0).toSorted((a, b) => a.index - b.index)) {
      run.state = 'ended';
      run.endedAt = view.now;
      this.#judge((observer) => observer.answered?.(run));
    }
    if (this.#job.hasStarted && view.t0 === null) this.#pointInTime();
    const order: DiskName[] = ['source', 'base', 'target'];
    for (const held of this.#arrived.splice(0).toSorted((a, b) => order.indexOf(a.disk.name) - order.indexOf(b.disk.name))) {
      held.role = this.#roles.came(held, doer);
      this.held.set(this.#nextId++, held);
    }
  }

  /**
   * Whose copy has failed shows later: a guest that waits for it is answered at once, and a job that has completed without having told
   * of an error of that side has met none.
   */
  #nameRoles(): void {
    const { struck, told, end, givesUp } = this.view;
    const last = struck.at(-1);
    const isGuests = this.#answered.some((run) => changesTheDisk(run.operation.kind) && (run.hasFailed || givesUp));
    if (last !== undefined && this.#struckAt === this.view.now - 1 && isGuests && last.role === 'job copy') last.role = 'guest copy';
    if (end === 'completed') for (const one of struck) if (one.role === 'job copy' && !told.has(one.side)) one.role = 'guest copy';
  }

  #pointInTime(): void {
    const { view } = this;
    const { disks, scenario } = view;
    const shown = (s: number): number =>
      disks.source.format === 'raw' ? (disks.inImage(disks.source, s) as number) : this.#shownByOverlay(s);
    view.t0 = Int32Array.from({ length: scenario.disk.sectors }, (_, s) => shown(s));
    view.t0At = view.now;
    this.#judge((observer) => observer.pointInTime?.());
  }

  /** The last that was written to it, which has ended: QEMU has drained. */
  #shownByOverlay(sector: number): number {
    const { disks, runs } = this.view;
    const [last] = runs
      .filter(
        (run) =>
          (run.operation.kind === 'write' || run.operation.kind === 'zero') &&
          run.state === 'ended' &&
          !run.hasFailed &&
          run.covers(sector),
      )
      .toSorted((a, b) => b.issuedAt - a.issuedAt);
    if (last === undefined) return disks.shownAtBegin(sector);
    return last.operation.kind === 'zero' ? 0 : disks.contents.byGuest(last.index, sector);
  }

  /** QEMU tells of something. */
  happened(event: QmpEvent): void {
    this.#job.arrived(event);
    if (!event.event.startsWith('BLOCK_JOB_') && event.event !== 'JOB_STATUS_CHANGE') return;
    this.#seen.add('monitor', printEvent(event));
    this.#events.push(event);
  }

  #requested(name: DiskName, request: NbdRequest): void {
    const disk = this.#diskNamed(name);
    if (request.offset >= disk.bytes && request.kind === 'read')
      return request.reply(disk.image.subarray(request.offset, request.offset + request.length));
    const held = new Held(disk, request);
    if (!this.#isOpen) return this.#finish(held);
    this.#seen.add(name, `${name} ${held.what}`);
    this.#arrived.push(held);
  }

  #diskNamed(name: DiskName): Disk {
    return this.view.disks.all.find((disk) => disk.name === name)!;
  }

  #finish(held: Held): void {
    while (!held.isDone) held.step(this.view.scenario.disk.discardReads);
  }
}
