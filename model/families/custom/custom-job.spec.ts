/** A custom job in a machine: it runs like cowcheck's, and the replay contract is kept. */
import '../../../src/families/custom.ts';
import { describe, expect, it } from 'vitest';
import { JobState } from '../../job/job-status.ts';
import { Machine } from '../../machine/machine.ts';
import { type Setting, shapeOf } from '../../machine/shape.ts';
import type { Scenario } from '../../scenario/scenario.ts';
import { readyNow, request, smallScenario } from '../../testing.ts';
import { COMPARED_PART, COMPARED_STEPS, keepsReplayContract } from '../../machine/comparing-engine.ts';
import type { Backup, Copier, Job, Run } from './job.ts';
import { JobError } from './job-error.ts';
import { registerJob } from './registry.ts';

/** Copies cluster after cluster, and lets guests copy what they overwrite; who copies holds its clusters in the list. */
const LISTED: Job = {
  modes: ['full', 'none'],
  cells: { copied: 'clusters', turns: 'one' },
  locals: ['cluster'],
  *run(backup) {
    yield* backup.drainGuest();
    backup.begin();
    backup.linkHook();
    for (let c = 0; c < backup.clusters && backup.mode === 'full' && !backup.isCancelled; c++) {
      yield* backup.sleep(c);
      yield* copy(backup, backup.job, c);
    }
    while (backup.mode === 'none' && !backup.isCancelled) yield* backup.park();
    yield* backup.copies.drain();
    backup.unlinkHook();
    backup.free();
    yield* backup.closeTarget();
    backup.end();
  },
  *beforeWrite(backup, me) {
    for (
      me.locals['cluster']!.set(me.firstCluster);
      me.locals['cluster']!.get() < me.endCluster;
      me.locals['cluster']!.set(me.locals['cluster']!.get() + 1)
    ) {
      yield* copy(backup, me, me.locals['cluster']!.get());
    }
    return 0;
  },
  *readPointInTime(backup, me) {
    return yield* backup.target.read(me);
  },
};

function* copy({ source, target, copies, inFlight, cells }: Backup, me: Copier, c: number): Run {
  copies.begin();
  while (inFlight.overlaps(me, c, c + 1)) yield* inFlight.wait(me, c, c + 1);
  if (cells['copied']!.get(c) === 0) {
    inFlight.begin(me, c, c + 1);
    yield* source.read(me, c);
    if (me.bufferIsZero(c)) yield* target.writeZeroes(me, c);
    else yield* target.write(me, c);
    cells['copied']!.set(c, 1);
    cells['turns']!.add(1);
    inFlight.end(me);
    inFlight.wake(me);
  }
  copies.end();
}

const SCENARIO = smallScenario('full', [request('g1', 'write', [1, 2]), request('g2', 'zero', [2, 2])], { sectors: 5, zero: [2, 3] });

function machineOf(job: unknown, scenario: Scenario = SCENARIO, more: Partial<Setting> = {}): Machine {
  registerJob('own.mjs', job);
  const machine = new Machine(
    shapeOf(scenario, { effects: 'cluster', wake: 'any', without: [], requestsMin: 0, customJob: 'own.mjs', ...more }),
  );
  machine.load(scenario);
  return machine;
}

/** Runs to the end. @param last whether the last ready coroutine runs next; else the first */
function runToEnd(machine: Machine, last: boolean): string[] {
  machine.begin();
  const steps: string[] = [];
  for (let ready = readyNow(machine); ready.length > 0; ready = readyNow(machine)) {
    const who = machine.coroutines.byId(ready.at(last ? -1 : 0)!);
    steps.push(`${machine.coroutineName(who)}: ${machine.stepName(who.pending)}`);
    machine.step(who.id);
  }
  return steps;
}

const shown = (machine: Machine): string[] =>
  Array.from({ length: machine.shape.sectors }, (_, s) => machine.contentName(machine.target.contentAt(s)));

describe('a custom job', () => {
  it('copies the disk as it was at T0, in steps that are named as those of cowcheck', () => {
    const machine = machineOf(LISTED);
    const steps = runToEnd(machine, true);
    expect(steps.slice(0, 8)).toEqual([
      'job: start',
      'g2: zero.start',
      'g2: copy.read c1',
      'g2: copy.took c1',
      'g2: copy.data c1',
      'g2: copy.zero c1',
      'g2: copy.zero.land c1',
      'g2: copy.zero.done c1',
    ]);
    expect(shown(machine)).toEqual(['s0@0', 's1@0', 'zero', 'zero', 's4@0']);
    expect(machine.job.status.stateSeen).toBe(JobState.completed);
  });

  it('comes to the same by its table as by its generators', () => {
    const machine = machineOf(LISTED);
    const byGenerators = runToEnd(machine, true);
    const cells = machine.world.cells.slice();
    machine.useTable(true);
    expect(runToEnd(machine, true)).toEqual(byGenerators);
    expect(machine.world.cells).toEqual(cells);
  });

  it('is compared with its table until so many steps have agreed', () => {
    const job = { ...LISTED };
    const machine = machineOf(job);
    machine.compareRuns();
    let steps = 0;
    for (; steps < COMPARED_STEPS;) {
      expect(keepsReplayContract(job)).toBe(false);
      steps += runToEnd(machine, steps % 2 === 0).length;
    }
    expect(keepsReplayContract(job)).toBe(true);
  });

  it('does not run in a mode that it has not', () => {
    expect(() => machineOf(LISTED, smallScenario('top', [], { sectors: 2 }))).toThrow('own.mjs: it does FULL, NONE, and not TOP');
  });

  it('may let somebody read the point in time', () => {
    const scenario = smallScenario('none', [request('g1', 'readT0', [0, 2])], { sectors: 2, cancel: true });
    expect(runToEnd(machineOf(LISTED, scenario), true)).toContain('g1: readT0.took c0');
    expect(runToEnd(machineOf({ ...LISTED, readPointInTime: undefined }, scenario), true)).not.toContain('g1: readT0.took c0');
  });

  const withLoop = (loop: (backup: Backup, c: number, n: number) => Run): Job => ({
    ...LISTED,
    steps: ['hash', 'tidy'],
    *run(backup) {
      backup.begin();
      for (let c = 0, n = 0; c < backup.clusters; c++, n++) yield* loop(backup, c, n);
    },
  });

  const BREAKS_THE_LAW: [what: string, job: Job, step: RegExp][] = [
    [
      'a local that changes lives across a yield',
      {
        ...withLoop(function* () {}),
        *run(backup) {
          backup.begin();
          let cancelled = 0;
          for (let c = 0; c < backup.clusters; c++) {
            if (backup.isCancelled) cancelled++;
            yield* backup.step(backup.job, 'hash', c);
            if (cancelled === 2) backup.end();
          }
        },
      },
      /from the step "hash c\d" \(custom-job\.spec\.ts:\d+:\d+\) it continues/,
    ],
    [
      'two places wait in the same step',
      withLoop(function* (backup, c) {
        yield* backup.step(backup.job, 'hash', c);
        yield* backup.step(backup.job, 'hash', c);
      }),
      /from the step "hash c\d" \(custom-job\.spec\.ts:\d+:\d+\) it continues/,
    ],
  ];
  it.each(BREAKS_THE_LAW)('is told, with the step, that %s', (_, job, step) => {
    const machine = machineOf(job, { ...SCENARIO, cancel: true });
    expect(() => machine.useTable(true)).toThrow(JobError);
    expect(() => machine.useTable(true)).toThrow(step);
  });

  it('may keep the range of a request in variables', () => {
    const machine = machineOf({
      ...LISTED,
      *beforeWrite(backup: Backup, me: Copier): Run<number> {
        const { firstCluster, endCluster } = me;
        for (let c = firstCluster; c < endCluster; c++) yield* copy(backup, me, c);
        return 0;
      },
    });
    machine.useTable(true);
    const byTable = runToEnd(machine, true);
    machine.useTable(false);
    expect(runToEnd(machine, true)).toEqual(byTable);
  });

  /** One whose hook copies nothing any more, from when on it is told. */
  const turning = (): { job: Job; turn: () => void } => {
    let hasTurned = false;
    const job: Job = {
      ...LISTED,
      *beforeWrite(backup, me) {
        return hasTurned ? 0 : yield* LISTED.beforeWrite(backup, me);
      },
    };
    return { job, turn: () => (hasTurned = true) };
  };

  it.each([false, true])(
    'is told, whenever it comes to be so, that it keeps something outside of the cells: while it runs by its table: %s',
    (usesTable) => {
      const { job, turn } = turning();
      const machine = machineOf(job);
      machine.useTable(true);
      machine.useTable(usesTable);
      machine.compareRuns();
      const runs = 6 / COMPARED_PART;
      for (let run = 0; run < runs; run++) runToEnd(machine, true);
      turn();
      expect(() => Array.from({ length: runs }, () => runToEnd(machine, true))).toThrow(
        /^own\.mjs: from the step "zero\.start" it continues now in one way and now in another/,
      );
    },
  );

  it('is told so where a search goes back and forth', () => {
    const { job, turn } = turning();
    const machine = machineOf(job);
    machine.useTable(true);
    machine.begin();
    const way: number[] = [];
    for (let ready = readyNow(machine); ready.length > 0; ready = readyNow(machine)) {
      way.push(ready.at(-1)!);
      machine.step(way.at(-1)!);
    }
    machine.retracing!.check(way);
    turn();
    expect(() => machine.retracing!.check(way)).toThrow(
      /^own\.mjs: from the step "zero\.start" it continues now in one way and now in another/,
    );
  });

  it('is told so if it comes to nothing that it came to', () => {
    let turns = 0;
    const machine = machineOf({
      ...LISTED,
      *beforeWrite() {
        return turns++ === 0 ? 1 : 0;
      },
    } satisfies Partial<Job>);
    machine.useTableUncompared();
    machine.begin();
    machine.step(machine.job.id);
    const g1 = machine.guests[0]!.id;
    machine.step(g1);
    expect(() => machine.retracing!.check([machine.job.id, g1])).toThrow(/^own\.mjs: /);
  });

  it('is told, with the place, what it does wrong', () => {
    const run =
      (body: (backup: Backup) => Run): (() => unknown) =>
      () =>
        runToEnd(machineOf(withLoop(body as never)), false);
    expect(
      run(function* (b) {
        yield* b.step(b.job, 'wash', 0);
      }),
    ).toThrow(/^own\.mjs: after step "start", the job throws an error: the job has declared no step "wash"/);
    expect(
      run(function* (b) {
        yield* b.sleep(9);
      }),
    ).toThrow('there is no cluster 9: the disk has 3');
    expect(
      run(function* (b) {
        yield* b.source.read({} as Copier, 0);
      }),
    ).toThrow('a copier was expected');
    expect(
      run(function* (b) {
        b.inFlight.end(b.job);
      }),
    ).toThrow('this copier has no copy in flight');
    expect(
      run(function* (b) {
        b.cells['turns']!.set(0.5);
      }),
    ).toThrow('a cell holds whole numbers of 32 bits, and this is 0.5');
    expect(
      run(function* (b) {
        b.cells['turns']!.set(1, 1);
      }),
    ).toThrow('there is one "turns", so no cluster should be named');
    expect(
      run(function* () {
        throw new Error('mine');
      }),
    ).toThrow(/the job throws Error: mine \(custom-job\.spec\.ts:\d+:\d+\)$/);
    expect(
      run(function* (b) {
        b.cells['nowhere']!.set(0, 1);
      }),
    ).toThrow(/\(custom-job\.spec\.ts:\d+:\d+\): a cell or queue must be declared in "cells" or "queues"$/);
  });
});
