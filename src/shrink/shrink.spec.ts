import { describe, expect, it } from 'vitest';
import type { SyncMode } from '../../model/backup/drive-backup.ts';
import type { RuleName } from '../../model/backup/rules.ts';
import { type Scenario, whatIsWrong } from '../../model/scenario.ts';
import { request, smallScenario } from '../../model/testing.ts';
import { Experiment, type NamedStep, Prefer } from '../explore/experiment.ts';
import { randomNumbers } from '../explore/random-numbers.ts';
import { drawScenario, scenarios } from '../generate/scenarios.ts';
import { MODES, SCOPE, UNMASKED, failingRuns, findFailure, settingWithout } from '../testing.ts';
import type { FailingRun } from '../trace/record.ts';
import { clustersCutOut, plainerScenarios, requestsDropped, stretchesCut, stretchesJoined } from './candidates.ts';
import { type Cost, type Shrunk, shrink } from './shrink.ts';

/** In the words of a trace. */
function played({ scenario, setting, steps }: FailingRun): string[] {
  const { machine } = new Experiment(scenario, setting);
  return steps.map(({ who, step }) => `${who}: ${machine.stepName(step)}`);
}

function broken({ scenario, setting, steps }: FailingRun): { property: string | undefined; steps: number } {
  const experiment = new Experiment(scenario, setting);
  const result = experiment.run(new Prefer(experiment.machine, steps));
  return { property: result.violation?.property, steps: result.steps };
}

const inOrder = ({ requests, sectors, frills, preemptions, steps }: Cost): number[] => [requests, sectors, frills, preemptions, steps];
/** Below 0: `a` is the smaller one. */
function compare(a: Cost, b: Cost): number {
  const [left, right] = [inOrder(a), inOrder(b)];
  const first = left.findIndex((n, i) => n !== right[i]);
  return first < 0 ? 0 : left[first]! - right[first]!;
}

describe('shrink', () => {
  it('makes a failing run small: fewer requests, a smaller disk, fewer preemptions, fewer steps', () => {
    const run = findFailure(settingWithout(['copyBeforeWrite'], { effects: 'cluster' }), 'full', 100)!;
    const shrunk = shrink(run);
    // One write that lands before its cluster was copied, on the smallest disk there is.
    expect(played(shrunk.run)).toEqual(['job: start', 'g1: write.start', 'g1: write.send c0', 'g1: write.land c0'].map((line) => line.replace('g1', shrunk.run.scenario.guest[0]!.id)));
    expect(shrunk).toMatchObject({ property: 'snapshot-kept', cost: { requests: 1, sectors: 1, preemptions: 1, steps: 4 } });
  });

  it('leaves alone what is small already', () => {
    const once = shrink(findFailure(settingWithout(['copyBeforeWrite']), 'full', 100)!);
    const twice = shrink(once.run);
    expect(twice.cost).toEqual(once.cost);
    expect(twice.run).toEqual(once.run);
    expect(twice.tries).toBeLessThan(once.tries);
  });

  it('does not take one failure for another', () => {
    // A NONE job that never wakes up is a smaller failure than a write that lands too early, but another one.
    const setting = settingWithout(['copyBeforeWrite', 'cancelWakesParkedJob'], { effects: 'cluster' });
    const runs = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'].map((seed) => findFailure(setting, 'none', 200, { seed })!);
    const early = runs.filter(({ found }) => found.violation.property === 'snapshot-kept');
    expect(early.length).toBeGreaterThan(0);
    for (const run of early) expect(shrink(run)).toMatchObject({ property: 'snapshot-kept', cost: { requests: 2, steps: 4 } });
  });

  it('says that it is not a failing run, instead of making something up', () => {
    const run = findFailure(settingWithout(['copyBeforeWrite']), 'full', 100)!;
    expect(() => shrink({ ...run, setting: settingWithout([]) })).toThrow('did not fail');
  });

  it('gives the same every time', () => {
    const run = findFailure(settingWithout(['lookAgainAfterWaking']), 'full', 500)!;
    expect(shrink(run)).toEqual(shrink(run));
  });
});

describe('what was shrunk', () => {
  const RUNS = failingRuns();
  const SHRUNK: readonly { rule: RuleName; mode: SyncMode; run: FailingRun; shrunk: Shrunk }[] = RUNS.map((run) => ({ rule: run.setting.without[0]!, mode: run.scenario.mode, run, shrunk: shrink(run) }));

  it('is there for every rule', () => {
    expect(new Set(SHRUNK.map(({ rule }) => rule))).toEqual(new Set(UNMASKED));
  });

  it('still breaks the same property, at its last step, and as a whole', () => {
    for (const { rule, run, shrunk } of SHRUNK) {
      const before = broken(run).property;
      expect({ rule, property: shrunk.property }).toEqual({ rule, property: before });
      expect(broken(shrunk.run)).toEqual({ property: before, steps: shrunk.run.steps.length });
      expect(shrunk.run.setting).toEqual(run.setting);
      expect(shrunk.run.scenario.mode).toBe(run.scenario.mode);
      expect(whatIsWrong(shrunk.run.scenario)).toBeNull();
    }
  });

  it('is followed by exactly the steps that it names', () => {
    for (const { shrunk } of SHRUNK) {
      const experiment = new Experiment(shrunk.run.scenario, shrunk.run.setting);
      const prefer = new Prefer(experiment.machine, shrunk.run.steps);
      experiment.run(prefer);
      expect(prefer.ran).toEqual(shrunk.run.steps);
      expect(prefer.preemptions).toBe(shrunk.cost.preemptions);
    }
  });

  it('is never larger than before, and says how large it is', () => {
    for (const { rule, run, shrunk } of SHRUNK) {
      const { scenario, steps } = shrunk.run;
      expect(shrunk.cost).toMatchObject({ requests: scenario.guest.length + (scenario.cancel ? 1 : 0), sectors: scenario.disk.sectors, steps: steps.length });
      expect(scenario.guest.length).toBeLessThanOrEqual(run.scenario.guest.length);
      expect(scenario.disk.sectors).toBeLessThanOrEqual(run.scenario.disk.sectors);
      expect(compare(shrink(shrunk.run).cost, shrunk.cost), rule).toBeLessThanOrEqual(0);
    }
  });

  it('took few tries, far less than a second of them', () => {
    for (const { rule, shrunk } of SHRUNK) expect(shrunk.tries, rule).toBeLessThan(1_500);
    const begin = performance.now();
    for (const { run } of SHRUNK) shrink(run);
    expect((performance.now() - begin) / SHRUNK.length).toBeLessThan(500); // measured: 6 ms each
  });
});

describe('what is known to be smallest is found, or nearly, whatever the failure was', () => {
  /** A rule and a mode, and what its failures come to: requests (with the cancel), preemptions, steps. */
  const KNOWN: readonly [rule: RuleName, mode: SyncMode, requests: number, preemptions: number, steps: number][] = [
    ['copyBeforeWrite', 'full', 1, 1, 4],
    ['copyBeforeWrite', 'top', 1, 1, 10], // the job must have passed the cluster by, else nobody needs it
    ['copyBeforeWrite', 'none', 2, 0, 4], // NONE: the job parks, so that is no preemption; the cancel is a request
    ['copyBeforeDiscard', 'full', 1, 1, 4],
    ['wakeWaiters', 'full', 1, 1, 9],
    ['hookBeforeFirstYield', 'full', 1, 1, 4],
    ['waitForOverlappingCopies', 'full', 1, 1, 17],
    ['topDecidesOnce', 'top', 1, 1, 14],
    ['topAsksWholeCluster', 'top', 0, 0, 4],
    ['topStopsAtEndOfDisk', 'top', 0, 0, 3],
    ['clampLastCluster', 'full', 0, 0, 4],
    ['cancelWakesParkedJob', 'none', 1, 0, 2],
    ['cancelCheckedAfterSleep', 'none', 1, 0, 3],
  ];

  // Best effort: a greedy search may end where no single change helps. It does so rarely, and not far away.
  it.each(KNOWN)('%s, %s: %i requests, %i preemptions, %i steps', (rule, mode, requests, preemptions, steps) => {
    const seeds = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];
    const costs = seeds.map((seed) => shrink(findFailure(settingWithout([rule], { effects: 'cluster' }), mode, 4_000, { seed })!).cost);
    const smallest = costs.filter((cost) => cost.requests === requests && cost.preemptions === preemptions && cost.steps === steps);
    expect(smallest.length).toBeGreaterThanOrEqual(6);
    for (const cost of costs) {
      expect(cost.requests).toBeLessThanOrEqual(requests + 1);
      expect(cost.steps).toBeGreaterThanOrEqual(steps);
      expect(cost.steps).toBeLessThanOrEqual(2 * steps);
    }
  });
});

describe('candidates', () => {
  const DRAWN: readonly Scenario[] = MODES.flatMap((mode) => {
    const random = randomNumbers(`candidates ${mode}`);
    const arbitrary = scenarios(mode, { ...SCOPE, clusterSectors: 4 });
    return Array.from({ length: 150 }, () => drawScenario(arbitrary, random));
  });

  /** What is wrong with the candidates, and how often. */
  function wrongWith(candidates: (scenario: Scenario) => Iterable<Scenario>): Map<string, number> {
    const wrong = new Map<string, number>();
    let count = 0;
    for (const scenario of DRAWN) {
      for (const candidate of candidates(scenario)) {
        count++;
        expect(candidate.mode).toBe(scenario.mode);
        const why = whatIsWrong(candidate);
        if (why !== null) wrong.set(why, (wrong.get(why) ?? 0) + 1);
      }
    }
    expect(count).toBeGreaterThan(500);
    return wrong;
  }

  it('differ from what they were made of', () => {
    for (const scenario of DRAWN) for (const candidate of [...requestsDropped(scenario), ...plainerScenarios(scenario)]) expect(candidate).not.toEqual(scenario);
  });

  it('without requests can be run, each of them', () => {
    expect(wrongWith(requestsDropped)).toEqual(new Map());
  });

  it('that are plainer can be run, each of them', () => {
    expect(wrongWith(plainerScenarios)).toEqual(new Map());
  });

  it('without requests keep the others as they were, and who waited for a dropped one waits for what that one waited for', () => {
    const chain = smallScenario('full', [request('g1', 'write', [0, 1]), request('g2', 'write', [1, 1], { after: ['g1'] }), request('g3', 'write', [2, 1], { after: ['g2'] })], { cancel: true });
    const scenario = { ...chain, cancelAfter: ['g3'] };
    const guests = [...requestsDropped(scenario)].map(({ guest, cancel, cancelAfter }) => [...guest.map((g) => `${g.id}(${g.after.join()})`), cancel ? `cancel(${cancelAfter?.join()})` : ''].join(' '));
    expect(guests).toEqual(['g3() cancel(g3)', 'g1() g2(g1) cancel(g2)', 'g2() g3(g2) cancel(g3)', 'g1() g3(g1) cancel(g3)', 'g1() g2(g1) cancel(g2)', 'g1() g2(g1) g3(g2) ']);
    expect([...requestsDropped(smallScenario('none', []))]).toEqual([]); // a NONE job ends in no other way
  });

  it('without a cluster that nobody asked for can be run, and have one less, with all the others in their order', () => {
    let count = 0;
    for (const scenario of DRAWN) {
      const steps: NamedStep[] = [{ who: 'job', step: 0 }];
      for (const { scenario: cut } of clustersCutOut(scenario, steps)) {
        count++;
        expect(whatIsWrong(cut)).toBeNull();
        expect(cut.disk.sectors).toBe(scenario.disk.sectors - scenario.disk.clusterSectors);
        expect(cut.guest.map(({ first: _, ...g }) => g)).toEqual(scenario.guest.map(({ first: _, ...g }) => g));
        // What is between two requests may get shorter, by whole clusters; nothing changes sides.
        for (const [i, g] of cut.guest.entries()) expect([0, scenario.disk.clusterSectors]).toContain(scenario.guest[i]!.first - g.first);
      }
    }
    expect(count).toBeGreaterThan(100);
  });

  it('without a cluster have the schedule without its steps, and the later clusters by their new numbers', () => {
    const scenario = smallScenario('full', [request('g1', 'write', [2, 3])], { sectors: 8, zero: [0, 5] });
    const { machine } = new Experiment(scenario, settingWithout([], { effects: 'cluster' }));
    const named = ['job: sleep c0', 'job: copy.read c0', 'g1: write.start', 'job: sleep c1', 'job: copy.took c2', 'g1: write.land s3', 'g1: write.done', 'job: sleep c3'].map((line) => ({ who: line.split(': ')[0]!, step: machine.parseStep(line.split(': ')[1]!)! }));
    const cut = [...clustersCutOut(scenario, named)];
    expect(cut.map((one) => one.steps.map(({ who, step }) => `${who}: ${machine.stepName(step)}`))).toEqual([
      ['g1: write.start', 'job: sleep c0', 'job: copy.took c1', 'g1: write.land s1', 'g1: write.done', 'job: sleep c2'],
      ['job: sleep c0', 'job: copy.read c0', 'g1: write.start', 'job: sleep c1', 'job: copy.took c2', 'g1: write.land s3', 'g1: write.done'],
    ]);
    expect(cut.map((one) => [one.scenario.disk.sectors, one.scenario.disk.zero, one.scenario.guest[0]!.first])).toEqual([[6, [3], 0], [6, [0, 5], 2]]);
  });

  it('of schedules lose some steps, or have two stretches of a coroutine joined, and add none', () => {
    const steps: NamedStep[] = ['job', 'job', 'g1', 'job', 'g2', 'g1'].map((who, step) => ({ who, step }));
    const all = [...stretchesCut(steps), ...stretchesJoined(steps)];
    expect(new Set(all.map((one) => JSON.stringify(one))).size).toBeGreaterThan(8);
    for (const candidate of all) {
      expect(candidate.length).toBeLessThanOrEqual(steps.length);
      expect(new Set(candidate).size).toBe(candidate.length);
      for (const step of candidate) expect(steps).toContain(step);
      // What one coroutine does stays in its order.
      for (const who of ['job', 'g1', 'g2']) {
        const own = candidate.filter((step) => step.who === who).map(({ step }) => step);
        expect(own).toEqual(own.toSorted((a, b) => a - b));
      }
    }
    for (let i = 0; i < steps.length; i++) expect(all).toContainEqual(steps.filter((_, k) => k !== i));
    expect(all).toContainEqual([0, 1, 3, 2, 4, 5].map((i) => steps[i])); // the job's next stretch, at once
    expect(all).toContainEqual([2, 0, 1, 3, 4, 5].map((i) => steps[i])); // or its first one later
    expect([...stretchesCut([]), ...stretchesJoined([])]).toEqual([]);
  });
});
