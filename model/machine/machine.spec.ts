/** The machine, and what keeps its engine honest (design: engine.md, section 4). */
import { describe, expect, it } from 'vitest';
import { sized } from '../../tools/nightly/testing.ts';
import { type BlockError, NO_ERROR, printError } from '../block/errors.ts';
import type { GuestKind } from '../block/guest.ts';
import { RULE_NAMES } from '../families/notifier/rules.ts';
import type { RuleName } from './job-names.ts';
import type { Coroutine } from '../kernel/coroutine.ts';
import type { WakeOrder } from '../kernel/wake/orders.ts';
import { ENDED, nameOf, stepNames } from '../kernel/step.ts';
import type { World } from '../kernel/world.ts';
import type { Machine } from './machine.ts';
import { type Scenario, whatIsWrong } from '../scenario/scenario.ts';
import {
  EVERY_MODE_AND_WAKE,
  LAYOUTS,
  type Layout,
  NOBODY,
  type Pick,
  WAKES,
  cellsNamed,
  firstDifference,
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

const errorName = (error: BlockError): string => (error === NO_ERROR ? 'none' : printError(error));

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
      ...['write.start', 'copy.read c0', 'copy.took c0', 'copy.data c0', 'copy.store c0', 'copy.land c0', 'copy.done c0'].map(
        (step) => `g1: ${step}`,
      ),
      ...['write.send c0', 'write.land c0', 'write.done'].map((step) => `g1: ${step}`),
      ...['sleep c0', 'close'].map((step) => `job: ${step}`),
    ]);
    expect([0, 1].map((s) => machine.contentName(machine.source.contentAt(s)))).toEqual(['s0.g1', 's1.g1']);
    expect([0, 1].map((s) => machine.contentName(machine.target.contentAt(s)))).toEqual(['s0@0', 's1@0']);
  });

  it('shows at T0 the disk that its scenario describes', () => {
    const scenario: Scenario = {
      ...smallScenario('top', []),
      disk: {
        sectors: 7,
        clusterSectors: 4,
        zero: [1, 6],
        discardReads: 'zero',
        overlay: { clusterSectors: 2, allocated: [0], zeroClusters: [1], baseSectors: 5 },
      },
    };
    const machine = machineFor(scenario);
    machine.load(scenario);
    machine.begin();
    const names = (count: number, at: (s: number) => number): string[] =>
      Array.from({ length: count }, (_, s) => machine.contentName(at(s)));
    // Cluster 0 is the overlay's own, 1 is a zero cluster, 2 and 3 show the base, which ends after sector 4.
    expect(names(7, (s) => machine.source.contentAt(s))).toEqual(['s0@0', 'zero', 'zero', 'zero', 's4@0', 'zero', 'zero']);
    expect(names(5, (s) => machine.base!.contentAt(s))).toEqual(['s0@base', 's1@base', 's2@base', 's3@base', 's4@0']);
  });

  it('shows a target as it was before, where it was there', () => {
    const scenario: Scenario = { ...smallScenario('top', []), existingTarget: { sectors: 8, backed: true, data: [1, 6] } };
    const machine = machineFor(scenario);
    machine.load(scenario);
    machine.begin();
    const shown = Array.from({ length: 8 }, (_, s) => machine.contentName(machine.target.contentAt(s)));
    // What was allocated shows its data, or nothing; the rest shows the source's backing file, as far as that goes.
    expect(shown).toEqual(['zero', 's1@old', 's2@0', 's3@0', 's4@base', 's5@base', 's6@old', 'zero']);
    expect([0, 6].map((s) => machine.target.isWrittenAt(s))).toEqual([false, false]);
  });

  it.each([
    { what: 'a new target gets shows a sector at a time', existing: false, written: [true, false] },
    { what: 'a target over nothing gets shows all at once, with its table', existing: true, written: [true, true] },
  ])('where effects come sector by sector, what $what', ({ existing, written }) => {
    const small = smallScenario('top', [], { sectors: 2 });
    const scenario: Scenario = { ...small, ...(existing && { existingTarget: { sectors: 2, backed: false, data: [] } }) };
    const { machine, player } = staged(scenario, () => NOBODY, { effects: 'sector' });
    player.play('job: ... copy.land s0');
    expect([0, 1].map((s) => machine.target.isWrittenAt(s))).toEqual(written);
  });

  it.each([false, true])('tells observers which fault struck in a step, and what a request asked for (table: %s)', (table) => {
    const scenario: Scenario = {
      ...smallScenario('full', [request('g1', 'write', [0, 2]), request('g2', 'read', [0, 2])], { sectors: 2 }),
      faults: [
        { side: 'source', op: 'read', cluster: 0, errno: 'EIO', times: 1 },
        { side: 'target', op: 'write', cluster: 0, errno: 'ENOSPC', times: 1 },
      ],
    };
    const struck: Record<string, string> = {};
    const { machine, player } = staged(
      scenario,
      (on) => ({ ...NOBODY, after: (who, step) => ((struck[`${who.name}: ${on.stepName(step)}`] = errorName(on.faultStruck())), null) }),
      { table },
    );
    player.play('job: start', 'g2: ...', 'g1: ...');
    const told = Object.entries(struck).filter(([, error]) => error !== 'none');
    expect(told).toEqual([
      ['g2: read.look c0', 'EIO from the source'],
      ['g1: copy.store c0', 'ENOSPC from the target'],
    ]);
    expect(machine.guests.slice(0, 2).map((g) => g.hasEnded && machine.kindOf(g))).toEqual(['write', 'read']);
  });

  it('promises what the user was told: TOP of an image without a backing file is FULL', () => {
    const top = smallScenario('top', []);
    const alone = { ...top, disk: { ...top.disk, overlay: { ...top.disk.overlay!, baseSectors: null } } };
    expect([top, alone, smallScenario('none', [])].map((scenario) => machineFor(scenario).promisedSync.name)).toEqual([
      'top',
      'full',
      'none',
    ]);
    expect(machineFor(alone, { without: ['topWithoutBackingIsFull'] }).promisedSync.name).toBe('full');
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
          const mayStart =
            g.after.length > 0
              ? g.after.every((id) => machine.guests[scenario.guest.findIndex((other) => other.id === id)]!.hasEnded)
              : g.early || machine.job.status.stateSeen > 0;
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
    for (const { mode, wake } of EVERY_MODE_AND_WAKE) {
      const kinds: GuestKind[] = mode === 'none' ? ['write', 'read', 'readT0'] : ['write', 'read', 'discard'];
      const guest = Array.from({ length: 40 }, (_, i) => {
        const before = after(i)
          .filter((j) => j >= 0)
          .map((j) => `g${j + 1}`);
        const kind = early(i) ? 'write' : kinds[pick(kinds.length)]!;
        return request(`g${i + 1}`, kind, [pick(3), 2], { after: before, early: early(i) });
      });
      const small = smallScenario(mode, guest, { sectors: 4, cancel: true });
      const scenario: Scenario = { ...small, disk: { ...small.disk, throttled: true }, pause: true, resume: true };
      const machine = machineFor(scenario, { wake });
      machine.load(scenario);
      for (const table of [false, true]) {
        machine.useTable(table);
        const look = { ...NOBODY, after: () => (expect(readyNow(machine)).toEqual(readyByGuards(machine)), null) };
        runToEnd(machine, look, pick);
        expect(machine.coroutines.alive()).toEqual([machine.operator]); // who waits for a stop for ever
      }
    }
  });

  it('is what the guards say, step by step, for any scenario, with the table and after undo', () => {
    const pick = seeded('guards');
    for (const layout of LAYOUTS) {
      for (const wake of WAKES) {
        const machine = machineFor(randomScenario(layout, pick), { effects: layout.effects, wake });
        for (let run = 0; run < sized(3, 10); run++) {
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
  const woken = world.cells[cellsNamed(world, 'runQueue')[0]!]!;
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

interface SideBySide {
  /** How they parted; null if they did not. */
  readonly parted: string | null;
  readonly steps: number;
  readonly lessons: number;
  readonly misused: number;
  /** The names of the steps that ran. */
  readonly ran: ReadonlySet<string>;
}

/** A run of so many steps goes round in circles, as a job may that ignores an error for ever. */
const RUN_STEPS_MAX = 1000;

/** Whether two worlds of the same layout have the same cells, as far as 64 bits can tell. Both keep a fingerprint. */
function sameFingerprint(a: World, b: World): boolean {
  const [{ low, high }, other] = [a.fingerprint(), b.fingerprint()];
  return low === other.low && high === other.high;
}

/**
 * Runs the same picks on two machines of the same shape, one with generators and one with the table, and compares their
 * worlds after every step.
 */
function sideBySide(
  layout: Layout,
  { more = {}, ...setting }: { wake: WakeOrder; without?: readonly RuleName[]; more?: Partial<Scenario> },
  stepsMin: number,
  pick: Pick,
): SideBySide {
  const { effects } = layout;
  const draw = (): Scenario => ({ ...randomScenario(layout, pick), ...more });
  const first = draw();
  const generators = machineFor(first, { effects, ...setting });
  const table = machineFor(first, { effects, ...setting });
  for (const machine of [generators, table]) machine.load(first);
  table.useTable(true);
  for (const machine of [generators, table]) machine.world.track();
  const ready = new Int32Array(table.coroutines.all.length);
  const ran = new Set<string>();
  let steps = 0;
  let misused = 0;
  const result = (parted: string | null): SideBySide => ({ parted, steps, lessons: table.lessons, misused, ran });
  for (let run = 0; steps < stepsMin; run++) {
    if (run % 5 === 0) {
      const scenario = draw();
      for (const machine of [generators, table]) machine.load(scenario);
    }
    generators.begin();
    table.begin();
    let left = RUN_STEPS_MAX;
    for (let count = generators.ready(ready); count > 0 && left > 0; count = generators.ready(ready), left--) {
      const id = ready[pick(count)]!;
      const { pending } = generators.coroutines.byId(id);
      generators.step(id);
      table.step(id);
      steps++;
      ran.add(nameOf(pending).label);
      const difference = sameFingerprint(generators.world, table.world) ? null : firstDifference(generators.world, table.world);
      const readiness = firstOtherReady(generators, table);
      if (readiness !== null) return result(readiness);
      if (difference !== null)
        return result(
          `${generators.coroutines.byId(id).name}: ${generators.stepName(pending)} left ${difference} ` +
            `in ${JSON.stringify(generators.scenario)}`,
        );
      if (generators.world.cells[generators.world.misuseCell] !== 0) {
        misused++;
        break;
      }
    }
    const difference = firstDifference(generators.world, table.world);
    if (difference !== null) return result(`a run ended with ${difference} in ${JSON.stringify(generators.scenario)}`);
  }
  return result(null);
}

/** Without these, some runs end in a misuse. The two engines must agree on that step, too. */
const FREED_OR_PAST_THE_END: readonly RuleName[] = [
  'drainCopiesBeforeEnd',
  'lockBeforeWaiting',
  'topStopsAtEndOfDisk',
  'clampLastCluster',
  'copyReadIgnoresOwnRequest',
  'unhookAtEnd',
];

/** What runs only without a rule, or hardly ever. */
const ONLY_WITHOUT: Record<string, RuleName> = {
  'start.later': 'hookBeforeFirstYield',
  'copy.ask': 'topDecidesOnce',
  'copy.overlap': 'jobReadIgnoresGuests',
};

/**
 * What these tests should come through, at full size with each rule off, so that green is not empty; the rest is in the
 * test of the correct job.
 */
const MUST_RUN = [
  'start',
  'sleep',
  'sleep.limit',
  'paused',
  'park',
  'close',
  'pause',
  'resume',
  'resume.stopped',
  'cancel',
  'ask',
  'copy.read',
  'copy.land',
  'queue',
  'throttle',
  'copy.queue',
  'copy.throttle',
  'overlap',
  'cor.look',
  'cor.took',
  'cor.put',
  'readT0.look',
  'readT0.done',
  'write.EIO',
  'write.ENOSPC',
];

const notIn = (ran: ReadonlySet<string>, names: readonly string[]): string[] => names.filter((name) => !ran.has(name));

describe('the learned table and the generators leave the same cells and the same next step', () => {
  const ranInAll = new Set<string>();

  const steps = sized({ correct: 30_000, withoutRule: 1_500, misuses: 1 }, { correct: 200_000, withoutRule: 10_000, misuses: 50 });

  it.each(EVERY_MODE_AND_WAKE)(`on ${steps.correct} random steps: mode $mode, wake order $wake`, ({ mode, wake }) => {
    const layouts = layoutsOf(mode);
    layouts.forEach((layout, i) => {
      const {
        parted,
        steps: taken,
        lessons,
        misused,
        ran,
      } = sideBySide(layout, { wake }, steps.correct / layouts.length, seeded(`honest ${mode} ${wake} ${i}`));
      expect(parted).toBeNull();
      expect(misused).toBe(0);
      expect(lessons).toBeLessThan(taken / sized(3, 10)); // few lessons for many steps
      for (const name of ran) ranInAll.add(name);
    });
  });

  it.each(EVERY_MODE_AND_WAKE)(
    'with a second disk, whose job is started apart, and a restart: mode $mode, wake order $wake',
    ({ mode, wake }) => {
      const more: Partial<Scenario> = { transaction: { start: 'apart', second: ['g1'] }, restart: true };
      const taken = sideBySide(layoutsOf(mode)[0]!, { wake, more }, steps.correct / 30, seeded(`apart ${mode} ${wake}`));
      expect(taken.parted).toBeNull();
      for (const name of taken.ran) ranInAll.add(name);
    },
  );

  it('on every step that there is', () => {
    const names = stepNames()
      .filter(({ index }) => index !== ENDED)
      .map(({ label }) => label);
    expect(notIn(ranInAll, names).toSorted()).toEqual(Object.keys(ONLY_WITHOUT).toSorted());
  });

  /** Too few steps without one rule come through all of these; those without all rules must. */
  const ranWithoutRules = new Set<string>();

  it.each(RULE_NAMES)(`on ${steps.withoutRule} random steps in each mode and each wake order without %s`, (rule) => {
    let misuses = 0;
    const ran = new Set<string>();
    for (const { mode, wake } of EVERY_MODE_AND_WAKE) {
      // The layouts are shared out between the wake orders, the other way round for the next rule.
      const layouts = layoutsOf(mode).filter((_, i) => (i + RULE_NAMES.indexOf(rule)) % 2 === WAKES.indexOf(wake));
      layouts.forEach((layout, i) => {
        const {
          parted,
          misused,
          ran: names,
        } = sideBySide(
          layout,
          { wake, without: [rule] },
          steps.withoutRule / layouts.length,
          seeded(`without ${rule} ${mode} ${wake} ${i}`),
        );
        expect(parted).toBeNull();
        misuses += misused;
        for (const name of names) ran.add(name);
      });
    }
    if (FREED_OR_PAST_THE_END.includes(rule)) expect(misuses).toBeGreaterThan(steps.misuses);
    const mustRun = [...sized([], MUST_RUN), ...Object.keys(ONLY_WITHOUT).filter((name) => ONLY_WITHOUT[name] === rule)];
    expect(notIn(ran, mustRun)).toEqual([]);
    for (const name of ran) ranWithoutRules.add(name);
  });

  it('on every step that each run should come through, with some rule off', () => {
    expect(notIn(ranWithoutRules, MUST_RUN)).toEqual([]);
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
