/** For specs only: seeded choices, scenarios to start from, and ways to drive a machine by hand or at random. */
import seedrandom from 'seedrandom';
import { ERRNOS, SIDES } from './block/errors.ts';
import { FAULT_OPS, FAULT_TIMES_MAX, type Fault } from './block/faults.ts';
import { type GuestKind, hasRange } from './block/guest.ts';
import type { DiscardReads } from './block/image.ts';
import { SYNC_MODES, type SyncMode, syncOf } from './sync.ts';
import { ERROR_POLICIES } from './job/error-policy.ts';
import type { JobName, RuleName } from './machine/job-names.ts';
import type { Coroutine } from './kernel/coroutine.ts';
import type { WakeOrder } from './kernel/wake/orders.ts';
import { type At, ENDED, type Step, type StepName, defineStep } from './kernel/step.ts';
import type { Guard } from './kernel/guard.ts';
import type { World } from './kernel/world.ts';
import type { CustomJobFile } from './families/custom/file-name.ts';
import { Machine } from './machine/machine.ts';
import { shapeOf } from './machine/shape.ts';
import { meaning } from './meaning.ts';
import { plainTargetClusterSectors } from './scenario/plain-target.ts';
import type { GuestOperation, Scenario } from './scenario/scenario.ts';

/** A step that only one spec has, and that means no more than its name says. */
export const stepOfTest = (label: string, at: At, more: { guard?: Guard } = {}): StepName =>
  meaning(defineStep(label, at, more), { words: label });

/** One of `count` things, by its place. */
export type Pick = (count: number) => number;

/** The same text, the same choices. */
export function seeded(text: string): Pick {
  const random = seedrandom(text);
  return (count) => Math.floor(random() * count);
}

/** What looks on while a machine runs, such as the properties. */
export interface Observer<Broken> {
  begin(): void;
  after(coroutine: Coroutine, step: Step): Broken | null;
  end(): Broken | null;
}

/** A run from its first step to the first broken property, or until nothing can run. */
export function runToEnd<Broken>(machine: Machine, observer: Observer<Broken>, pick: Pick): { broken: Broken | null; steps: number } {
  machine.begin();
  observer.begin();
  return goOn(machine, observer, pick);
}

/** No run of a test is so long, unless it goes round in circles. */
const STEPS_MAX = 100_000;
const endless = (machine: Machine): string => `a run does not end: ${JSON.stringify(machine.scenario)}`;

/** So many more steps, from wherever the machine stands. What holds at the end is asked only there. */
export function goOn<Broken>(
  machine: Machine,
  observer: Observer<Broken>,
  pick: Pick,
  stepsMax = Infinity,
): { broken: Broken | null; steps: number } {
  const ready = new Int32Array(machine.coroutines.all.length);
  for (let steps = 0; ; steps++) {
    if (steps === stepsMax) return { broken: null, steps };
    if (steps === STEPS_MAX) throw new Error(endless(machine));
    const count = machine.ready(ready);
    if (count === 0) return { broken: observer.end(), steps };
    const coroutine = machine.coroutines.byId(ready[pick(count)]!);
    const step = coroutine.pending;
    machine.step(coroutine.id);
    const broken = observer.after(coroutine, step);
    if (broken !== null) return { broken, steps: steps + 1 };
  }
}

/** Nobody looks on. */
export const NOBODY = { begin: (): void => {}, after: (): null => null, end: (): null => null };

/** The ids of those who can run now. */
export function readyNow(machine: Machine): number[] {
  const ids = new Int32Array(machine.coroutines.all.length);
  return [...ids.subarray(0, machine.ready(ids))];
}

// Scenarios.

export const WAKES: readonly WakeOrder[] = ['any', 'qemu'];
export const EVERY_MODE_AND_WAKE = SYNC_MODES.flatMap((mode) => WAKES.map((wake) => ({ mode, wake })));

interface Setting {
  effects?: 'cluster' | 'sector';
  wake?: WakeOrder;
  without?: readonly RuleName[];
  /** Absent: the notifier's. */
  job?: JobName;
  customJob?: CustomJobFile;
}

/** A machine on which a scenario is about to be played by hand, under the eyes of an observer. */
export function staged<Broken, Look extends Observer<Broken>>(
  scenario: Scenario,
  observe: (machine: Machine) => Look & Observer<Broken>,
  setting: Setting & { table?: boolean } = {},
): { machine: Machine; observer: Look; player: Player<Broken> } {
  const machine = machineFor(scenario, setting);
  const observer = observe(machine);
  machine.load(scenario);
  machine.useTable(setting.table ?? false);
  return { machine, observer, player: new Player(machine, observer) };
}

export function machineFor(scenario: Scenario, { effects = 'cluster', wake = 'any', without = [], job, customJob }: Setting = {}): Machine {
  return new Machine(shapeOf(scenario, { effects, wake, without, requestsMin: 3, ...(job && { job }), ...(customJob && { customJob }) }));
}

/** A guest request for a range of sectors, after T0 and after nothing else. */
export function request(
  id: string,
  kind: GuestKind,
  [first, count]: readonly [number, number],
  more: { after?: string[]; early?: boolean } = {},
): GuestOperation {
  return { id, kind, first, count, after: more.after ?? [], early: more.early ?? false };
}

/** A small disk: clusters of two sectors, raw where the mode's target stands alone, else an overlay with clusters 0 and 2 allocated. */
export function smallScenario(
  mode: SyncMode,
  guest: readonly GuestOperation[],
  more: { sectors?: number; zero?: number[]; cancel?: boolean } = {},
): Scenario {
  const { sectors = 6, zero = [], cancel = !syncOf(mode).endsByItself } = more;
  const allocated = [0, 2].filter((c) => 2 * c < sectors);
  const overlay =
    syncOf(mode).beneath === 'nothing' ? {} : { overlay: { clusterSectors: 2, allocated, zeroClusters: [], baseSectors: sectors } };
  return {
    mode,
    disk: { sectors, clusterSectors: 2, zero, discardReads: 'zero', ...overlay },
    targetClusterSectors: plainTargetClusterSectors(mode, 2),
    guest,
    cancel,
  };
}

/** What scenarios for one machine have in common. */
export interface Layout {
  readonly mode: SyncMode;
  readonly sectors: number;
  readonly clusterSectors: number;
  /** The source's own clusters; 0: raw. */
  readonly sourceClusterSectors: number;
  /** Null: an overlay over nothing. */
  readonly baseSectors: number | null;
  readonly targetClusterSectors: number;
  readonly discardReads: DiscardReads;
  readonly effects: 'cluster' | 'sector';
  readonly throttled?: true;
  readonly copyOnRead?: true;
  readonly existingTarget?: { readonly sectors: number; readonly backed: boolean };
  /** Somebody pauses the job, or resumes it when it has stopped, or both. */
  readonly operator?: true;
  readonly faults?: true;
}

/**
 * Equal and unequal sizes of clusters, short last clusters, a short base and none, every kind of discard,
 * both grains; and then with limits, copy-on-read, faults, an operator, and targets that were there before:
 * as long as the source, shorter, longer, bare, with larger clusters.
 */
export const LAYOUTS: readonly Layout[] = [
  {
    mode: 'full',
    sectors: 6,
    clusterSectors: 2,
    sourceClusterSectors: 0,
    baseSectors: 0,
    targetClusterSectors: 0,
    discardReads: 'zero',
    effects: 'cluster',
  },
  {
    mode: 'full',
    sectors: 7,
    clusterSectors: 4,
    sourceClusterSectors: 2,
    baseSectors: 5,
    targetClusterSectors: 4,
    discardReads: 'backing',
    effects: 'sector',
  },
  {
    mode: 'full',
    sectors: 5,
    clusterSectors: 2,
    sourceClusterSectors: 4,
    baseSectors: 5,
    targetClusterSectors: 8,
    discardReads: 'old',
    effects: 'cluster',
  },
  {
    mode: 'full',
    sectors: 4,
    clusterSectors: 2,
    sourceClusterSectors: 0,
    baseSectors: 0,
    targetClusterSectors: 0,
    discardReads: 'zero',
    effects: 'sector',
    throttled: true,
    faults: true,
    operator: true,
    existingTarget: { sectors: 4, backed: false },
  },
  {
    mode: 'full',
    sectors: 8,
    clusterSectors: 2,
    sourceClusterSectors: 4,
    baseSectors: 5,
    targetClusterSectors: 2,
    discardReads: 'backing',
    effects: 'cluster',
    throttled: true,
    copyOnRead: true,
    faults: true,
  },
  {
    mode: 'full',
    sectors: 6,
    clusterSectors: 4,
    sourceClusterSectors: 2,
    baseSectors: null,
    targetClusterSectors: 2,
    discardReads: 'zero',
    effects: 'cluster',
    faults: true,
    operator: true,
    existingTarget: { sectors: 5, backed: true },
  },
  {
    mode: 'top',
    sectors: 6,
    clusterSectors: 2,
    sourceClusterSectors: 2,
    baseSectors: 6,
    targetClusterSectors: 2,
    discardReads: 'zero',
    effects: 'cluster',
  },
  {
    mode: 'top',
    sectors: 7,
    clusterSectors: 4,
    sourceClusterSectors: 2,
    baseSectors: 5,
    targetClusterSectors: 8,
    discardReads: 'backing',
    effects: 'sector',
  },
  {
    mode: 'top',
    sectors: 9,
    clusterSectors: 2,
    sourceClusterSectors: 4,
    baseSectors: 8,
    targetClusterSectors: 2,
    discardReads: 'ignored',
    effects: 'cluster',
  },
  {
    mode: 'top',
    sectors: 6,
    clusterSectors: 4,
    sourceClusterSectors: 2,
    baseSectors: 5,
    targetClusterSectors: 4,
    discardReads: 'backing',
    effects: 'cluster',
    throttled: true,
    copyOnRead: true,
    faults: true,
    operator: true,
  },
  {
    mode: 'top',
    sectors: 5,
    clusterSectors: 2,
    sourceClusterSectors: 2,
    baseSectors: null,
    targetClusterSectors: 2,
    discardReads: 'zero',
    effects: 'sector',
    faults: true,
    existingTarget: { sectors: 7, backed: true },
  },
  {
    mode: 'top',
    sectors: 10,
    clusterSectors: 2,
    sourceClusterSectors: 2,
    baseSectors: 9,
    targetClusterSectors: 4,
    discardReads: 'backing',
    effects: 'sector',
    faults: true,
    operator: true,
    existingTarget: { sectors: 10, backed: false },
  },
  {
    mode: 'none',
    sectors: 6,
    clusterSectors: 2,
    sourceClusterSectors: 0,
    baseSectors: 0,
    targetClusterSectors: 2,
    discardReads: 'zero',
    effects: 'cluster',
  },
  {
    mode: 'none',
    sectors: 7,
    clusterSectors: 4,
    sourceClusterSectors: 2,
    baseSectors: 5,
    targetClusterSectors: 8,
    discardReads: 'backing',
    effects: 'sector',
  },
  {
    mode: 'none',
    sectors: 9,
    clusterSectors: 4,
    sourceClusterSectors: 4,
    baseSectors: 8,
    targetClusterSectors: 2,
    discardReads: 'old',
    effects: 'cluster',
  },
  {
    mode: 'none',
    sectors: 8,
    clusterSectors: 2,
    sourceClusterSectors: 4,
    baseSectors: 7,
    targetClusterSectors: 2,
    discardReads: 'zero',
    effects: 'sector',
    throttled: true,
    copyOnRead: true,
    faults: true,
    operator: true,
  },
  {
    mode: 'none',
    sectors: 5,
    clusterSectors: 2,
    sourceClusterSectors: 0,
    baseSectors: 0,
    targetClusterSectors: 1,
    discardReads: 'zero',
    effects: 'cluster',
    faults: true,
    existingTarget: { sectors: 3, backed: true },
  },
  {
    mode: 'none',
    sectors: 10,
    clusterSectors: 2,
    sourceClusterSectors: 2,
    baseSectors: 10,
    targetClusterSectors: 4,
    discardReads: 'backing',
    effects: 'cluster',
    throttled: true,
    operator: true,
    existingTarget: { sectors: 10, backed: false },
  },
];
export const layoutsOf = (mode: SyncMode): Layout[] => LAYOUTS.filter((l) => l.mode === mode);

const KINDS: readonly GuestKind[] = ['write', 'write', 'write', 'zero', 'discard', 'read', 'flush', 'savevm'];
const KINDS_WITH_READER: readonly GuestKind[] = [...KINDS, 'readT0', 'readT0'];

/** Whether a reader of the point in time has what it reads from. */
const mayReadT0 = ({ mode, existingTarget }: Layout): boolean => syncOf(mode).readableWhileRunning && existingTarget?.backed !== false;

/**
 * Any disk content, allocation, up to three guest requests in any order, early ones among them, maybe a cancel, and
 * whatever else the layout has.
 */
export function randomScenario(
  layout: Layout,
  pick: Pick,
  kinds: readonly GuestKind[] = mayReadT0(layout) ? KINDS_WITH_READER : KINDS,
): Scenario {
  const {
    mode,
    sectors,
    clusterSectors,
    sourceClusterSectors,
    baseSectors,
    targetClusterSectors,
    discardReads,
    throttled,
    copyOnRead,
    existingTarget,
  } = layout;
  const some = (count: number, outOf: number): number[] => Array.from({ length: count }, (_, i) => i).filter(() => pick(outOf) === 0);
  const zero = some(sectors, 4);
  if (zero.length === 0 || zero.length === sectors) zero.splice(0, sectors, pick(sectors)); // some of each
  const clusters = sourceClusterSectors === 0 ? 0 : Math.ceil(sectors / sourceClusterSectors);
  const allocated = some(clusters, 2);
  const zeroClusters = some(clusters, 4).filter((c) => !allocated.includes(c));
  const overlay =
    sourceClusterSectors === 0 ? {} : { overlay: { clusterSectors: sourceClusterSectors, allocated, zeroClusters, baseSectors } };
  const guest: GuestOperation[] = [];
  for (let i = 0, count = 1 + pick(3); i < count; i++) {
    const kind = kinds[pick(kinds.length)]!;
    const first = pick(sectors);
    const length = !hasRange(kind) ? 0 : 1 + pick(Math.min(sectors - first, 2 * clusterSectors));
    const after = guest.map((g) => g.id).filter(() => pick(4) === 0);
    guest.push(
      request(`g${i + 1}`, kind, [hasRange(kind) ? first : 0, length], {
        after,
        early: kind !== 'readT0' && after.length === 0 && pick(5) === 0,
      }),
    );
  }
  const cancel = !syncOf(mode).endsByItself ? pick(10) > 0 : pick(3) === 0;
  const cancelAfter = cancel
    ? guest
        .map((g) => g.id)
        .filter(() => pick(4) === 0)
        .slice(0, 2)
    : [];
  return {
    mode,
    disk: { sectors, clusterSectors, zero, discardReads, ...overlay, ...(throttled && { throttled }), ...(copyOnRead && { copyOnRead }) },
    targetClusterSectors,
    ...(existingTarget && {
      existingTarget: {
        ...existingTarget,
        data: pick(syncOf(mode).beneath === 'nothing' ? 2 : 4) === 0 ? some(existingTarget.sectors, 2) : [],
      },
    }),
    guest,
    cancel,
    cancelAfter,
    ...(pick(3) === 0 && { speed: 1 + pick(2 * clusterSectors) }),
    ...(layout.operator && anyOperator(pick)),
    ...(layout.faults && {
      onError: { source: any(ERROR_POLICIES, pick), target: any(ERROR_POLICIES, pick) },
      faults: anyFaults(layout, pick),
    }),
  };
}

const any = <Thing>(things: readonly Thing[], pick: Pick): Thing => things[pick(things.length)]!;

const anyOperator = (pick: Pick): { pause: boolean; resume: boolean } =>
  any(
    [
      { pause: true, resume: false },
      { pause: false, resume: true },
      { pause: true, resume: true },
    ],
    pick,
  );

/** One to three. */
function anyFaults({ sectors, clusterSectors }: Layout, pick: Pick): Fault[] {
  const faults = new Map<string, Fault>();
  for (let left = 1 + pick(3); left > 0; left--) {
    const side = any(SIDES, pick);
    const op = any(side === 'source' ? FAULT_OPS : FAULT_OPS.filter((each) => each !== 'ask'), pick);
    const cluster = pick(Math.ceil(sectors / clusterSectors));
    faults.set(`${side} ${op} ${cluster}`, { side, op, cluster, errno: any(ERRNOS, pick), times: 1 + pick(FAULT_TIMES_MAX) });
  }
  return [...faults.values()];
}

// By hand.

/** Runs the steps that a test names, in the words of a trace. */
export class Player<Broken> {
  /** The first property that broke. Nothing is played after it. */
  broken: Broken | null = null;
  readonly #machine: Machine;
  readonly #observer: Observer<Broken>;
  readonly #ready: Int32Array;
  #spoil: ((world: World) => void) | null = null;
  #steps = 0;

  constructor(machine: Machine, observer: Observer<Broken>) {
    this.#machine = machine;
    this.#observer = observer;
    this.#ready = new Int32Array(machine.coroutines.all.length);
    machine.begin();
    observer.begin();
  }

  /**
   * `g1: copy.read c0` runs this step, which must come next; `g1: ... copy.read c0` runs g1 up to and with it;
   * `g1: ...` runs g1 until it ends or can't go on. Lines after a broken property are not played.
   */
  play(...lines: string[]): Broken | null {
    for (const line of lines) {
      const [who, what] = line.split(': ') as [string, string];
      const coroutine = this.#named(who);
      if (what === '...') while (this.#canRun(coroutine)) this.#step(coroutine);
      else if (what.startsWith('... ')) this.#through(coroutine, what.slice(4));
      else this.#exactly(coroutine, what);
    }
    return this.broken;
  }

  /** Runs everything else, by default the first ready coroutine each time, and asks what holds at the end. */
  finish(pick: Pick = () => 0): Broken | null {
    for (let count = this.#count(); count > 0 && this.broken === null; count = this.#count()) {
      this.#step(this.#machine.coroutines.byId(this.#ready[pick(count)]!));
    }
    return (this.broken ??= this.#observer.end());
  }

  /** Plays one line, and changes cells behind the model's back before the observer looks. */
  playSpoiled(line: string, change: (world: World) => void): Broken | null {
    this.#spoil = change;
    return this.play(line);
  }

  /** Changes cells behind the model's back, in a step that is nobody's, and lets the observer look. */
  spoil(change: (world: World) => void): Broken | null {
    this.#machine.world.beginStep();
    this.#change(change);
    return (this.broken ??= this.#observer.after(this.#machine.job, ENDED));
  }

  #through(coroutine: Coroutine, what: string): void {
    while (this.broken === null && this.#nameOf(coroutine) !== what) {
      if (!this.#canRun(coroutine)) throw new Error(`${coroutine.name} can't reach "${what}": it is at "${this.#nameOf(coroutine)}"`);
      this.#step(coroutine);
    }
    if (this.broken === null) this.#exactly(coroutine, what);
  }

  #exactly(coroutine: Coroutine, what: string): void {
    if (this.broken !== null) return;
    if (this.#nameOf(coroutine) !== what) throw new Error(`${coroutine.name} is not at "${what}" but at "${this.#nameOf(coroutine)}"`);
    if (!this.#canRun(coroutine)) throw new Error(`${coroutine.name} can't run "${what}" now`);
    this.#step(coroutine);
  }

  #step(coroutine: Coroutine): void {
    if (++this.#steps > STEPS_MAX) throw new Error(endless(this.#machine));
    const step = coroutine.pending;
    this.#machine.step(coroutine.id);
    if (this.#spoil !== null) this.#change(this.#spoil);
    this.#spoil = null;
    this.broken = this.#observer.after(coroutine, step);
  }

  #change(change: (world: World) => void): void {
    change(this.#machine.world);
    this.#machine.coroutines.forgetReady();
  }

  #canRun(coroutine: Coroutine): boolean {
    return this.broken === null && this.#ready.subarray(0, this.#count()).includes(coroutine.id);
  }
  #count(): number {
    return this.#machine.ready(this.#ready);
  }
  #named(who: string): Coroutine {
    const found = this.#machine.coroutines.all.find((c) => this.#machine.coroutineName(c) === who);
    if (found === undefined) throw new Error(`nobody is named ${who}`);
    return found;
  }
  #nameOf(coroutine: Coroutine): string {
    return this.#machine.stepName(coroutine.pending);
  }
}

// Cells.

const rangesOf = new WeakMap<World, Map<string, number[]>>();

/** The cells of a named range, for what the model does not show to observers. */
export function cellsNamed(world: World, name: string): readonly number[] {
  let ranges = rangesOf.get(world);
  if (ranges === undefined) {
    rangesOf.set(world, (ranges = new Map()));
    for (const cell of world.cells.keys()) {
      const range = world.describe(cell).replace(/\[\d+\]$/, '');
      ranges.set(range, [...(ranges.get(range) ?? []), cell]);
    }
  }
  const cells = ranges.get(name);
  if (cells === undefined) throw new Error(`no cells are named ${name}`);
  return cells;
}

/** The first cell in which two worlds of the same layout differ, in words; null if there is none. */
export function firstDifference(a: World, b: World): string | null {
  const { cells } = a;
  for (let i = 0; i < cells.length; i++) if (cells[i] !== b.cells[i]) return `${a.describe(i)}: ${cells[i]} and ${b.cells[i]}`;
  return null;
}
