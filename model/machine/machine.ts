/**
 * The machine that runs experiments: world, images, nodes, job, guest and user, put together for
 * one shape. Scenarios of the same shape are loaded into the same machine one after the other, so
 * that what its engine has learned serves them all.
 */
import { Contents, ZERO } from '../block/content.ts';
import { type BlockError, NO_ERROR } from '../block/errors.ts';
import { Faults } from '../block/faults.ts';
import { Followers, type GuestDisk, type GuestKind, GuestRequest } from '../block/guest.ts';
import { type DiscardReads, Image, Place } from '../block/image.ts';
import { BlockNode } from '../block/node.ts';
import type { Requester, SectorRange } from '../block/requester.ts';
import { backupClusterSectors, effectiveMode, targetBacking } from '../job/target.ts';
import type { SyncMode } from '../sync.ts';
import { BackupJob } from '../families/notifier/job.ts';
import { lawful } from './comparing-engine.ts';
import { Lawfulness } from './lawfulness.ts';
import { OwnJob } from '../families/custom/own-job.ts';
import { jobNamed } from '../families/custom/registry.ts';
import type { Retracing } from './retracing.ts';
import { Held } from '../families/notifier/ample-steps/held.ts';
import { Independence } from './independence.ts';
import { JobStatus } from '../job/job-status.ts';
import { Operator, User } from '../job/monitor.ts';
import { readPointInTime } from '../families/notifier/none.ts';
import type { JobName } from '../families/notifier/eras.ts';
import { type RuleName, type Rules, rulesWithout } from '../families/notifier/rules.ts';
import { Territory } from '../families/notifier/ample-steps/territory.ts';
import type { Coroutine, Run } from '../kernel/coroutine.ts';
import { Coroutines } from '../kernel/coroutines.ts';
import { NOBODY } from '../kernel/slot.ts';
import type { WakeOrder } from '../kernel/wake/orders.ts';
import { type Engine, GeneratorEngine } from '../kernel/engine.ts';
import { LearnedTable, NO_FOOTPRINT } from '../kernel/learned-table.ts';
import { ENDED, parseStep, printStep, type Step, stepEnd } from '../kernel/step.ts';
import { World } from '../kernel/world.ts';
import type { OwnJobFile } from '../families/custom/file-name.ts';
import type { RunnableMachine } from './runnable.ts';
import { Sampling } from './sampling.ts';
import { type GuestOperation, type Scenario, policiesOf } from '../scenario/scenario.ts';

/** What decides the layout of the cells and the code that runs on them. All else is data. */
export interface Shape {
  readonly mode: SyncMode;
  readonly sectors: number;
  readonly clusterSectors: number;
  readonly sourceClusterSectors: number;
  readonly baseSectors: number | null;
  readonly throttled: boolean;
  readonly copyOnRead: boolean;
  readonly targetClusterSectors: number;
  /** Of a target that was there before; null: a new one, as long as the source. */
  readonly targetSectors: number | null;
  readonly targetIsBare: boolean;
  readonly targetIsSource: boolean;
  readonly discardReads: DiscardReads;
  /** Slots for guest requests; a scenario may use fewer. */
  readonly requests: number;
  readonly followers: number;
  readonly operator: boolean;
  readonly faults: boolean;
  readonly effects: 'cluster' | 'sector';
  readonly wake: WakeOrder;
  readonly without: readonly RuleName[];
  /** As in `Setting`. */
  readonly ownJob?: OwnJobFile;
}

/** How experiments are run, whatever the scenario. */
export interface Setting {
  readonly effects: 'cluster' | 'sector';
  readonly wake: WakeOrder;
  /** All rules that are off, and the name under which somebody asked for them; absent: `correct`. */
  readonly without: readonly RuleName[];
  readonly job?: JobName;
  /** The job of one's own that runs in place of cowcheck's (families/custom/registry.ts). */
  readonly ownJob?: OwnJobFile;
  /** Room for at least so many guest requests, so that scenarios with fewer share a machine. */
  readonly requestsMin: number;
}

export function shapeOf(scenario: Scenario, setting: Setting): Shape {
  const { mode, disk, targetClusterSectors, existingTarget, guest, cancelAfter = [] } = scenario;
  const requests = Math.max(setting.requestsMin, guest.length);
  return {
    mode,
    sectors: disk.sectors,
    clusterSectors: disk.clusterSectors,
    sourceClusterSectors: disk.overlay?.clusterSectors ?? 0,
    baseSectors: disk.overlay?.baseSectors ?? null,
    throttled: disk.throttled ?? false,
    copyOnRead: disk.copyOnRead ?? false,
    targetClusterSectors,
    targetSectors: existingTarget?.sectors ?? null,
    targetIsBare: existingTarget?.backed === false,
    targetIsSource: existingTarget?.isSource === true,
    discardReads: disk.discardReads,
    requests,
    followers: Math.max(2 * requests, blockersOf(guest).flat().length) + 2 + cancelAfter.length,
    operator: hasOperator(scenario),
    faults: (scenario.faults ?? []).length > 0,
    effects: setting.effects,
    wake: setting.wake,
    without: setting.without,
    ...(setting.ownJob === undefined ? {} : { ownJob: setting.ownJob }),
  };
}

const hasOperator = ({ pause = false, resume = false }: Scenario): boolean => pause || resume;

const SAMPLED_SECTORS_MAX = 64;

/** Accesses that a step may make before it counts as spinning (engine.md: 10,000 and 100 a sector). */
const accessesMax = (sectors: number): number => 10_000 + 100 * sectors;

export class Machine implements RunnableMachine {
  readonly shape: Shape;
  /** Sectors in a cluster of the backup, which steps and traces count in. */
  readonly clusterSectors: number;
  readonly world: World;
  readonly coroutines: Coroutines;
  readonly contents: Contents;
  readonly source: Image;
  readonly target: Image;
  readonly base: Image | null;
  /** The mode whose promise the user was given: TOP of an image without a backing file is documented to be FULL. */
  readonly promisedMode: SyncMode;
  readonly sourceFaults: Faults | null;
  readonly targetFaults: Faults | null;
  readonly sourceNode: BlockNode;
  readonly job: BackupJob;
  readonly guests: readonly GuestRequest[];
  readonly user: User;
  readonly operator: Operator | null;

  readonly #followers: Followers;
  #usesTable = false;
  #initial = new Int32Array(0);
  #scenario: Scenario | null = null;
  #generators: GeneratorEngine | null = null;
  #table: LearnedTable | null = null;
  #reducing: { readonly held: Held; readonly independence: Independence } | null = null;
  #engine: Engine | null = null;
  /** For a job of one's own. */
  readonly #law: Lawfulness | null;
  /** For cowcheck's; null: none of its runs is compared yet. */
  #sampling: Sampling | null = null;

  /** @param rules those of the shape, for whoever wants to hear which of them are asked */
  constructor(shape: Shape, rules: Rules = rulesWithout(shape.without)) {
    this.shape = shape;
    const { sectors, ownJob } = shape;
    const own = ownJob === undefined ? null : { name: ownJob, job: jobNamed(ownJob, shape.mode) };
    const world = (this.world = new World(accessesMax(sectors)));
    const targetSectors = shape.targetSectors ?? sectors;
    this.contents = new Contents(Math.max(sectors, targetSectors));
    const clusterSectors = backupClusterSectors(
      shape.clusterSectors,
      { clusterSectors: shape.targetClusterSectors, isBare: shape.targetIsBare },
      rules,
    );
    this.clusterSectors = clusterSectors;

    this.base =
      shape.baseSectors === null ? null : new Image(world, 'base', { sectors: shape.baseSectors, clusterSectors: 0, backing: null });
    this.source = new Image(world, 'source', { sectors, clusterSectors: shape.sourceClusterSectors, backing: this.base });
    this.promisedMode = shape.mode === 'top' && this.base === null ? 'full' : shape.mode;
    const mode = effectiveMode(shape.mode, this.base, rules);
    this.target = new Image(world, 'target', {
      sectors: targetSectors,
      clusterSectors: shape.targetClusterSectors,
      backing: shape.targetIsBare ? null : targetBacking(mode, this.source, rules),
      isTarget: true,
      ...(shape.targetIsSource ? { sameFileAs: this.source } : {}),
    });
    const hookCell = world.alloc('source.hook', 1);
    const status = new JobStatus(world);
    this.sourceFaults = shape.faults ? new Faults(world, 'source', sectors, shape.clusterSectors) : null;
    this.targetFaults = shape.faults ? new Faults(world, 'target', sectors, shape.clusterSectors) : null;
    world.watchUntilHere();

    const coroutines = (this.coroutines = new Coroutines(world, shape.wake));
    const grain = { clusterSectors, perSector: shape.effects === 'sector' };
    const { throttled, copyOnRead } = shape;
    this.sourceNode = new BlockNode(coroutines, this.source, { hookCell, grain, faults: this.sourceFaults, throttled, copyOnRead });
    // What a bare target gets shows all at once, when the table of its clusters is updated; elsewhere what lies beneath
    // would show the same.
    const targetGrain = { clusterSectors, perSector: grain.perSector && !shape.targetIsBare };
    const targetNode = new BlockNode(coroutines, this.target, {
      hookCell: world.alloc('target.hook', 1),
      grain: targetGrain,
      faults: this.targetFaults,
      mayBeShort: targetSectors < sectors,
    });
    this.#followers = new Followers(coroutines, shape.followers);
    const sizes = {
      clusterSectors,
      bitsSeen: rules.checkBitAfterWaiting && rules.everyBitIsLookedUp ? 0 : Math.ceil(sectors / clusterSectors),
      tracksRanges: copyOnRead,
      locals: own?.job.locals?.length ?? 0,
    };
    const targetExists = shape.targetSectors !== null;
    const parts = { mode, rules, source: this.sourceNode, target: targetNode, followers: this.#followers, status, targetExists };
    this.job =
      own === null ? new BackupJob(coroutines, sizes, parts) : new OwnJob(coroutines, sizes, parts, own, (step) => this.stepName(step));
    this.user = new User(coroutines, this.job);
    this.operator = shape.operator ? new Operator(coroutines, this.job) : null; // before the guests, whose number varies
    const disk: GuestDisk = {
      node: this.sourceNode,
      rules,
      discardReads: shape.discardReads,
      followers: this.#followers,
      mayKeepRange: own !== null,
      readT0: this.#readPointInTime.bind(this),
    };
    this.guests = Array.from({ length: shape.requests }, (_, i) => new GuestRequest(coroutines, `g${i + 1}`, sizes, disk));
    this.#law = own === null ? null : new Lawfulness(own, this, () => new Machine(shape));
  }

  get scenario(): Scenario {
    if (this.#scenario === null) throw new Error('no scenario has been loaded');
    return this.#scenario;
  }

  isLoadedWith(scenario: Scenario): boolean {
    return scenario === this.#scenario;
  }

  /** Makes a scenario of this shape the one that runs. What observers keep in cells must be allocated by now. */
  load(scenario: Scenario): void {
    if (this.#initial.length === 0) {
      this.world.seal();
      this.#initial = new Int32Array(this.world.cells.length);
      this.useTable(false);
    }
    this.#scenario = scenario;
    const cells = this.#initial.fill(0);
    this.#loadDisk(cells, scenario);
    this.#loadTarget(cells, scenario);
    for (const fault of scenario.faults ?? []) (fault.side === 'source' ? this.sourceFaults : this.targetFaults)!.loadInto(cells, fault);
    this.#loadRequests(cells, scenario);
    this.coroutines.blockedInOrderFrom = isBlockedInOrder(scenario) ? (this.guests[0]?.id ?? NOBODY) : NOBODY;
  }

  *#readPointInTime(me: Requester, range: SectorRange): Run<BlockError> {
    return yield* this.job instanceof OwnJob ? this.job.readPointInTime(me) : readPointInTime(this.job, me, range);
  }

  /**
   * Whether steps run from the learned table or as generators. The outcome is the same; the speed is not.
   * Of a job of one's own that is to be seen first, with the scenario that is loaded: call this between runs.
   */
  useTable(yes: boolean): void {
    if (yes && this.#law !== null) {
      this.#engine = this.#law.generators;
      this.#law.generators.compareEnough();
    }
    if (yes) return this.useTableUncompared();
    this.#engine = this.#generators ??= new GeneratorEngine(this.coroutines);
    this.#usesTable = false;
  }

  /** For who compares, and for cowcheck's own job. */
  useTableUncompared(): void {
    const table = (this.#table ??= this.#learn());
    this.#engine = this.#law?.table(table) ?? table;
    this.#usesTable = true;
  }

  get usesTable(): boolean {
    return this.#usesTable;
  }

  /**
   * For runs that go from their beginning onwards: some are run the other way, too, and of a job of one's own all at first. Of
   * large disks none, unless the job is one's own: to learn their steps takes long.
   */
  compareRuns(): void {
    if (this.#law !== null) this.#engine = this.#law.compared(this.#usesTable);
    else if (this.shape.sectors <= SAMPLED_SECTORS_MAX) {
      this.#sampling ??= new Sampling(this, () => new Machine(this.shape));
      this.#engine = this.#sampling.of(this.#usesTable ? this.#table! : this.#generators!);
    }
  }

  /**
   * Runs the loaded scenario of a job of one's own so often by its generators, in whatever order. Some runs are
   * compared. Leaves the machine anywhere.
   */
  runOften(times: number): void {
    if (this.#law === null) return;
    this.#engine = this.#law.generators;
    this.#usesTable = false;
    for (let i = 0; i < times; i++) this.#law.generators.runOnce();
  }

  /** For who wants to know of a state whether a job of one's own has come there by the law; null: it is cowcheck's. */
  get retracing(): Retracing | null {
    return this.#law?.retracing ?? null;
  }

  /** Where the author of a job of one's own has a coroutine wait in this step: file, line and column; null: that can't be told. */
  placeOf(id: number, step: Step): string | null {
    const { job } = this;
    const table = this.#table;
    return job instanceof OwnJob && table !== null ? job.placeReached(() => table.bringAgainTo(this.coroutines.byId(id), step)) : null;
  }

  #learn(): LearnedTable {
    const table = new LearnedTable(this.coroutines, stepEnd(Math.max(this.shape.sectors, 1) + this.clusterSectors));
    const territory = new Territory(this);
    this.#reducing = {
      held: new Held(this, territory, table.footprints, this.shape),
      independence: new Independence(this, territory, table.footprints),
    };
    return table;
  }

  /** A run begins, at the state before the first step. */
  begin(): void {
    this.world.load(this.#initial);
    this.#engine!.begin();
  }

  /** Writes the ids of the coroutines that can run now to `into`, beginning at `from`. @returns how many */
  ready(into: Int32Array, from = 0): number {
    return this.coroutines.ready(into, from);
  }

  /** Runs the pending step of a ready coroutine. */
  step(id: number): void {
    this.#engine!.step(this.coroutines.byId(id));
  }

  // What an exhaustive search asks of coroutines, while the world is tracking.

  /** What the pending step touches, as the number of a footprint. */
  footprintOf(id: number): number {
    const coroutine = this.coroutines.byId(id);
    const law = this.#law;
    if (law === null) return this.#table!.footprintOf(coroutine);
    const step = coroutine.pending;
    return lawful(
      () => this.#table!.footprintOf(coroutine),
      () => law.broken(id, step),
    );
  }

  /** Whether it is worth asking the following of a ready coroutine. */
  mayBeHeld(id: number): boolean {
    return this.#reducing!.held.mayBe(this.coroutines.byId(id));
  }

  /** Whether a step with this footprint touches nothing but private cells of its own. */
  isLocal(footprint: number): boolean {
    return footprint === NO_FOOTPRINT;
  }

  /**
   * Whether nobody else could notice the step, here and now: as above, or by the protocol of copy-before-write,
   * which a job of one's own need not keep.
   */
  isHeld(id: number, footprint: number): boolean {
    if (this.#law !== null) return this.isLocal(footprint);
    return this.#reducing!.held.allows(this.coroutines.byId(id), footprint);
  }

  /** Whether a step with this footprint is its coroutine's last, and nobody waits for it. */
  isLastOfItsOwn(footprint: number): boolean {
    const { isLast, concernsReady } = this.#table!.footprints[footprint]!;
    return isLast && !concernsReady;
  }

  /** Whether it makes no difference which of two steps with these footprints comes first. */
  areIndependent(footprint: number, other: number): boolean {
    return this.#reducing!.independence.areIndependent(footprint, other);
  }

  /** What the table has learned so far, for measurements. */
  get lessons(): number {
    return this.#table?.lessons ?? 0;
  }

  // For observers.

  /** What a guest request asks for, even after its end. */
  kindOf(guest: GuestRequest): GuestKind {
    return this.scenario.guest[guest.id - this.guests[0]!.id]!.kind;
  }
  /** The fault that struck in the latest step, if one did. */
  faultStruck(): BlockError {
    const { sourceFaults, targetFaults, world } = this;
    if (sourceFaults === null || targetFaults === null) return NO_ERROR;
    for (let i = 0; i < world.changedCount; i++) {
      const cell = world.changed[i]!;
      for (const faults of [sourceFaults, targetFaults])
        if (cell >= faults.leftCell && cell < faults.leftCell + faults.length) return faults.errorSeen(cell);
    }
    return NO_ERROR;
  }

  // Names, for traces and messages.

  /** `job`, `user`, `operator`, or the id of the guest request. */
  coroutineName(coroutine: Coroutine): string {
    return coroutine instanceof GuestRequest
      ? (this.scenario.guest[coroutine.id - this.guests[0]!.id]?.id ?? coroutine.name)
      : coroutine.name;
  }
  stepName(step: Step): string {
    return printStep(step, this.clusterSectors, this.shape.effects === 'sector');
  }
  /** The step that `stepName` writes so, or null. */
  parseStep(text: string): Step | null {
    return parseStep(text, this.clusterSectors);
  }
  contentName(content: number): string {
    return this.contents.print(
      content,
      this.scenario.guest.map((g) => g.id),
    );
  }

  #loadDisk(cells: Int32Array, { disk }: Scenario): void {
    const { source, target, base, contents } = this;
    for (const image of [source, target, ...(base === null ? [] : [base])]) image.loadInto(cells);
    const isZero = new Uint8Array(disk.sectors);
    for (const s of disk.zero) isZero[s] = 1;
    for (const c of disk.overlay?.allocated ?? []) cells[source.placeCell + c] = Place.own;
    for (const c of disk.overlay?.zeroClusters ?? []) cells[source.placeCell + c] = Place.zero;
    for (let s = 0; s < disk.sectors; s++) {
      const shown = isZero[s] === 1 ? ZERO : contents.atT0(s);
      const place = source.isRaw ? Place.own : cells[source.placeCell + Math.floor(s / source.clusterSectors)];
      if (place === Place.own) cells[source.dataCell + s] = shown;
      if (base !== null && s < base.sectors) cells[base.dataCell + s] = place === Place.backing ? shown : contents.inBase(s);
    }
  }

  #loadTarget(cells: Int32Array, { existingTarget }: Scenario): void {
    const { target, contents } = this;
    for (const s of existingTarget?.data ?? []) {
      cells[target.dataCell + s] = contents.inOldTarget(s);
      if (!target.isRaw) cells[target.placeCell + Math.floor(s / target.clusterSectors)] = Place.own;
    }
  }

  /** A cancel waits for the point in time, and for whatever else it comes after; so does a pause. */
  #loadRequests(cells: Int32Array, scenario: Scenario): void {
    const { guest, cancel, cancelAfter = [], pause = false, resume = false, speed = 0 } = scenario;
    const followersOf = new Map<string, number[]>([['job', []], ...guest.map((g): [string, number[]] => [g.id, []])]);
    if (cancel) for (const id of ['job', ...cancelAfter]) followersOf.get(id)!.push(this.user.id);
    if (pause) followersOf.get('job')!.push(this.operator!.id);
    const blockers = blockersOf(guest);
    blockers.forEach((ids, i) => ids.forEach((id) => followersOf.get(id)!.push(this.guests[i]!.id)));
    let used = 0;
    const listFollowers = (id: string): { first: number; end: number } => {
      const first = used;
      for (const follower of followersOf.get(id)!) cells[this.#followers.cell + used++] = follower;
      return used === first ? { first: 0, end: 0 } : { first, end: used };
    };
    this.job.loadJob(cells, {
      unblocks: listFollowers('job'),
      onError: policiesOf(scenario),
      speed,
      operator: resume ? this.operator!.id : NOBODY,
    });
    this.operator?.loadOperator(cells, pause);
    this.user.loadCancel(cells, cancel, 1 + cancelAfter.length);
    guest.forEach((g, i) =>
      this.guests[i]!.loadRequest(cells, {
        kind: g.kind,
        first: g.first,
        end: g.first + g.count,
        origin: this.contents.byGuest(i, 0),
        blockers: blockers[i]!.length,
        unblocks: listFollowers(g.id),
      }),
    );
    if (used > this.shape.followers)
      throw new Error(`${used} followers in room for ${this.shape.followers}: the scenario is not of this shape`);
    for (const unused of this.guests.slice(guest.length)) unused.loadInto(cells, ENDED);
  }
}

/**
 * What each request waits for before it starts: those that it comes after, and the job's point in
 * time unless it may come early or waits for a request that waits for that.
 */
function blockersOf(guest: readonly GuestOperation[]): string[][] {
  const early = new Set(guest.filter((g) => g.early).map((g) => g.id));
  return guest.map((g) => (g.early || g.after.some((id) => !early.has(id)) ? [...g.after] : ['job', ...g.after]));
}

/** Whether whatever blocks a request also blocks every later one, as in a log of a real guest. A cancel may wait for long. */
function isBlockedInOrder({ guest }: Scenario): boolean {
  const all = new Map<string, Set<string>>();
  let before = new Set<string>();
  for (const g of guest) {
    const mine = new Set<string>(g.early ? [] : ['job']);
    for (const id of g.after) for (const earlier of [id, ...all.get(id)!]) mine.add(earlier);
    for (const id of before) if (!mine.has(id)) return false;
    all.set(g.id, mine);
    before = mine;
  }
  return true;
}
