/**
 * The replay contract, for what we hand to the author of a job: whatever verb is called wherever, the learned table
 * goes on from a step as a generator does, on a machine that has run other scenarios as on one that has not.
 */
import '../../src/families/custom.ts';
import { describe, expect, it } from 'vitest';
import { Machine } from './machine.ts';
import { shapeOf } from './shape.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { readyNow, request, seeded, smallScenario } from '../testing.ts';
import type { Backup, Copier, Job, Run } from '../families/custom/job.ts';
import { JobError } from '../families/custom/job-error.ts';
import { registerJob } from '../families/custom/registry.ts';

/** Somebody does something about a cluster. @returns what came of it */
type Act = (backup: Backup, me: Copier, c: number) => Run<unknown>;

const FOR_ALL: Record<string, Act> = {
  *step(backup, me, c) {
    yield* backup.step(me, 'act', c);
  },
  *'source.read'({ source }, me, c) {
    return [yield* source.read(me, c), me.bufferIsZero(c)];
  },
  *'target.write'({ target }, me, c) {
    return yield* target.write(me, c);
  },
  *'target.writeZeroes'({ target }, me, c) {
    return yield* target.writeZeroes(me, c);
  },
  *'inFlight.wait'(backup, me, c) {
    const { inFlight } = backup;
    if (inFlight.overlaps(me, c, c + 1)) return yield* inFlight.wait(me, c, c + 1);
    inFlight.begin(me, c, c + 1);
    yield* backup.step(me, 'act', c);
    inFlight.end(me);
    return inFlight.wake(me);
  },
  *'queues.one.wait'({ queues }, me, c) {
    yield* queues['one']!.wait(me, c);
  },
  *'queues.each.wait'({ queues }, me, c) {
    yield* queues['each']!.wait(me, c);
  },
};
const FOR_READERS: Record<string, Act> = {
  ...FOR_ALL,
  *'target.read'({ target }, me) {
    return yield* target.read(me);
  },
};
const FOR_THE_JOB: Record<string, Act> = {
  ...FOR_READERS,
  *drainGuest(backup) {
    yield* backup.drainGuest();
  },
  *sleep(backup, _, c) {
    yield* backup.sleep(c);
  },
  *park(backup) {
    yield* backup.park();
  },
  *'source.allocation'({ source }, _, c) {
    return yield* source.allocation(c);
  },
  *'copies.drain'({ copies }) {
    yield* copies.drain();
  },
  *closeTarget(backup) {
    yield* backup.closeTarget();
  },
};

type Range = Pick<Copier, 'firstCluster' | 'endCluster' | 'endSector'>;
type Does = (backup: Backup, me: Copier, range: Range) => Run;

/** Where it is done. What is between two yields depends on the copier's range, and on what has come of the act. */
const POSITIONS: Record<string, (act: Act) => Does> = {
  'by itself': (act) =>
    function* (backup, me, range) {
      note(backup, range, yield* act(backup, me, range.firstCluster));
    },
  'after another yield': (act) =>
    function* (backup, me, range) {
      yield* backup.step(me, 'before', range.endCluster - 1);
      note(backup, range, yield* act(backup, me, range.firstCluster));
    },
  'before another yield': (act) =>
    function* (backup, me, range) {
      note(backup, range, yield* act(backup, me, range.firstCluster));
      yield* backup.step(me, 'after', range.firstCluster);
      note(backup, range, 1);
    },
  twice: (act) =>
    function* (backup, me, range) {
      const turn = me.locals['n']!;
      for (turn.set(0); turn.get() < 2; turn.set(turn.get() + 1)) note(backup, range, yield* act(backup, me, range.firstCluster));
    },
  'for each cluster of its range, between two other yields': (act) =>
    function* (backup, me, range) {
      const c = me.locals['n']!;
      for (c.set(range.firstCluster); c.get() < range.endCluster; c.set(c.get() + 1)) {
        yield* backup.step(me, 'before', c.get());
        note(backup, range, yield* act(backup, me, c.get()));
        yield* backup.step(me, 'after', c.get());
      }
    },
  'with its range in variables': (act) =>
    function* (backup, me, range) {
      const { firstCluster, endCluster } = range;
      note(backup, range, yield* act(backup, me, endCluster - 1));
      yield* backup.step(me, 'after', firstCluster);
      note(backup, range, firstCluster + 3 * endCluster);
    },
};

function note({ cells }: Backup, range: Range, result: unknown): void {
  cells['notes']!.set(
    range.firstCluster,
    (7 * cells['notes']!.get(range.firstCluster) + 5 * range.endSector + JSON.stringify(result ?? null).length) % 1_000,
  );
}

type Who = 'job' | 'hook' | 'reader';

function jobThat(who: Who, does: Does): Job {
  const maybe = (mine: Who): Does => (mine === who ? does : function* () {});
  return {
    modes: ['none'],
    cells: { notes: 'clusters' },
    queues: { one: 'one', each: 'clusters' },
    locals: ['n'],
    steps: ['begun', 'before', 'act', 'after'],
    *run(backup) {
      backup.begin();
      backup.linkHook();
      backup.copies.begin();
      yield* backup.step(backup.job, 'begun', 0);
      backup.copies.end();
      yield* maybe('job')(backup, backup.job, { firstCluster: 0, endCluster: backup.clusters, endSector: backup.sectors });
      backup.end();
    },
    *beforeWrite(backup, me) {
      wakeAll(backup);
      yield* maybe('hook')(backup, me, me);
      return 0;
    },
    *readPointInTime(backup, me) {
      wakeAll(backup);
      yield* maybe('reader')(backup, me, me);
      return 0;
    },
  };
}

function wakeAll({ queues, clusters }: Backup): void {
  queues['one']!.wakeFirst();
  for (let c = 0; c < clusters; c++) queues['each']!.wakeAll(c);
}

/** Of one shape. */
const SCENARIOS: readonly Scenario[] = [
  [
    [0, 1],
    [0, 6],
    [0, 2],
  ],
  [
    [0, 2],
    [2, 2],
    [0, 6],
  ],
  [
    [1, 4],
    [0, 2],
    [3, 1],
  ],
  [
    [0, 1],
    [0, 1],
    [2, 4],
  ],
].map(([w, z, r]) =>
  smallScenario(
    'none',
    [
      request('g1', 'write', w as [number, number]),
      request('g2', 'write', z as [number, number]),
      request('g3', 'readT0', r as [number, number]),
      request('g4', 'readT0', w as [number, number]),
    ],
    { zero: [2] },
  ),
);

const NAME = 'contract.mjs';

function machineOf(scenario: Scenario, isTable: boolean): Machine {
  const machine = new Machine(shapeOf(scenario, { effects: 'sector', wake: 'any', without: [], requestsMin: 0, customJob: NAME }));
  machine.load(scenario);
  if (isTable) machine.useTableUncompared();
  return machine;
}

/** Runs all in one order. @returns where they part, if they do */
function whereTheyPart(machines: readonly Machine[], seed: string): string | null {
  const pick = seeded(seed);
  for (const machine of machines) machine.begin();
  const [first] = machines as [Machine];
  for (let ready = readyNow(first); ready.length > 0; ready = readyNow(first)) {
    const who = first.coroutines.byId(ready[pick(ready.length)]!);
    const step = `${first.coroutineName(who)} ${first.stepName(who.pending)}`;
    for (const machine of machines) machine.step(who.id);
    const other = machines.findIndex(({ world }) => world.cells.some((value, cell) => value !== first.world.cells[cell]));
    if (other >= 0) return `${step}: ${WAYS[other]}`;
  }
  return null;
}

const WAYS = ['generators, after other scenarios', 'table, after other scenarios', 'generators', 'table'];
const RUNS = 2;

const CALLS = (
  [
    ['job', FOR_THE_JOB],
    ['hook', FOR_ALL],
    ['reader', FOR_READERS],
  ] as const
).flatMap(([who, acts]) => Object.keys(acts).map((verb) => ({ who, verb, act: acts[verb]! })));

describe('what a job is handed', () => {
  it.each(CALLS)('goes on from a step as the table says: $verb by the $who', ({ who, act }) => {
    for (const [position, placed] of Object.entries(POSITIONS)) {
      registerJob(NAME, jobThat(who, placed(act)));
      const shared = [false, true].map((isTable) => machineOf(SCENARIOS[0]!, isTable));
      for (const [n, scenario] of SCENARIOS.entries()) {
        for (const machine of shared) machine.load(scenario);
        const fresh = n % 2 === 0 ? [false, true].map((isTable) => machineOf(scenario, isTable)) : [];
        for (let run = 0; run < RUNS; run++)
          expect({ position, parts: whereTheyPart([...shared, ...fresh], `${position} ${run}`) }).toEqual({ position, parts: null });
      }
    }
  });

  it.each<[what: string, act: Act]>([
    [
      "another's buffer",
      function* ({ source, job }) {
        yield* source.read(job, 0);
      },
    ],
    [
      "whether another's buffer is zero",
      function* ({ job }) {
        return job.bufferIsZero(0);
      },
    ],
    [
      "another's turn",
      function* ({ inFlight, job }) {
        inFlight.begin(job, 0, 1);
      },
    ],
    [
      'what is for the job alone',
      function* (backup) {
        yield* backup.drainGuest();
      },
    ],
    [
      'what is for the job alone',
      function* (backup) {
        yield* backup.source.allocation(0);
      },
    ],
    [
      'what is for the job alone',
      function* (backup) {
        yield* backup.copies.drain();
      },
    ],
  ])('is not for a hook if it is %s', (_, act) => {
    registerJob(NAME, jobThat('hook', POSITIONS['by itself']!(act)));
    const machine = machineOf(SCENARIOS[0]!, false);
    expect(() => whereTheyPart([machine], 'hook')).toThrow(JobError);
    expect(() => whereTheyPart([machine], 'hook')).toThrow(/job was named as the copier, and g\d runs/);
  });

  it('knows no cluster that the disk has not', () => {
    const refused =
      (act: Act): (() => unknown) =>
      () => {
        registerJob(NAME, jobThat('hook', POSITIONS['by itself']!(act)));
        whereTheyPart([machineOf(SCENARIOS[0]!, false)], 'hook');
      };
    expect(
      refused(function* ({ inFlight }, me) {
        yield* inFlight.wait(me, 3, 4);
      }),
    ).toThrow('there is no cluster 3: the disk has 3');
    expect(
      refused(function* ({ inFlight }, me) {
        inFlight.begin(me, 1, 4);
      }),
    ).toThrow('there is no cluster 3: the disk has 3');
  });
});
