/**
 * Several backups of one disk, one after the other, while guests write all the time: full ones until one completes, then increments of
 * what the bitmap has, each with a point in time of its own. All targets are open from the beginning, without a backing file: each is
 * read over the one before it when all is over, which is judged by chain-restores. An increment that fails or is cancelled is no part of
 * the chain, but for what bitmap-mode `always` has taken out of the bitmap: then its target stays in it.
 */
import { changesTheDisk } from '../../../../model/block/guest.ts';
import type { Scenario } from '../../../../model/scenario/scenario.ts';
import { type Restored, judgeChain } from '../../../../properties/chain-restores.ts';
import type { Violation } from '../../../../properties/property.ts';
import { PLAIN, type Start } from '../../../validate/start.ts';
import type { Daemon } from '../daemon/daemon.ts';
import type { QmpEvent } from '../daemon/qmp.ts';
import { type Disk, emptyTarget } from '../disks/disks.ts';
import type { GuestRun } from '../disks/guest.ts';
import { Held } from '../disks/held.ts';
import { BACKUP_CLUSTER_BYTES } from '../disks/pattern.ts';
import type { Role } from '../disks/role.ts';
import type { NbdClient } from '../nbd/client.ts';
import type { NbdRequest } from '../nbd/server.ts';
import { GuestsOnQemu } from '../observe/guests-on-qemu.ts';
import { JobTold } from '../observe/job-told.ts';
import { type CaseView, type JobEnd, type Observer, type Struck, printContent, viewOfCase } from '../observe/oracle.ts';
import { type Doer, Roles } from '../observe/role-of.ts';
import { Seen, printEvent } from '../observe/seen.ts';
import { effectOf } from '../observe/shows.ts';
import type { Actor } from './actor.ts';
import { FaultPlan } from './fault-plan.ts';
import { type Exports, Graph } from './graph.ts';
import { BITMAP } from './job.ts';
import { JobControl, OPERATOR } from './job-control.ts';
import { makeNextIncrement } from './next-increment.ts';
import { Nudges } from './nudge.ts';
import type { Saboteur } from './sabotage.ts';
import { type Names, type SetUp, endOf, exportNameOf, exportOf, openDisk } from './set-up.ts';

/** Backups of a chain: a full one, and up to five increments. */
export const CHAIN_MIN = 2;
export const CHAIN_MAX = 6;

const FIRST_GUEST = OPERATOR + 1;

/** One backup. */
interface Link {
  readonly target: Disk;
  readonly isFull: boolean;
  readonly job: JobControl;
  /** Null: its job has not begun. */
  t0: Int32Array | null;
  end: JobEnd | null;
}

export class Chain {
  violation: Violation | null = null;
  /** Injected errors so far. */
  readonly struck: Struck[] = [];
  readonly overtaken = new Set<Role>();
  readonly #daemon: Daemon;
  readonly #view: CaseView;
  readonly #start: Start;
  readonly #length: number;
  readonly #saboteur: Saboteur | null;
  readonly #graph: Graph;
  readonly #targets: readonly Disk[];
  readonly #links: Link[] = [];
  readonly #seen = new Seen();
  readonly #roles: Roles;
  readonly #faults: FaultPlan;
  readonly #guests: GuestsOnQemu;
  #told: JobTold;
  #nudges: Nudges;
  #exports!: Exports;
  readonly #held = new Map<number, Held>();
  readonly #arrived: Held[] = [];
  readonly #answered: GuestRun[] = [];
  readonly #events: QmpEvent[] = [];
  #nextId: number;
  #isOpen = false;
  #isCancelled = false;

  constructor(daemon: Daemon, scenario: Scenario, start: Start, saboteur: Saboteur | null = null) {
    this.#daemon = daemon;
    this.#start = start;
    this.#length = Math.min(CHAIN_MAX, Math.max(CHAIN_MIN, start.chain!));
    this.#saboteur = saboteur;
    this.#view = viewOfCase(scenario, { givesUp: false, hasBitmap: false, readsThroughFilter: false });
    const { disks } = this.#view;
    const bytes = scenario.disk.sectors * disks.sectorBytes;
    const empty = (): Disk => emptyTarget(bytes, BACKUP_CLUSTER_BYTES);
    // The last one is for the increment that shows what the bitmap is worth in the end.
    this.#targets = [disks.target, ...Array.from({ length: this.#length }, empty)];
    this.#graph = new Graph(daemon, { request: (_disk, request) => this.#requested(request) });
    this.#roles = new Roles(this.#view);
    this.#faults = new FaultPlan(scenario, disks);
    this.#guests = new GuestsOnQemu(this.#view);
    this.#told = new JobTold(this.#view);
    this.#nudges = new Nudges(daemon, () => this.#seen.count);
    this.#nextId = FIRST_GUEST + scenario.guest.length;
  }

  /** Makes QEMU ready. */
  async open(): Promise<void> {
    this.#daemon.qmp.onEvent = (event) => this.#happened(event);
    this.#exports = await this.#daemon.answered(this.#graph.carryOut(this.#setUp()));
    this.#addLink();
    await this.#daemon.rest();
    this.#seen.take();
    this.#isOpen = true;
  }

  /** Those that can do something now, ascending by id. */
  ready(): Actor[] {
    const actors = [this.#user(), ...this.#view.runs.map((run) => this.#guest(run))].filter((actor) => actor !== null);
    for (const [id, held] of this.#held) actors.push({ id, who: held.disk.name, what: held.next, held, run: () => this.#step(held) });
    return actors;
  }

  /** Lets one of them go on, and waits until QEMU is at rest. @returns what was seen */
  async run(actor: Actor): Promise<string> {
    actor.run();
    await this.#nudges.settle(actor.held?.isDone === true ? actor.held.disk : null);
    const { refusal } = this.#link.job;
    if (refusal !== null) throw refusal;
    this.#view.now++;
    this.#takeIn(actor);
    return this.#seen.take();
  }

  /** No actor can do anything any more. */
  unfinished(): Violation | null {
    const guests = this.#view.runs.filter((run) => !run.hasEnded).map((run) => run.operation.id);
    const waiting = [...guests, ...this.#link.job.waiting];
    return waiting.length === 0
      ? null
      : { property: 'always-finishes', detail: `nothing can continue; waiting forever: ${waiting.join(', ')}` };
  }

  /** Ends what is left of the case. From now on QEMU is answered at once. */
  async close(): Promise<void> {
    this.#isOpen = false;
    for (const held of this.#held.values()) this.#finish(held);
    this.#held.clear();
    await this.#daemon.rest();
    await this.#link.job.end();
    if (this.#base !== undefined) await this.#endWithIncrement();
    await this.#daemon.answered(this.#graph.close());
    this.#daemon.qmp.onEvent = () => {};
  }

  /** What the disks say after QEMU has closed them. */
  atEnd(): Violation | null {
    const view = this.#view;
    this.violation ??= judgeChain({ contentName: (content) => printContent(view, content) }, view.scenario.disk.sectors, this.#restored());
    this.violation ??= this.#guests.end();
    return this.violation;
  }

  /** What a good campaign must meet. */
  get situations(): string[] {
    const increments = this.#links.filter(({ isFull, end }) => !isFull && end !== null);
    const completed = increments.filter(({ end }) => end === 'completed').length;
    const isAfterFailure = increments.some(({ end }, i) => end === 'completed' && i > 0 && increments[i - 1]!.end !== 'completed');
    return [
      ...(completed > 1 ? ['two increments of a chain completed'] : []),
      ...(isAfterFailure ? ['an increment completed after one that did not'] : []),
      ...(this.struck.length > 0 ? ['an error was injected'] : []),
    ];
  }

  /** The one that runs, or comes next. */
  get #link(): Link {
    return this.#links.at(-1)!;
  }

  /** The full backup that has completed. */
  get #base(): Link | undefined {
    return this.#links.find(({ isFull, end }) => isFull && end === 'completed');
  }

  #named = (what: string): string => this.#namedIn(this.#links.length - 1, what);

  #namedIn(link: number, what: string): string {
    return this.#graph.named(what.startsWith('source') ? what : `${what}.${link}`);
  }

  #namesOf = (link: number): Names => ({ ...this.#graph.names, named: (what) => this.#namedIn(link, what) });

  #setUp(): SetUp {
    const { source } = this.#view.disks;
    const opened = [[source, 0] as const, ...this.#targets.map((target, link) => [target, link] as const)].map(([disk, link]) => {
      const names = this.#namesOf(link);
      const served = { name: names.named(disk.name), image: disk.image, readOnly: false, disk: disk.name };
      return { disk, served, commands: openDisk(disk, null, names), end: endOf(disk, names) };
    });
    const isNudged = this.#daemon.mayHoldAnswersBack;
    const node = this.#graph.named('source');
    return {
      served: [...opened.map(({ served }) => served), ...(isNudged ? opened.flatMap(({ end }) => end.served) : [])],
      commands: [
        ...opened.flatMap(({ commands }) => commands),
        { execute: 'block-dirty-bitmap-add', arguments: { node, name: BITMAP, granularity: this.#start.granularity } },
        exportOf(node, true),
        ...(isNudged ? opened.flatMap(({ end }) => end.commands) : []),
      ],
      guest: exportNameOf(node),
      reader: null,
      behind: new Map(isNudged ? opened.map(({ disk, end }) => [disk, end.exportName] as const) : []),
    };
  }

  #addLink(): void {
    const view = this.#view;
    const isFull = this.#base === undefined;
    const [link, target] = [this.#links.length, this.#targets[this.#links.length]!];
    const start: Start = { ...this.#start, sync: isFull ? PLAIN.sync : 'bitmap' };
    const named = (what: string): string => this.#namedIn(link, what);
    this.struck.push(...view.struck.splice(0));
    Object.assign(view, { t0: null, t0At: Infinity, end: null, blamed: null, endingSince: Infinity, endedAt: Infinity, sourceAtEnd: null });
    view.told.clear();
    this.#links.push({ target, isFull, job: new JobControl(this.#daemon, view, named, start, this.#seen), t0: null, end: null });
    this.#told = new JobTold(view);
    this.#nudges = new Nudges(this.#daemon, () => this.#seen.count);
    for (const [disk, client] of this.#exports.behind) if (disk.name === 'source' || disk === target) this.#nudges.add(disk, client);
  }

  #user(): Actor | null {
    if (this.#link.end !== null && this.#links.length < this.#length) this.#addLink();
    const { job, isFull } = this.#link;
    const actor = job.user();
    if (actor === null) return null;
    if (actor.what !== 'cancel') return this.#links.length === 1 ? actor : { ...actor, what: 'next' };
    if (isFull || this.#isCancelled) return null;
    return {
      ...actor,
      run: () => {
        this.#isCancelled = true;
        actor.run();
      },
    };
  }

  /** Each request belongs to one of the backups, in the order of both, and comes at the earliest when that one has begun. */
  #guest(run: GuestRun): Actor | null {
    const { runs } = this.#view;
    const { id, kind, after, early } = run.operation;
    const link = Math.floor((run.index * this.#length) / runs.length);
    const hasBegun = this.#links[link]?.t0 != null || (link === 0 && early);
    const isBlocked = run.state !== 'waiting' || after.some((other) => !runs.find(({ operation }) => operation.id === other)!.hasEnded);
    if (isBlocked || !hasBegun) return null;
    return { id: FIRST_GUEST + run.index, who: id, what: kind, run: () => this.#issue(run, this.#exports.guest) };
  }

  #issue(run: GuestRun, client: NbdClient): void {
    const { disks, now } = this.#view;
    run.issuedAt = now;
    this.#guests.issued(run);
    run.issue(client, disks.contents, disks.sectorBytes, () => {
      this.#seen.add('guest', `${run.operation.id} ${run.hasFailed ? `error ${run.answer!.error}` : 'ok'}`);
      this.#answered.push(run);
    });
  }

  #step(held: Held): void {
    const view = this.#view;
    const fault = held.isNew && !this.#link.isFull ? this.#faults.strike(held) : null;
    if (fault !== null) {
      view.struck.push(fault);
      this.#seen.add(held.disk.name, fault.errno);
      held.fail(fault.errno);
    } else {
      const [landsNow, isNew] = [held.isAboutToLand, held.isNew];
      if (landsNow && held.disk.name === 'source') this.#noteOvertaken(held);
      held.step(view.scenario.disk.discardReads, landsNow && this.#saboteur?.drops?.(held, view) === true);
      const effect = isNew ? effectOf(held, view) : null;
      if (effect !== null) this.#seen.add(held.disk.name, effect);
      if (landsNow) this.#judge((observer) => observer.landed?.(held));
    }
    if (!held.isDone) return;
    this.#roles.done(held);
    for (const [id, other] of this.#held) if (other === held) this.#held.delete(id);
  }

  #noteOvertaken(landing: Held): void {
    const { disks } = this.#view;
    const sectors = [...landing.sectors(disks)];
    for (const other of this.#held.values()) {
      const isWaiting = other.isNew && other.isData && other.request.kind === 'read' && other.role !== 'guest';
      if (isWaiting && sectors.some((s) => other.isAbout(s, disks))) this.overtaken.add(other.role);
    }
  }

  #judge(ask: (observer: Observer) => Violation | null | undefined): void {
    for (const observer of [this.#guests, this.#told]) this.violation ??= ask(observer) ?? null;
  }

  /** What has come in this step, in an order that is always the same. */
  #takeIn(doer: Doer): void {
    const view = this.#view;
    for (const event of this.#events.splice(0)) {
      this.#link.job.heard(event);
      this.#judge((observer) => observer.event?.(event));
    }
    for (const run of this.#answered.splice(0).toSorted((a, b) => a.index - b.index)) {
      this.#nameRole(run);
      run.state = 'ended';
      run.endedAt = view.now;
      this.#judge((observer) => observer.answered?.(run));
    }
    const link = this.#link;
    link.end = view.end;
    if (link.job.hasStarted && link.t0 === null) this.#pointInTime(link);
    for (const held of this.#arrived.splice(0).toSorted((a, b) => Number(a.disk.name === 'target') - Number(b.disk.name === 'target'))) {
      held.role = this.#roles.came(held, doer);
      this.#held.set(this.#nextId++, held);
    }
  }

  /** A guest that is told of an error waited for the copy that has failed. */
  #nameRole(run: GuestRun): void {
    const last = this.#view.struck.at(-1);
    if (last?.role === 'job copy' && run.hasFailed && changesTheDisk(run.operation.kind)) last.role = 'guest copy';
  }

  #pointInTime(link: Link): void {
    const view = this.#view;
    const { disks, scenario } = view;
    link.t0 = Int32Array.from({ length: scenario.disk.sectors }, (_, s) => disks.inImage(disks.source, s) as number);
    Object.assign(view, { t0: link.t0, t0At: view.now });
  }

  #happened(event: QmpEvent): void {
    if (this.#links.length === 0 || (event.data['id'] ?? event.data['device']) !== this.#named('job')) return;
    this.#link.job.arrived(event);
    if (!event.event.startsWith('BLOCK_JOB_') && event.event !== 'JOB_STATUS_CHANGE') return;
    this.#seen.add('monitor', printEvent(event));
    this.#events.push(event);
  }

  #requested(request: NbdRequest): void {
    const link = this.#targets.findIndex((_, i) => request.exportName === this.#namedIn(i, 'target'));
    const disk = link < 0 ? this.#view.disks.source : this.#targets[link]!;
    if (request.offset >= disk.bytes && request.kind === 'read')
      return request.reply(disk.image.subarray(request.offset, request.offset + request.length));
    const held = new Held(disk, request);
    if (!this.#isOpen) return this.#finish(held);
    this.#seen.add(disk.name, `${disk.name} ${held.what}`);
    this.#arrived.push(held);
  }

  #finish(held: Held): void {
    while (!held.isDone) held.step(this.#view.scenario.disk.discardReads);
  }

  /** What the bitmap is worth in the end: one more increment, of the disk as it is. */
  async #endWithIncrement(): Promise<void> {
    const link = this.#length;
    await this.#saboteur?.beforeNextIncrement?.(this.#daemon, this.#graph.named('source'));
    this.violation ??= await makeNextIncrement(this.#daemon, { named: (what) => this.#namedIn(link, what) });
  }

  #restored(): Restored[] {
    const { disks } = this.#view;
    if (this.#base === undefined) return [];
    const from = this.#links.indexOf(this.#base);
    const layerOf =
      ({ target }: Pick<Link, 'target'>) =>
      (sector: number) =>
        disks.inImage(target, sector);
    const isKept = ({ end, t0 }: Link): boolean => end === 'completed' || (t0 !== null && this.#start.bitmapMode === 'always');
    const restored: Restored[] = [];
    let layers: Restored['layers'] = [];
    for (const [i, link] of this.#links.slice(from).entries()) {
      if (!isKept(link)) continue;
      layers = [layerOf(link), ...layers];
      const name = i === 0 ? 'the full backup' : `backup ${from + i + 1} of ${this.#length}`;
      if (link.end === 'completed') restored.push({ name, disk: (sector) => link.t0![sector]!, layers });
    }
    const last = { name: 'the last increment', disk: (sector: number) => disks.inImage(disks.source, sector) as number };
    return [...restored, { ...last, layers: [layerOf({ target: this.#targets[this.#length]! }), ...layers] }];
  }
}
