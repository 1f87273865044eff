/** What a search relies on: cells that say all, and steps whose cells say whom they concern (design: engine.md, section 4). */
import { describe, expect, it } from 'vitest';
import { sized } from '../../tools/nightly/testing.ts';
import type { Fault } from '../block/faults.ts';
import type { SyncMode } from '../sync.ts';
import type { ErrorPolicies } from '../job/error-policy.ts';
import { JobState } from '../job/job-status.ts';
import type { Coroutine } from '../kernel/coroutine.ts';
import type { WakeOrder } from '../kernel/wake/orders.ts';
import { ENDED } from '../kernel/step.ts';
import type { World } from '../kernel/world.ts';
import type { Recorder } from '../kernel/recorder.ts';
import type { Machine } from './machine.ts';
import type { Scenario } from '../scenario/scenario.ts';
import {
  EVERY_MODE_AND_WAKE,
  LAYOUTS,
  NOBODY,
  WAKES,
  cellsNamed,
  layoutsOf,
  machineFor,
  randomScenario,
  readyNow,
  request,
  runToEnd,
  seeded,
  smallScenario,
  staged,
} from '../testing.ts';

/** The cell of a slot that says whether somebody has woken it. */
const WOKEN = 2;

const keyOf = ({ low, high }: { low: number; high: number }): number => (low >>> 0) * 2 ** 21 + (high >>> 11);

describe('equal fingerprints', () => {
  /** Scenarios of one shape, so that their cells may become equal: other kinds, ranges, cancels. */
  function alike(mode: SyncMode): Scenario[] {
    const [write, zero] = [request('g1', 'write', [0, 2]), request('g1', 'zero', [0, 2])];
    const guests = [
      [write],
      [zero],
      [request('g1', 'discard', [0, 2])],
      [write, request('g2', 'write', [1, 2])],
      [zero, request('g2', 'discard', [2, 2], { after: ['g1'] })],
      [{ ...write, early: true }],
      [request('g1', 'read', [0, 3])],
    ];
    return guests.flatMap((guest) => [false, true].map((cancel) => smallScenario(mode, guest, { sectors: 4, cancel })));
  }

  /** The same on a throttled disk that copies on read and fails, with an operator, a speed and policies. */
  function alikeInTrouble(mode: SyncMode): Scenario[] {
    const plain = smallScenario(mode, [], { sectors: 4 });
    const overlay = { clusterSectors: 2, allocated: [0], zeroClusters: [], baseSectors: 4 };
    const [write, read] = [request('g1', 'write', [0, 2]), request('g1', 'read', [1, 3])];
    const guests = [
      [write],
      [read],
      [read, request('g2', 'write', [2, 2])],
      ...(mode === 'none' ? [[request('g1', 'readT0', [0, 4]), request('g2', 'write', [2, 2])]] : []),
    ];
    const operators = [{ pause: true }, { resume: true }];
    const faults: Fault[][] = [
      [{ side: 'source', op: 'read', cluster: 0, errno: 'EIO', times: 1 }],
      [{ side: 'target', op: 'write', cluster: 0, errno: 'ENOSPC', times: 2 }],
    ];
    const onError: ErrorPolicies = { source: 'ignore', target: 'stop' };
    return guests.flatMap((guest) =>
      operators.flatMap((operator) =>
        faults.map((plan) => ({
          ...plain,
          guest,
          ...operator,
          faults: plan,
          onError,
          speed: 2,
          cancel: true,
          disk: { ...plain.disk, overlay, throttled: true, copyOnRead: true },
        })),
      ),
    );
  }

  describe.each([
    { what: 'a healthy disk', scenariosOf: alike, runs: sized(250, 1_500), collisionsMin: sized(500, 5_000), futuresMin: sized(40, 250) },
    {
      what: 'a disk in trouble',
      scenariosOf: alikeInTrouble,
      runs: sized(150, 800),
      collisionsMin: sized(200, 1_500),
      futuresMin: sized(25, 150),
    },
  ])('of $what', ({ scenariosOf, runs, collisionsMin, futuresMin }) => {
    it.each(EVERY_MODE_AND_WAKE)('mean the same ready steps and the same future: mode $mode, wake order $wake', ({ mode, wake }) => {
      const scenarios = scenariosOf(mode);
      const pick = seeded(`futures ${mode} ${wake}`);
      const [here, there] = [machineFor(scenarios[0]!, { wake }), machineFor(scenarios[0]!, { wake })];
      // Generators on both sides: the table goes by the cells alone, so it could not show that something is missing from them.
      for (const machine of [here, there]) {
        machine.load(scenarios[0]!);
        machine.world.track();
      }
      const firstWay = new Map<number, { scenario: Scenario; ids: readonly number[] }>();
      let collisions = 0;
      let futures = 0;
      for (let run = 0; run < runs; run++) {
        const scenario = scenarios[pick(scenarios.length)]!;
        here.load(scenario);
        here.begin();
        const ids: number[] = [];
        let followed = false;
        for (;;) {
          const key = keyOf(here.world.fingerprint());
          const other = firstWay.get(key);
          if (other === undefined) firstWay.set(key, { scenario, ids: [...ids] });
          else if (other.scenario !== scenario || other.ids.join() !== ids.join()) {
            collisions++;
            if (!followed && pick(8) === 0) {
              followed = true;
              futures++;
              there.load(other.scenario);
              there.begin();
              for (const id of other.ids) there.step(id);
            }
          }
          const ready = readyNow(here);
          if (followed) {
            expect(there.world.fingerprint()).toEqual(here.world.fingerprint());
            expect(readyNow(there)).toEqual(ready);
          }
          if (ready.length === 0) break;
          const id = ready[pick(ready.length)]!;
          ids.push(id);
          here.step(id);
          if (followed) there.step(id);
        }
      }
      expect(collisions).toBeGreaterThan(collisionsMin);
      expect(futures).toBeGreaterThan(futuresMin);
    });
  });

  it('are kept up to date by every step, in every mode and with either engine', () => {
    const pick = seeded('recount');
    for (const layout of LAYOUTS) {
      const machine = machineFor(randomScenario(layout, pick), { effects: layout.effects });
      const look = { ...NOBODY, after: () => (expect(machine.world.fingerprint()).toEqual(machine.world.recountFingerprint()), null) };
      for (let run = 0; run < 20; run++) {
        machine.load(randomScenario(layout, pick));
        machine.useTable(run % 2 === 1);
        machine.world.track();
        runToEnd(machine, look, pick);
      }
    }
  });
});

/** Which cells a step reads and writes, from a recorder that lets it work on the world meanwhile. */
class Footprint implements Recorder {
  readonly reads = new Set<number>();
  readonly writes = new Set<number>();
  readonly #world: World;

  /** The scheduler's looks and writes belong to it: whether the step is ready, and which comes next. */
  constructor(machine: Machine, coroutine: Coroutine) {
    this.#world = machine.world;
    const [pending, woken] = [coroutine.slot, coroutine.slot + WOKEN];
    for (const cell of [pending, woken, coroutine.blockersCell, ...cellsNamed(machine.world, 'runQueue')]) this.reads.add(cell);
    this.writes.add(pending);
  }

  read(cell: number): number {
    this.reads.add(cell);
    return this.#world.cells[cell]!;
  }
  isZero(cell: number): boolean {
    return this.read(cell) === 0;
  }
  same(a: number, b: number): boolean {
    return this.read(a) === this.read(b);
  }
  isBelow(cell: number, bound: number): boolean {
    return this.read(cell) < bound;
  }
  write(cell: number, value: number): void {
    this.writes.add(cell);
    this.#world.store(cell, value);
  }
  move(to: number, from: number, plus: number): void {
    this.write(to, this.read(from) + plus);
  }

  isDisjointFrom(other: Footprint): boolean {
    const touches = (writes: Set<number>, by: Footprint): boolean => [...writes].some((cell) => by.reads.has(cell) || by.writes.has(cell));
    return !touches(this.writes, other) && !touches(other.writes, this);
  }
}

describe('steps of two coroutines', () => {
  /** After these steps, runs one coroutine with its footprint noted, then the other. */
  function runBoth(
    machine: Machine,
    prefix: readonly number[],
    first: number,
    second: number,
  ): { cells: Int32Array | null; footprint: Footprint } {
    machine.begin();
    for (const id of prefix) machine.step(id);
    const footprint = new Footprint(machine, machine.coroutines.byId(first));
    machine.world.recorder = footprint;
    machine.step(first);
    machine.world.recorder = null;
    if (!readyNow(machine).includes(second)) return { cells: null, footprint };
    machine.step(second);
    return { cells: machine.world.cells.slice(), footprint };
  }

  it.each(EVERY_MODE_AND_WAKE)('commute if their footprints are disjoint: mode $mode, wake order $wake', ({ mode, wake }) => {
    const pick = seeded(`commute ${mode} ${wake}`);
    let disjoint = 0;
    let orderMatters = 0;
    for (const layout of layoutsOf(mode)) {
      const machine = machineFor(randomScenario(layout, pick), { effects: layout.effects, wake });
      for (let run = 0; run < sized(80, 500); run++) {
        machine.load(randomScenario(layout, pick));
        machine.begin();
        const prefix: number[] = [];
        const places: number[] = [];
        for (let ready = readyNow(machine); ready.length > 0; ready = readyNow(machine)) {
          if (ready.length > 1) places.push(prefix.length);
          prefix.push(ready[pick(ready.length)]!);
          machine.step(prefix.at(-1)!);
        }
        if (places.length === 0) continue;
        prefix.length = places[pick(places.length)]!;
        machine.begin();
        for (const id of prefix) machine.step(id);
        const ready = readyNow(machine);
        const a = ready.splice(pick(ready.length), 1)[0]!;
        const b = ready[pick(ready.length)]!;

        const [ab, ba] = [runBoth(machine, prefix, a, b), runBoth(machine, prefix, b, a)];
        const commute = ab.cells !== null && ba.cells !== null && ab.cells.every((value, cell) => value === ba.cells![cell]);
        if (!commute) orderMatters++;
        if (!ab.footprint.isDisjointFrom(ba.footprint)) continue;
        disjoint++;
        expect(commute).toBe(true);
      }
    }
    expect(disjoint).toBeGreaterThan(sized(50, 300));
    expect(orderMatters).toBeGreaterThan(sized(5, 20)); // or this test would see nothing
  });
});

describe('dead cells', () => {
  // Cells of the job, by their place in its slot from behind: those that its scenario fills and nothing changes
  // (whom T0 unblocks, both policies, the speed, the operator), and those that its status tells, too (cancelled, its result).
  const JOB_CELLS = 11;
  const JOB_LOADED = [0, 1, 6, 7, 8, 10];
  const JOB_TOLD = [2, 5];
  const cellOfJob = ({ job }: Machine, n: number): number => job.slot + job.slotCells - JOB_CELLS + n;

  /**
   * No state counts twice for these: who it is, of what kind, what it was asked for, what a user without a cancel waits
   * for, what the status tells.
   */
  const countsOnce = (machine: Machine, { selfCell, blockersCell }: Coroutine): number[] => {
    const { user, scenario } = machine;
    return [
      selfCell,
      blockersCell + 1,
      ...[...JOB_LOADED, ...JOB_TOLD].map((n) => cellOfJob(machine, n)),
      ...(scenario.cancel ? [] : [user.blockersCell]),
    ];
  };

  const NOBODY_LEFT = [
    'runQueue',
    'inFlight',
    'copies.readers',
    'copies.writers',
    'source.requests',
    'source.idle',
    'target.requests',
    'target.idle',
  ];
  const NOBODY_QUEUED = ['source.throttle.busy', 'source.throttle.queue'];
  const NOBODY_READING = ['source.tracked', 'source.copyingReads'];

  /** Cells that hold something though nobody will ever look at them again. */
  function leftAtTheEnd(machine: Machine): number[] {
    const { cells } = machine.world;
    const left: number[] = [];
    for (const coroutine of machine.coroutines.all) {
      if (!coroutine.hasEnded) continue;
      const once = countsOnce(machine, coroutine);
      for (let cell = coroutine.slot; cell < coroutine.slot + coroutine.slotCells; cell++)
        if (cells[cell] !== 0 && !once.includes(cell)) left.push(cell);
    }
    const { throttled, copyOnRead } = machine.shape;
    const names = [...NOBODY_LEFT, ...(throttled ? NOBODY_QUEUED : []), ...(copyOnRead ? NOBODY_READING : [])];
    return [...left, ...names.flatMap((name) => cellsNamed(machine.world, name)).filter((cell) => cells[cell] !== 0)];
  }

  it.each(EVERY_MODE_AND_WAKE)('are reset: nothing of a request is left at the end: mode $mode, wake order $wake', ({ mode, wake }) => {
    const pick = seeded(`dead ${mode} ${wake}`);
    let ended = 0;
    for (const layout of layoutsOf(mode)) {
      const machine = machineFor(randomScenario(layout, pick), { effects: layout.effects, wake });
      for (let run = 0; run < sized(30, 150); run++) {
        machine.load(randomScenario(layout, pick));
        machine.useTable(true);
        runToEnd(machine, NOBODY, pick);
        ended += machine.coroutines.all.filter((c) => c.hasEnded).length;
        expect(leftAtTheEnd(machine).map((cell) => machine.world.describe(cell))).toEqual([]);
        if (!machine.job.hasEnded) continue;
        const { job } = machine;
        expect(job.isCancelledSeen).toBe(job.status.stateSeen === JobState.cancelled);
        expect(job.resultSeen).toBe(job.status.errorSeen);
      }
    }
    expect(ended).toBeGreaterThan(sized(300, 1_000));
  });

  const ended = (scenario: Scenario, ...lines: string[]): string[] => {
    const { machine, player } = staged(scenario, () => NOBODY);
    player.play(...lines);
    player.finish();
    return leftAtTheEnd(machine).map((cell) => machine.world.describe(cell));
  };

  it('of a read are reset when a later run of it fails', () => {
    // Cluster 0 is the overlay's, cluster 1 its backing file's.
    const scenario = smallScenario('top', [request('g1', 'read', [0, 4])], { sectors: 4 });
    expect(
      ended({ ...scenario, faults: [{ side: 'source', op: 'read', cluster: 1, errno: 'EIO', times: 1 }] }, 'job: start', 'g1: ...'),
    ).toEqual([]);
  });

  it('of a job are reset when it ends: a pause that came too late', () => {
    const scenario: Scenario = { ...smallScenario('full', [], { sectors: 2 }), pause: true };
    expect(ended(scenario, 'job: ... copy.done c0', 'operator: pause', 'job: ...')).toEqual([]);
  });

  it('of a job are reset when it ends: what it has copied in this slice of time', () => {
    expect(ended({ ...smallScenario('full', [], { sectors: 2 }), speed: 4 })).toEqual([]);
  });
});

describe('search', () => {
  interface Found {
    readonly states: Set<number>;
    readonly ends: Set<string>;
  }

  /** Depth first, with the table and undo, no state twice. */
  function withUndo(scenario: Scenario, wake: WakeOrder): Found {
    const machine = machineFor(scenario, { wake });
    machine.load(scenario);
    machine.useTable(true);
    machine.begin();
    machine.world.track();
    const found: Found = { states: new Set(), ends: new Set() };
    const visit = (): void => {
      const key = keyOf(machine.world.fingerprint());
      if (found.states.has(key)) return;
      found.states.add(key);
      const ready = readyNow(machine);
      if (ready.length === 0) found.ends.add(machine.world.cells.join());
      for (const id of ready) {
        const mark = machine.world.undoMark();
        machine.step(id);
        visit();
        machine.world.undoTo(mark);
        machine.coroutines.forgetReady();
      }
    };
    visit();
    return found;
  }

  /** Every schedule with generators, each from the start, and nothing remembered from one to the next but which comes next. */
  function byRunningAgain(scenario: Scenario, wake: WakeOrder): Found & { schedules: number } {
    const machine = machineFor(scenario, { wake });
    machine.load(scenario);
    const found = { states: new Set<number>(), ends: new Set<string>(), schedules: 0 };
    const choices: { place: number; count: number }[] = [];
    const ready = new Int32Array(machine.coroutines.all.length);
    do {
      machine.begin();
      machine.world.track();
      found.schedules++;
      for (let depth = 0; ; depth++) {
        found.states.add(keyOf(machine.world.fingerprint()));
        const count = machine.ready(ready);
        if (count === 0) break;
        const choice = (choices[depth] ??= { place: 0, count });
        machine.step(ready[choice.place]!);
      }
      found.ends.add(machine.world.cells.join());
      while (choices.length > 0 && choices.at(-1)!.place + 1 === choices.at(-1)!.count) choices.pop();
      if (choices.length > 0) choices.at(-1)!.place++;
    } while (choices.length > 0);
    return found;
  }

  const oneWrite = [request('g1', 'write', [0, 1])];
  const twoWrites = [...oneWrite, request('g2', 'write', [0, 1])];
  const wideWrite = [request('g1', 'write', [0, 2])];
  const TWO_WRITES = 'FULL, 1 cluster, 2 writes';
  const SCOPES: Record<string, { scenario: Scenario; golden: Record<WakeOrder, { states: number; ends: number; schedules: number }> }> = {
    'FULL, 1 cluster, 1 write, a cancel': {
      scenario: tiny('full', 1, oneWrite, true),
      golden: { any: { states: 126, ends: 3, schedules: 828 }, qemu: { states: 114, ends: 3, schedules: 212 } },
    },
    'FULL, 2 clusters, 1 write': {
      scenario: tiny('full', 2, oneWrite),
      golden: { any: { states: 95, ends: 1, schedules: 3487 }, qemu: { states: 81, ends: 1, schedules: 1939 } },
    },
    'FULL, 2 clusters, 1 write over both': {
      scenario: tiny('full', 2, wideWrite),
      golden: { any: { states: 113, ends: 1, schedules: 686 }, qemu: { states: 95, ends: 1, schedules: 164 } },
    },
    [TWO_WRITES]: {
      scenario: tiny('full', 1, twoWrites),
      golden: { any: { states: 295, ends: 2, schedules: 83_902 }, qemu: { states: 224, ends: 2, schedules: 6358 } },
    },
    'TOP, 1 cluster, 1 write': {
      scenario: tiny('top', 1, oneWrite),
      golden: { any: { states: 64, ends: 1, schedules: 175 }, qemu: { states: 58, ends: 1, schedules: 76 } },
    },
    'NONE, 2 clusters, 1 write over both, a cancel': {
      scenario: tiny('none', 2, wideWrite, true),
      golden: { any: { states: 73, ends: 2, schedules: 536 }, qemu: { states: 69, ends: 2, schedules: 23 } },
    },
    'FULL, 1 cluster, 1 write, I/O limits': {
      scenario: throttled(tiny('full', 1, oneWrite)),
      golden: { any: { states: 77, ends: 1, schedules: 223 }, qemu: { states: 65, ends: 1, schedules: 52 } },
    },
    'NONE, 1 cluster, 1 read that copies up, 1 write': {
      scenario: copyingOnRead(tiny('none', 1, [...oneWrite, request('g2', 'read', [0, 1])])),
      golden: { any: { states: 50, ends: 1, schedules: 17 }, qemu: { states: 50, ends: 1, schedules: 17 } },
    },
    'FULL, 1 cluster, a store that fails, 1 write, a job that stops and is resumed': {
      scenario: stopping(tiny('full', 1, oneWrite)),
      golden: { any: { states: 109, ends: 2, schedules: 916 }, qemu: { states: 95, ends: 2, schedules: 102 } },
    },
    'NONE, 1 cluster, 1 write, a reader of the point in time': {
      scenario: tiny('none', 1, [...oneWrite, request('g2', 'readT0', [0, 1])]),
      golden: { any: { states: 52, ends: 1, schedules: 249 }, qemu: { states: 49, ends: 1, schedules: 159 } },
    },
    'NONE, 1 cluster, 1 write, a cancel': {
      scenario: tiny('none', 1, oneWrite, true),
      golden: { any: { states: 49, ends: 2, schedules: 151 }, qemu: { states: 46, ends: 2, schedules: 15 } },
    },
  };

  /** Clusters of one sector: as small as a disk can be. */
  function tiny(mode: SyncMode, sectors: number, guest: Scenario['guest'], cancel = false): Scenario {
    const overlay = mode === 'full' ? {} : { overlay: { clusterSectors: 1, allocated: [0], zeroClusters: [], baseSectors: sectors } };
    return {
      mode,
      disk: { sectors, clusterSectors: 1, zero: [sectors - 1], discardReads: 'zero', ...overlay },
      targetClusterSectors: mode === 'full' ? 0 : 1,
      guest,
      cancel,
    };
  }

  function throttled(scenario: Scenario): Scenario {
    return { ...scenario, disk: { ...scenario.disk, throttled: true } };
  }
  /** Nothing is allocated yet. */
  function copyingOnRead(scenario: Scenario): Scenario {
    const { disk } = scenario;
    return { ...scenario, disk: { ...disk, copyOnRead: true, overlay: { ...disk.overlay!, allocated: [] } } };
  }
  function stopping(scenario: Scenario): Scenario {
    return {
      ...scenario,
      faults: [{ side: 'target', op: 'write', cluster: 0, errno: 'ENOSPC', times: 1 }],
      onError: { source: 'report', target: 'stop' },
      resume: true,
    };
  }

  describe.each(Object.keys(SCOPES))('%s', (name) => {
    const { scenario, golden } = SCOPES[name]!;
    // Two guests' writes in any order of wakes come to 200 times the schedules of the others.
    it.each(name === TWO_WRITES ? sized(WAKES.slice(1), WAKES) : WAKES)(
      'finds the same states and the same ends with undo over the table as by running generators again (wake order %s)',
      (wake) => {
        const undo = withUndo(scenario, wake);
        const again = byRunningAgain(scenario, wake);
        expect(undo.ends).toEqual(again.ends);
        expect(undo.states).toEqual(again.states);
        expect({ states: undo.states.size, ends: undo.ends.size, schedules: again.schedules }).toEqual(golden[wake]);
      },
    );
  });

  it.each([
    { mode: 'full', any: 677, qemu: 494 },
    { mode: 'top', any: 914, qemu: 794 },
    { mode: 'none', any: 459, qemu: 382 },
  ] as const)('knows how many states there are with 2 clusters of 2 sectors and 2 writes that meet: mode $mode', ({ mode, ...golden }) => {
    const second = mode === 'full' ? [0, 1] : [3, 1];
    const scenario = smallScenario(mode, [request('g1', 'write', [1, 2]), request('g2', 'write', second as [number, number])], {
      sectors: 4,
    });
    for (const wake of WAKES) expect(withUndo(scenario, wake).states.size).toBe(golden[wake]);
  });

  it('ends in every state in which nothing is ready, and nowhere else', () => {
    const { ends } = withUndo(SCOPES['FULL, 2 clusters, 1 write']!.scenario, 'any');
    const machine = machineFor(SCOPES['FULL, 2 clusters, 1 write']!.scenario);
    for (const end of ends) {
      const cells = end.split(',').map(Number);
      expect(machine.coroutines.all.map((c) => cells[c.slot])).toEqual(machine.coroutines.all.map(() => ENDED));
    }
  });
});
