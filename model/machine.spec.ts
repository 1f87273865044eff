/** What keeps the engine honest (design: engine.md, section 4). */
import { describe, expect, it } from 'vitest';
import type { SyncMode } from './backup/drive-backup.ts';
import { RULE_NAMES, type RuleName } from './backup/rules.ts';
import type { Coroutine, WakeOrder } from './kernel/coroutine.ts';
import { ENDED, nameOf } from './kernel/step.ts';
import type { Recorder, World } from './kernel/world.ts';
import type { Machine } from './machine.ts';
import { type Scenario, whatIsWrong } from './scenario.ts';
import { LAYOUTS, type Layout, type Pick, cellsNamed, firstDifference, layoutsOf, machineFor, randomScenario, request, runToEnd, seeded, smallScenario } from './testing.ts';

const MODES: readonly SyncMode[] = ['full', 'top', 'none'];
const WAKES: readonly WakeOrder[] = ['any', 'qemu'];
const EVERY_MODE_AND_WAKE = MODES.flatMap((mode) => WAKES.map((wake) => ({ mode, wake })));

/** The cell of a slot that says whether somebody has woken it. */
const WOKEN = 2;

/** Nobody looks on. */
const NOBODY = { begin: () => {}, after: () => null, end: () => null };

function readyNow(machine: Machine): number[] {
  const ids = new Int32Array(machine.coroutines.all.length);
  return [...ids.subarray(0, machine.ready(ids))];
}

describe('a machine', () => {
  it('runs a scenario step by step, in an order that is chosen from outside', () => {
    const scenario = smallScenario('full', [request('g1', 'write', [0, 2])], { sectors: 2 });
    const machine = machineFor(scenario);
    machine.load(scenario);
    machine.begin();

    const trace: string[] = [];
    for (let ready = readyNow(machine); ready.length > 0; ready = readyNow(machine)) {
      const last = machine.coroutines.byId(ready.at(-1)!); // guests before the job, wherever they can
      trace.push(`${machine.coroutineName(last)}: ${machine.stepName(last.pending)}`);
      machine.step(last.id);
    }

    expect(trace).toEqual([
      'job: start',
      ...['write.start', 'copy.read c0', 'copy.took c0', 'copy.data c0', 'copy.store c0', 'copy.land c0', 'copy.done c0'].map((step) => `g1: ${step}`),
      ...['write.send c0', 'write.land c0', 'write.done'].map((step) => `g1: ${step}`),
      ...['sleep c0', 'close'].map((step) => `job: ${step}`),
    ]);
    expect([0, 1].map((s) => machine.contentName(machine.source.contentAt(s)))).toEqual(['s0.g1', 's1.g1']);
    expect([0, 1].map((s) => machine.contentName(machine.target.contentAt(s)))).toEqual(['s0@0', 's1@0']);
  });

  it('shows at T0 the disk that its scenario describes', () => {
    const scenario: Scenario = {
      ...smallScenario('top', []),
      disk: { sectors: 7, clusterSectors: 4, zero: [1, 6], discardReads: 'zero', overlay: { clusterSectors: 2, allocated: [0], zeroClusters: [1], baseSectors: 5 } },
    };
    const machine = machineFor(scenario);
    machine.load(scenario);
    machine.begin();
    const names = (count: number, at: (s: number) => number): string[] => Array.from({ length: count }, (_, s) => machine.contentName(at(s)));
    // Cluster 0 is the overlay's own, 1 is a zero cluster, 2 and 3 show the base, which ends after sector 4.
    expect(names(7, (s) => machine.source.contentAt(s))).toEqual(['s0@0', 'zero', 'zero', 'zero', 's4@0', 'zero', 'zero']);
    expect(names(5, (s) => machine.base!.contentAt(s))).toEqual(['s0@base', 's1@base', 's2@base', 's3@base', 's4@0']);
  });

  it('begins each run anew, whatever scenario of its shape ran before', () => {
    const pick = seeded('anew');
    for (const layout of LAYOUTS) {
      const first = randomScenario(layout, pick);
      const machine = machineFor(first, { effects: layout.effects });
      machine.load(first);
      machine.begin();
      const initial = machine.world.cells.slice();
      runToEnd(machine, NOBODY, pick);
      const other = randomScenario(layout, pick);
      machine.load(other);
      runToEnd(machine, NOBODY, pick);
      machine.load(first);
      machine.begin();
      expect(machine.world.cells).toEqual(initial);
    }
  });

  it('lets requests start when what they wait for has ended, early ones before T0', () => {
    const pick = seeded('blockers');
    let early = 0;
    for (let run = 0; run < 900; run++) {
      const scenario = randomScenario(LAYOUTS[pick(LAYOUTS.length)]!, pick);
      // What comes after an early request, and is not early itself, is not a case here.
      if (scenario.guest.some((g) => g.after.length > 0 && scenario.guest.some((other) => other.early))) continue;
      const machine = machineFor(scenario);
      machine.load(scenario);
      machine.begin();
      for (let ready = readyNow(machine); ready.length > 0; ready = readyNow(machine)) {
        scenario.guest.forEach((g, i) => {
          const guest = machine.guests[i]!;
          if (!machine.stepName(guest.pending).endsWith('.start')) return;
          const mayStart = g.after.length > 0 ? g.after.every((id) => machine.guests[scenario.guest.findIndex((other) => other.id === id)]!.hasEnded) : g.early || machine.job.status.stateSeen > 0;
          if (mayStart && machine.job.status.stateSeen === 0) early++;
          expect(machine.world.cells[guest.blockersCell] === 0).toBe(mayStart);
          const wokenFirst = ready.length === 1 && ready[0] !== guest.id;
          if (!wokenFirst) expect(ready.includes(guest.id)).toBe(mayStart);
        });
        machine.step(run % 2 === 0 ? ready.at(-1)! : ready[pick(ready.length)]!); // in half of the runs guests before the job
      }
    }
    expect(early).toBeGreaterThan(100);
  });
});

describe('who is ready', () => {
  /** More requests than fit into the bits of a number, each after the one before or after the two before. */
  const logs: Record<string, { after: (i: number) => number[]; early: (i: number) => boolean }> = {
    'one after the other': { after: (i) => [i - 1], early: () => false },
    'one after the other, the first ones early': { after: (i) => [i - 1], early: (i) => i < 3 },
    'two at a time': { after: (i) => [2 * Math.floor(i / 2) - 2, 2 * Math.floor(i / 2) - 1], early: () => false },
    'all at once': { after: () => [], early: () => false },
    'every third early, after nothing': { after: () => [], early: (i) => i % 3 === 0 },
    'in three threads': { after: (i) => [i - 3], early: () => false },
  };

  it.each(Object.keys(logs))('is what the guards say, for 40 requests %s', (name) => {
    const { after, early } = logs[name]!;
    const pick = seeded(`many ${name}`);
    const guest = Array.from({ length: 40 }, (_, i) => {
      const before = after(i).filter((j) => j >= 0).map((j) => `g${j + 1}`);
      return request(`g${i + 1}`, 'write', [pick(3), 2], { after: before, early: early(i) });
    });
    for (const { mode, wake } of EVERY_MODE_AND_WAKE) {
      const scenario = smallScenario(mode, guest, { sectors: 4, cancel: true });
      const machine = machineFor(scenario, { wake });
      machine.load(scenario);
      for (const table of [false, true]) {
        machine.useTable(table);
        const look = { ...NOBODY, after: () => (expect(readyNow(machine)).toEqual(readyByGuards(machine)), null) };
        runToEnd(machine, look, pick);
        expect(machine.coroutines.alive()).toEqual([]);
      }
    }
  });

  it('is what the guards say, step by step, for any scenario, with the table and after undo', () => {
    const pick = seeded('guards');
    for (const layout of LAYOUTS) {
      for (const wake of WAKES) {
        const machine = machineFor(randomScenario(layout, pick), { effects: layout.effects, wake });
        for (let run = 0; run < 10; run++) {
          machine.load(randomScenario(layout, pick));
          machine.useTable(true);
          machine.begin();
          machine.world.track();
          for (let ready = readyNow(machine); ready.length > 0; ready = readyNow(machine)) {
            expect(ready).toEqual(readyByGuards(machine));
            const mark = machine.world.undoMark();
            machine.step(ready[pick(ready.length)]!); // a step that is taken back
            readyNow(machine);
            machine.world.undoTo(mark);
            machine.coroutines.forgetReady();
            expect(readyNow(machine)).toEqual(ready);
            machine.step(ready[pick(ready.length)]!);
          }
        }
      }
    }
  });
});

describe('the scenarios of these tests', () => {
  it('make sense, and are many', () => {
    const pick = seeded('sense');
    const seen = new Set<string>();
    for (const layout of LAYOUTS) {
      for (let i = 0; i < 200; i++) {
        const scenario = randomScenario(layout, pick);
        expect(whatIsWrong(scenario)).toBeNull();
        seen.add(JSON.stringify(scenario));
      }
    }
    expect(seen.size).toBeGreaterThan(LAYOUTS.length * 150);
  });
});

/** Who is ready by the cells alone: the guards asked anew, coroutine by coroutine. */
function readyByGuards({ coroutines, world }: Machine): number[] {
  const woken = world.cells[cellsNamed(world, 'woken')[0]!]!;
  if (woken !== 0) return [woken];
  const isReady = (c: Coroutine): boolean => {
    const { guard } = nameOf(c.pending);
    return guard === 'always' || (guard === 'woken' ? world.cells[c.slot + WOKEN] !== 0 : world.cells[c.blockersCell] === 0);
  };
  return coroutines.all.filter((c) => !c.hasEnded && isReady(c)).map((c) => c.id);
}

const READY_ANEW = new Int32Array(64);
const READY_KEPT = new Int32Array(64);

/** Both machines must say that the same are ready, one of them counting anew. */
function firstOtherReady(anew: Machine, kept: Machine): string | null {
  anew.coroutines.forgetReady();
  const [countAnew, countKept] = [anew.ready(READY_ANEW), kept.ready(READY_KEPT)];
  let same = countAnew === countKept;
  for (let i = 0; i < countAnew; i++) same &&= READY_ANEW[i] === READY_KEPT[i];
  return same ? null : `ready: ${readyNow(anew).join()} and ${readyNow(kept).join()}`;
}

/** Runs the same picks on two machines of the same shape, one with generators and one with the table, and compares all cells after every step. */
function sideBySide(layout: Layout, setting: { wake: WakeOrder; without?: readonly RuleName[] }, stepsMin: number, pick: Pick): { parted: string | null; steps: number; lessons: number; misused: number } {
  const { effects } = layout;
  const first = randomScenario(layout, pick);
  const generators = machineFor(first, { effects, ...setting });
  const table = machineFor(first, { effects, ...setting });
  for (const machine of [generators, table]) machine.load(first);
  table.useTable(true);
  const ready = new Int32Array(table.coroutines.all.length);
  let steps = 0;
  let misused = 0;
  for (let run = 0; steps < stepsMin; run++) {
    if (run % 5 === 0) {
      const scenario = randomScenario(layout, pick);
      for (const machine of [generators, table]) machine.load(scenario);
    }
    generators.begin();
    table.begin();
    for (let count = generators.ready(ready); count > 0; count = generators.ready(ready)) {
      const id = ready[pick(count)]!;
      const { pending } = generators.coroutines.byId(id);
      generators.step(id);
      table.step(id);
      steps++;
      const difference = firstDifference(generators.world, table.world);
      const readiness = firstOtherReady(generators, table);
      if (readiness !== null) return { parted: readiness, steps, lessons: table.lessons, misused };
      if (difference !== null) return { parted: `${generators.coroutines.byId(id).name}: ${generators.stepName(pending)} left ${difference} in ${JSON.stringify(generators.scenario)}`, steps, lessons: table.lessons, misused };
      if (generators.world.cells[generators.world.misuseCell] !== 0) {
        misused++;
        break;
      }
    }
  }
  return { parted: null, steps, lessons: table.lessons, misused };
}

/** Without these, some runs end in a misuse. The two engines must agree on that step, too. */
const FREED_OR_PAST_THE_END: readonly RuleName[] = ['drainCopiesBeforeEnd', 'lockBeforeWaiting', 'topStopsAtEndOfDisk', 'clampLastCluster'];

describe('the learned table and the generators leave the same cells and the same next step', () => {
  it.each(EVERY_MODE_AND_WAKE)('on 100,000 random steps: mode $mode, wake order $wake', ({ mode, wake }) => {
    const layouts = layoutsOf(mode);
    const each = Math.ceil(100_000 / layouts.length);
    for (const layout of layouts) {
      const { parted, steps, lessons, misused } = sideBySide(layout, { wake }, each, seeded(`honest ${mode} ${wake} ${layout.sectors}`));
      expect(parted).toBeNull();
      expect(misused).toBe(0);
      expect(lessons).toBeLessThan(steps / 10); // few lessons for many steps
    }
  });

  it.each(RULE_NAMES)('on 20,000 random steps in each mode and each wake order without %s', (rule) => {
    let misuses = 0;
    for (const { mode, wake } of EVERY_MODE_AND_WAKE) {
      const layouts = layoutsOf(mode);
      for (const layout of layouts) {
        const { parted, misused } = sideBySide(layout, { wake, without: [rule] }, 20_000 / layouts.length, seeded(`without ${rule} ${mode} ${wake}`));
        expect(parted).toBeNull();
        misuses += misused;
      }
    }
    if (FREED_OR_PAST_THE_END.includes(rule)) expect(misuses).toBeGreaterThan(50);
  });
});

describe('the learned table', () => {
  it('needs few lessons for many steps, and none for a scenario of a kind that it knows', () => {
    const scenario = smallScenario('full', [request('g1', 'write', [0, 3]), request('g2', 'write', [1, 2])]);
    const machine = machineFor(scenario);
    machine.load(scenario);
    machine.useTable(true);
    const pick = seeded('few lessons');
    let steps = 0;
    while (steps < 100_000) steps += runToEnd(machine, NOBODY, pick).steps;
    const lessons = machine.lessons;
    expect(lessons).toBeLessThan(400);
    // Other contents: none of it is looked at, but for the zeroes.
    machine.load({ ...scenario, guest: scenario.guest.map((g) => ({ ...g, id: `${g.id}'` })) });
    for (let run = 0; run < 100; run++) runToEnd(machine, NOBODY, pick);
    expect(machine.lessons).toBeLessThan(lessons + 5);
  });
});

const keyOf = ({ low, high }: { low: number; high: number }): number => (low >>> 0) * 2 ** 21 + (high >>> 11);

describe('equal fingerprints', () => {
  /** Scenarios of one shape, so that their cells may become equal: other kinds, ranges, cancels. */
  function alike(mode: SyncMode): Scenario[] {
    const [write, zero] = [request('g1', 'write', [0, 2]), request('g1', 'zero', [0, 2])];
    const guests = [[write], [zero], [request('g1', 'discard', [0, 2])], [write, request('g2', 'write', [1, 2])], [zero, request('g2', 'discard', [2, 2], { after: ['g1'] })], [{ ...write, early: true }], [request('g1', 'read', [0, 3])]];
    return guests.flatMap((guest) => [false, true].map((cancel) => smallScenario(mode, guest, { sectors: 4, cancel })));
  }

  it.each(EVERY_MODE_AND_WAKE)('mean the same ready steps and the same future: mode $mode, wake order $wake', ({ mode, wake }) => {
    const scenarios = alike(mode);
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
    for (let run = 0; run < 3000; run++) {
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
    expect(collisions).toBeGreaterThan(10_000);
    expect(futures).toBeGreaterThan(500);
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
    for (const cell of [pending, woken, coroutine.blockersCell, ...cellsNamed(machine.world, 'woken')]) this.reads.add(cell);
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
  function runBoth(machine: Machine, prefix: readonly number[], first: number, second: number): { cells: Int32Array | null; footprint: Footprint } {
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
      for (let run = 0; run < 500; run++) {
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
    expect(disjoint).toBeGreaterThan(300);
    expect(orderMatters).toBeGreaterThan(20); // or this test would see nothing
  });
});

describe('dead cells', () => {
  /** Loaded and never changed, so no state counts twice for it: who it is, of what kind, whom T0 unblocks, what a user without a cancel waits for. */
  const loadedForGood = ({ job, user, scenario }: Machine, { selfCell, blockersCell }: Coroutine): number[] => {
    const jobEnd = job.slot + job.slotCells;
    return [selfCell, blockersCell + 1, jobEnd - 2, jobEnd - 1, ...(scenario.cancel ? [] : [user.blockersCell])];
  };
  const NOBODY_LEFT = ['woken', 'inFlight', 'copies.readers', 'copies.writers', 'source.tracked', 'source.idle', 'target.tracked', 'target.idle', 'job.parked'];

  it.each(EVERY_MODE_AND_WAKE)('are reset: nothing of a request is left at the end: mode $mode, wake order $wake', ({ mode, wake }) => {
    const pick = seeded(`dead ${mode} ${wake}`);
    let ended = 0;
    for (const layout of layoutsOf(mode)) {
      const machine = machineFor(randomScenario(layout, pick), { effects: layout.effects, wake });
      for (let run = 0; run < 150; run++) {
        machine.load(randomScenario(layout, pick));
        machine.useTable(true);
        runToEnd(machine, NOBODY, pick);
        const left: string[] = [];
        for (const coroutine of machine.coroutines.all) {
          if (!coroutine.hasEnded) continue;
          ended++;
          for (let cell = coroutine.slot; cell < coroutine.slot + coroutine.slotCells; cell++) {
            if (machine.world.cells[cell] !== 0 && !loadedForGood(machine, coroutine).includes(cell)) left.push(machine.world.describe(cell));
          }
        }
        // A NONE job that nobody cancels stays parked.
        const live = machine.job.hasEnded ? NOBODY_LEFT : NOBODY_LEFT.filter((name) => name !== 'job.parked');
        for (const name of live) for (const cell of cellsNamed(machine.world, name)) if (machine.world.cells[cell] !== 0) left.push(name);
        expect(left).toEqual([]);
      }
    }
    expect(ended).toBeGreaterThan(1000);
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
  const SCOPES: Record<string, { scenario: Scenario; golden: Record<WakeOrder, { states: number; ends: number; schedules: number }> }> = {
    'FULL, 1 cluster, 1 write, a cancel': { scenario: tiny('full', 1, oneWrite, true), golden: { any: { states: 126, ends: 3, schedules: 828 }, qemu: { states: 114, ends: 3, schedules: 212 } } },
    'FULL, 2 clusters, 1 write': { scenario: tiny('full', 2, oneWrite), golden: { any: { states: 95, ends: 1, schedules: 3487 }, qemu: { states: 81, ends: 1, schedules: 1939 } } },
    'FULL, 2 clusters, 1 write over both': { scenario: tiny('full', 2, wideWrite), golden: { any: { states: 113, ends: 1, schedules: 686 }, qemu: { states: 95, ends: 1, schedules: 164 } } },
    'FULL, 1 cluster, 2 writes': { scenario: tiny('full', 1, twoWrites), golden: { any: { states: 295, ends: 2, schedules: 83_902 }, qemu: { states: 224, ends: 2, schedules: 6358 } } },
    'TOP, 1 cluster, 1 write': { scenario: tiny('top', 1, oneWrite), golden: { any: { states: 64, ends: 1, schedules: 175 }, qemu: { states: 58, ends: 1, schedules: 76 } } },
    'NONE, 2 clusters, 1 write over both, a cancel': { scenario: tiny('none', 2, wideWrite, true), golden: { any: { states: 73, ends: 2, schedules: 536 }, qemu: { states: 69, ends: 2, schedules: 23 } } },
    'NONE, 1 cluster, 1 write, a cancel': { scenario: tiny('none', 1, oneWrite, true), golden: { any: { states: 49, ends: 2, schedules: 151 }, qemu: { states: 46, ends: 2, schedules: 15 } } },
  };

  /** Clusters of one sector: as small as a disk can be. */
  function tiny(mode: SyncMode, sectors: number, guest: Scenario['guest'], cancel = false): Scenario {
    const overlay = mode === 'full' ? {} : { overlay: { clusterSectors: 1, allocated: [0], zeroClusters: [], baseSectors: sectors } };
    return { mode, disk: { sectors, clusterSectors: 1, zero: [sectors - 1], discardReads: 'zero', ...overlay }, targetClusterSectors: mode === 'full' ? 0 : 1, guest, cancel };
  }

  describe.each(Object.keys(SCOPES))('%s', (name) => {
    const { scenario, golden } = SCOPES[name]!;
    it.each(WAKES)('finds the same states and the same ends with undo over the table as by running generators again (wake order %s)', (wake) => {
      const undo = withUndo(scenario, wake);
      const again = byRunningAgain(scenario, wake);
      expect(undo.ends).toEqual(again.ends);
      expect(undo.states).toEqual(again.states);
      expect({ states: undo.states.size, ends: undo.ends.size, schedules: again.schedules }).toEqual(golden[wake]);
    });
  });

  it.each([
    { mode: 'full', any: 677, qemu: 494 },
    { mode: 'top', any: 914, qemu: 794 },
    { mode: 'none', any: 459, qemu: 382 },
  ] as const)('knows how many states there are with 2 clusters of 2 sectors and 2 writes that meet: mode $mode', ({ mode, ...golden }) => {
    const second = mode === 'full' ? [0, 1] : [3, 1];
    const scenario = smallScenario(mode, [request('g1', 'write', [1, 2]), request('g2', 'write', second as [number, number])], { sectors: 4 });
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
