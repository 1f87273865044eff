import { describe, expect, it } from 'vitest';
import { NO_ERROR, printError } from '../../model/block/errors.ts';
import { JobState } from '../../model/job/job-status.ts';
import { Machine } from '../../model/machine/machine.ts';
import { type Setting, shapeOf } from '../../model/machine/shape.ts';
import type { Scenario } from '../../model/scenario/scenario.ts';
import { request, smallScenario } from '../../model/testing.ts';
import { Properties } from '../../properties/all.ts';
import { Marks } from '../../properties/marks.ts';
import { MARK_IDS } from '../../properties/situations.ts';
import { drawScenario, scenarios } from '../scenarios/draw.ts';
import { MODES, SCOPE, WAKES, settingWithout } from '../testing.ts';
import { Bench, Benches, runUnit } from './campaign/campaign.ts';
import { randomNumbers } from './strategies/random-numbers.ts';
import { RandomWalk } from './strategies/random-walk.ts';
import { Runner, stepsMaxOf } from './run.ts';
import { StickyWalk } from './strategies/sticky-walk.ts';
import type { Strategy } from './strategies/strategy.ts';

const ONE_WRITE = smallScenario('full', [request('g1', 'write', [0, 2])], { sectors: 4, zero: [3] });

/** Runs the coroutine with the highest, or the lowest, id that is ready. */
const last: Strategy = { name: 'last', start: () => {}, pick: ({ count }) => count - 1, done: () => {} };
const first: Strategy = { ...last, name: 'first', pick: () => 0 };

function benchFor(scenario: Scenario, setting: Setting = settingWithout([])): Bench {
  const bench = new Bench(shapeOf(scenario, setting));
  bench.machine.load(scenario);
  return bench;
}

/** The steps of the latest run, in the words of a trace. */
function played({ machine, runner }: Bench, steps: number): string[] {
  const ids = runner.schedule.slice(0, steps);
  machine.begin();
  return Array.from(ids, (id) => {
    const coroutine = machine.coroutines.byId(id);
    const line = `${machine.coroutineName(coroutine)}: ${machine.stepName(coroutine.pending)}`;
    machine.step(id);
    return line;
  });
}

describe('a run', () => {
  it('takes one scenario, lets a strategy choose step after step, and says whether a property broke', () => {
    // The scenario is plain data: a disk of four sectors in two clusters, and one guest write to the first of them.
    const scenario: Scenario = {
      mode: 'full',
      disk: { sectors: 4, clusterSectors: 2, zero: [3], discardReads: 'zero' },
      targetClusterSectors: 0,
      guest: [{ id: 'g1', kind: 'write', first: 0, count: 2, after: [], early: false }],
      cancel: false,
    };
    // A machine has the shape of the scenario; properties and marks look on.
    const machine = new Machine(shapeOf(scenario, { effects: 'cluster', wake: 'any', without: [], requestsMin: 1 }));
    const properties = new Properties(machine);
    const marks = new Marks(machine);
    const runner = new Runner(machine, properties, marks);
    machine.load(scenario);

    // One schedule, picked at random, from a seed.
    const result = runner.run(new RandomWalk(), randomNumbers('tutorial'));

    expect(result).toEqual({ steps: 21, violation: null, cutOff: false });
    expect(machine.job.status.stateSeen).toBe(JobState.completed);
    const target = Array.from({ length: 4 }, (_, s) => machine.contentName(machine.target.contentAt(s)));
    const source = Array.from({ length: 4 }, (_, s) => machine.contentName(machine.source.contentAt(s)));
    expect(target).toEqual(['s0@0', 's1@0', 's2@0', 'zero']); // the disk as it was at T0
    expect(source).toEqual(['s0.g1', 's1.g1', 's2@0', 'zero']); // and as it is now
  });

  it('ends at the step that breaks a property, and has noted who ran up to there', () => {
    const bench = benchFor(ONE_WRITE, settingWithout(['copyBeforeWrite'], { effects: 'cluster' }));
    const result = bench.runner.run(last, randomNumbers('none needed'));
    expect(result).toMatchObject({ steps: 4, cutOff: false, violation: { property: 'snapshot-kept', sector: 0 } });
    expect(played(bench, result.steps)).toEqual(['job: start', 'g1: write.start', 'g1: write.send c0', 'g1: write.land c0']);
  });

  it('asks once nothing can run whether somebody still waits', () => {
    const bench = benchFor(ONE_WRITE, settingWithout(['wakeWaiters'], { effects: 'cluster' }));
    const strategy: Strategy = {
      ...first,
      pick: ({ count, ids }) => (ids[0] === 1 && bench.machine.stepName(bench.machine.job.pending) === 'copy.data c0' ? count - 1 : 0),
    };
    const { violation, cutOff } = bench.runner.run(strategy, randomNumbers('none needed'));
    expect(cutOff).toBe(false);
    expect(violation).toMatchObject({
      property: 'always-finishes',
      detail: expect.stringContaining('nothing can run any more; waiting: job in "drain.copies" for g1'),
    });
  });

  it('starts from the same state every time', () => {
    const bench = benchFor(ONE_WRITE);
    const once = bench.runner.run(last, randomNumbers('none needed'));
    const line = played(bench, once.steps);
    expect(bench.runner.run(first, randomNumbers('none needed')).violation).toBeNull();
    expect(played(bench, once.steps)).not.toEqual(line);
    expect(bench.runner.run(last, randomNumbers('none needed'))).toEqual(once);
    expect(played(bench, once.steps)).toEqual(line);
  });

  it('asks all properties, which begin anew with it', () => {
    // What guest-unharmed expects a read to return, it has seen on the disk when the run began.
    for (const zero of [[0], [3]]) {
      const bench = benchFor(smallScenario('full', [request('g1', 'read', [0, 2])], { sectors: 4, zero }));
      for (let run = 0; run < 3; run++) expect(bench.runner.run(new RandomWalk(), randomNumbers('reading')).violation).toBeNull();
    }
  });

  it('counts the situations of this run alone', () => {
    const bench = benchFor(ONE_WRITE, settingWithout([], { effects: 'cluster' }));
    const hookCopied = MARK_IDS.indexOf('hookCopied');
    bench.runner.run(last, randomNumbers('none needed'));
    expect(bench.marks.hit[hookCopied]).toBe(1);
    bench.runner.run(first, randomNumbers('none needed'));
    expect(bench.marks.hit[hookCopied]).toBe(0);
  });

  it('goes on for the guest where the command has said no', () => {
    const short = {
      ...smallScenario('full', [request('g1', 'write', [0, 2])], { sectors: 4, zero: [3] }),
      existingTarget: { sectors: 3, backed: false, data: [] },
    };
    const bench = benchFor(short, settingWithout([], { effects: 'cluster' }));
    const result = bench.runner.run(first, randomNumbers('none needed'));
    expect(result).toMatchObject({ violation: null, cutOff: false });
    expect(played(bench, result.steps)).toEqual([
      'job: start',
      'g1: write.start',
      'g1: write.send c0',
      'g1: write.land c0',
      'g1: write.done',
    ]);
    expect(bench.machine.job.status.stateSeen).toBe(JobState.refused);
  });

  it('ends with the job that an error has ended, or that an operator got over it', () => {
    const broken = {
      ...smallScenario('full', [], { sectors: 2, zero: [1] }),
      faults: [{ side: 'target', op: 'write', cluster: 0, errno: 'ENOSPC', times: 1 }],
    } as const;
    const states = [broken, { ...broken, onError: { source: 'report', target: 'enospc' }, resume: true } as const].map((scenario) => {
      const bench = benchFor(scenario, settingWithout([], { effects: 'cluster' }));
      const { violation, steps } = bench.runner.run(first, randomNumbers('none needed'));
      expect(violation).toBeNull();
      const { stateSeen, errorSeen } = bench.machine.job.status;
      return {
        stateSeen,
        error: errorSeen === NO_ERROR ? null : printError(errorSeen),
        who: [...new Set(played(bench, steps).map((line) => line.split(':')[0]))],
      };
    });
    expect(states).toEqual([
      { stateSeen: JobState.completed, error: 'ENOSPC from the target', who: ['job'] },
      { stateSeen: JobState.completed, error: null, who: ['job', 'operator'] },
    ]);
  });

  it('notes schedules of any length', () => {
    const wide = smallScenario('full', [request('g1', 'write', [0, 90])], { sectors: 120, zero: [3] });
    const bench = benchFor(wide);
    const { steps, violation } = bench.runner.run(new RandomWalk(), randomNumbers('long'));
    expect(violation).toBeNull();
    expect(steps).toBeGreaterThan(512);
    const ids = Array.from(bench.runner.schedule.subarray(0, steps));
    const again = bench.runner.run({ ...first, pick: following(ids) }, randomNumbers('none needed'));
    expect(again).toEqual({ steps, violation: null, cutOff: false });
  });
});

/** Picks whom a list of ids names, one after the other. */
function following(ids: readonly number[]): Strategy['pick'] {
  let at = 0;
  return ({ ids: ready, count }) => ready.subarray(0, count).indexOf(ids[at++]!);
}

describe('the limit of steps', () => {
  /** A machine whose steps do nothing, so that nobody ever gets anywhere. */
  function stuck(scenario: Scenario): Bench {
    const bench = benchFor(scenario);
    bench.machine.step = () => {};
    return bench;
  }

  it('cuts a run off, which is neither a success nor a failure', () => {
    const bench = stuck(ONE_WRITE);
    const result = bench.runner.run(new StickyWalk(0.5), randomNumbers('for ever'));
    expect(result).toEqual({ steps: stepsMaxOf(bench.machine), violation: null, cutOff: true });
    // It is not taken for a run in which nothing is left to do, either: that would break always-finishes.
    expect(bench.machine.coroutines.alive()).not.toEqual([]);
  });

  it('is counted apart by a campaign, and no reason to stop', () => {
    class StuckBenches extends Benches {
      override for(scenario: Scenario): Bench {
        return stuck(scenario);
      }
    }
    const options = { seed: 'stuck', strategy: 'random', keepGoing: false, setting: settingWithout([]) };
    const source = { draw: () => ONE_WRITE, schedulesPerScenario: 2, scenariosPerUnit: 3 };
    const result = runUnit(options, source, { mode: 'full', number: 0, schedules: 6 }, new StuckBenches(), () => false);
    expect(result).toMatchObject({ schedules: 6, scenarios: 3, cutOff: 6, found: [] });
    expect(result.steps).toBe(6 * stepsMaxOf(benchFor(ONE_WRITE).machine));
  });

  it('is far beyond what a correct job takes', () => {
    for (const mode of MODES) {
      for (const wake of WAKES) {
        const scenario = smallScenario(mode, [
          request('g1', 'write', [0, 6]),
          request('g2', 'write', [1, 4]),
          request('g3', 'discard', [0, 6]),
        ]);
        const bench = benchFor(scenario, settingWithout([], { wake }));
        const random = randomNumbers('far');
        for (let run = 0; run < 100; run++)
          expect(bench.runner.run(new RandomWalk(), random).steps).toBeLessThan(stepsMaxOf(bench.machine) / 10);
      }
    }
  });

  it('is far beyond it with errors, a pause, limits and copy on read as well', () => {
    const random = randomNumbers('far, with errors');
    for (const mode of MODES) {
      const arbitrary = scenarios(mode, { ...SCOPE, faults: true });
      for (let i = 0; i < 100; i++) {
        const bench = benchFor(drawScenario(arbitrary, random), settingWithout([], { wake: WAKES[i % 2]! }));
        for (let run = 0; run < 5; run++)
          expect(bench.runner.run(new StickyWalk(0.5), random).steps).toBeLessThan(stepsMaxOf(bench.machine) / 5);
      }
    }
  });
});
