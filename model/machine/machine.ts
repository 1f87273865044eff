/**
 * The machine that runs experiments. Scenarios of the same shape are loaded into the same machine one after the other, so
 * that what its engine has learned serves them all.
 */
import { Assembly } from './assembly.ts';
import type { BlockError } from '../block/errors.ts';
import type { GuestKind, GuestRequest } from '../block/guest.ts';
import { AmpleSteps } from '../families/notifier/ample-steps/ample-steps.ts';
import { CellRegions } from '../families/notifier/ample-steps/cell-regions.ts';
import { type Rules, rulesWithout } from '../families/notifier/rules.ts';
import type { Coroutine } from '../kernel/coroutine.ts';
import { type Engine, GeneratorEngine } from '../kernel/engine.ts';
import { LearnedTable, NO_FOOTPRINT } from '../kernel/learned-table.ts';
import { type Step, stepEnd } from '../kernel/step.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { orContractBroken } from './contract-broken.ts';
import { type DiskOfMachine, faultStruck, secondDisk } from './disk-of-machine.ts';
import { Independence } from './independence.ts';
import { loadScenario } from './load.ts';
import { replayContractOf } from './offered.ts';
import type { ReplayContract } from './replay-contract.ts';
import type { Retracing } from './retracing.ts';
import type { TwinMachine } from './twin-machine.ts';
import { Sampling } from './sampling.ts';
import type { Shape } from './shape.ts';

const SAMPLED_SECTORS_MAX = 64;

export class Machine extends Assembly implements TwinMachine, DiskOfMachine {
  #usesTable = false;
  #initial = new Int32Array(0);
  #scenario: Scenario | null = null;
  #generators: GeneratorEngine | null = null;
  #table: LearnedTable | null = null;
  #reducing: { readonly ample: AmpleSteps; readonly independence: Independence } | null = null;
  #engine: Engine | null = null;
  readonly #second: DiskOfMachine | null;
  /** For a custom job. */
  readonly #contract: ReplayContract | null;
  /** For a built-in job; null: none of its runs is compared yet. */
  #sampling: Sampling | null = null;

  /** @param rules those of the shape; a caller that notes which of them are asked passes an object that listens */
  constructor(shape: Shape, rules: Rules = rulesWithout(shape.without)) {
    super(shape, rules);
    const [, second] = this.backups;
    this.#second = second === undefined ? null : secondDisk(this, second);
    this.#contract = this.customCode === null ? null : replayContractOf(this.customCode, this, () => new Machine(shape));
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
    loadScenario(this, this.#initial.fill(0), scenario);
  }

  /**
   * Whether steps run from the learned table or as generators. The outcome is the same; the speed is not.
   * Of a custom job that is to be seen first, with the scenario that is loaded: call this between runs.
   */
  useTable(yes: boolean): void {
    if (yes && this.#contract !== null) {
      this.#engine = this.#contract.generators;
      this.#contract.generators.compareEnough();
    }
    if (yes) return this.useTableUncompared();
    this.#engine = this.#generators ??= new GeneratorEngine(this.coroutines);
    this.#usesTable = false;
  }

  /** For callers that compare, and for a built-in job. */
  useTableUncompared(): void {
    const table = (this.#table ??= this.#learn());
    this.#engine = this.#contract?.table(table) ?? table;
    this.#usesTable = true;
  }

  get usesTable(): boolean {
    return this.#usesTable;
  }

  /**
   * For runs that go from their beginning onwards: some are run the other way, too, and of a custom job all at first. Of
   * large disks none, unless it is a custom job: to learn their steps takes long.
   */
  compareRuns(): void {
    if (this.#contract !== null) this.#engine = this.#contract.compared(this.#usesTable);
    else if (this.shape.sectors <= SAMPLED_SECTORS_MAX) {
      this.#sampling ??= new Sampling(this, () => new Machine(this.shape));
      this.#engine = this.#sampling.of(this.#usesTable ? this.#table! : this.#generators!);
    }
  }

  /**
   * Runs the loaded scenario of a custom job so often by its generators, in whatever order. Some runs are
   * compared. Leaves the machine anywhere.
   */
  runOften(times: number): void {
    if (this.#contract === null) return;
    this.#engine = this.#contract.generators;
    this.#usesTable = false;
    for (let i = 0; i < times; i++) this.#contract.generators.runOnce();
  }

  /** For who wants to know of a state whether a custom job has come there by the replay contract; null: it is cowcheck's. */
  get retracing(): Retracing | null {
    return this.#contract?.retracing ?? null;
  }

  /** Where the author of a custom job has a coroutine wait in this step: file, line and column; null: that can't be told. */
  placeOf(id: number, step: Step): string | null {
    const { placeReached } = this.job;
    const table = this.#table;
    return placeReached === undefined || table === null ? null : placeReached(() => table.bringAgainTo(this.coroutines.byId(id), step));
  }

  #learn(): LearnedTable {
    const table = new LearnedTable(this.coroutines, stepEnd(Math.max(this.shape.sectors, 1) + this.clusterSectors));
    const regions = new CellRegions(this);
    this.#reducing = {
      ample: new AmpleSteps(this, regions, table.footprints, this.shape),
      independence: new Independence(this, regions, table.footprints),
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
    const contract = this.#contract;
    if (contract === null) return this.#table!.footprintOf(coroutine);
    const step = coroutine.pending;
    return orContractBroken(
      () => this.#table!.footprintOf(coroutine),
      () => contract.broken(id, step),
    );
  }

  /** Whether it is worth asking the following of a ready coroutine. */
  mayBeAmple(id: number): boolean {
    return this.#reducing!.ample.mayBe(this.coroutines.byId(id));
  }

  /** Whether a step with this footprint touches nothing but private cells of its own. */
  isLocal(footprint: number): boolean {
    return footprint === NO_FOOTPRINT;
  }

  /**
   * Whether nobody else could notice the step, here and now: as above, or by the protocol of copy-before-write,
   * which not every job keeps.
   */
  isAmple(id: number, footprint: number): boolean {
    if (!this.keepsProtocol) return this.isLocal(footprint);
    return this.#reducing!.ample.allows(this.coroutines.byId(id), footprint);
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
  /** Whether a request of the scenario goes to this disk. @param request counted from 0 */
  hasRequest(request: number): boolean {
    return !this.shape.onSecondDisk.includes(request);
  }
  /** The second disk; null: there is one. */
  get second(): DiskOfMachine | null {
    return this.#second;
  }
  /** The disk for which a coroutine works. A user at the monitor has to do with the first. */
  diskOf(coroutine: Coroutine): DiskOfMachine {
    if (this.#second === null) return this;
    const principal = this.coroutines.principalOf(coroutine);
    const guest = this.guestOf(principal);
    const isOfSecond = guest === null ? principal === this.#second.job : !this.hasRequest(guest.id - this.guests[0]!.id);
    return isOfSecond ? this.#second : this;
  }
  /** The fault that struck in the latest step, if one did. */
  faultStruck(): BlockError {
    return faultStruck(this.world, this.sourceFaults, this.targetFaults);
  }

  // Names, for traces and messages.

  /** `job`, `user`, `operator`, or the id of the guest request; of a task that and its own: `g1.t2`. */
  coroutineName(coroutine: Coroutine): string {
    const principal = this.coroutines.principalOf(coroutine);
    const guest = this.guestOf(principal);
    const name = guest === null ? principal.name : (this.scenario.guest[guest.id - this.guests[0]!.id]?.id ?? guest.name);
    return principal === coroutine ? name : `${name}.${coroutine.name}`;
  }
  contentName(content: number): string {
    return this.contents.print(
      content,
      this.scenario.guest.map((g) => g.id),
    );
  }
}
