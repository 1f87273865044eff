/**
 * The example family, which spawns tasks and uses their slots again, has a filter, a bitmap and a reader's node, two jobs on two disks,
 * one of them started in mid-run, and restarts: everything works for it that works for the families of the product.
 */
import { describe, expect, it } from 'vitest';
import '../../../src/families/block-copy.ts';
import { explain } from '../../../src/explain/explain-any.ts';
import { replay } from '../../../src/replay/replay.ts';
import { drawScenario, scenarios } from '../../../src/scenarios/draw.ts';
import { ALL_REDUCTIONS } from '../../../src/search/exhaustive/reductions.ts';
import { search } from '../../../src/search/exhaustive/testing.ts';
import { randomNumbers } from '../../../src/search/strategies/random-numbers.ts';
import { failureOf } from '../../../src/shrink/failure.ts';
import { SCOPE, findFailure, settingWithout } from '../../../src/testing.ts';
import { sized } from '../../../tools/nightly/testing.ts';
import { ComparingBudget } from '../../kernel/comparing-engine.ts';
import { GeneratorEngine, HiddenState } from '../../kernel/engine.ts';
import type { FamilyName, JobName, RuleName } from '../../machine/job-names.ts';
import { optionsOf } from '../../machine/job-options.ts';
import { Machine } from '../../machine/machine.ts';
import { offerFamily } from '../../machine/offered.ts';
import { Sampling } from '../../machine/sampling.ts';
import { shapeOf } from '../../machine/shape.ts';
import type { Scenario } from '../../scenario/scenario.ts';
import type { SyncMode } from '../../sync.ts';
import { WAKES } from '../../testing.ts';
import { poolFamily } from './family.ts';
import { RULES, type Rules } from './rules.ts';

offerFamily({
  name: 'pool' as FamilyName,
  rules: RULES,
  jobs: { pool: ['bitmap', 'snapshot-access', 'second-disk', 'restart'] },
  make: (without) =>
    poolFamily(Object.fromEntries(Object.keys(RULES).map((rule) => [rule, !(without as string[]).includes(rule)])) as Rules),
});

const POOL = 'pool' as JobName;
const MODES: readonly SyncMode[] = ['full', 'none', 'bitmap'];
const jobOptions = optionsOf(POOL);
const settingOf = (without: readonly string[]) => settingWithout(without as RuleName[], { job: POOL });

/** Of a scenario. */
const RUNS_OF_ONE = 5;

/** Whatever runs is compared. */
const ALL = { first: Infinity, part: 0 };

/** Runs that are drawn, each step as a generator and on the table. @returns how many scenarios have two disks, a restart, a reader */
function runBothWays(mode: SyncMode, runs: number, without: readonly string[] = []): Record<'apart' | 'restart' | 'reader', number> {
  const met = { apart: 0, restart: 0, reader: 0 };
  const random = randomNumbers(`pool ${mode}`);
  const sources = [false, true].map((faults) => scenarios(mode, { ...SCOPE, clusters: 3, faults, jobOptions }));
  for (let n = 0; n < runs / RUNS_OF_ONE; n++) {
    const scenario = drawScenario(sources[n % 2]!, random);
    const setting = { ...settingOf(without), wake: WAKES[(n >> 1) % 2]! };
    const machine = new Machine(shapeOf(scenario, setting));
    machine.load(scenario);
    const engine = new Sampling(machine, () => new Machine(machine.shape), new ComparingBudget(ALL)).of(
      new GeneratorEngine(machine.coroutines),
    );
    const ready = new Int32Array(machine.coroutines.all.length);
    for (let run = 0; run < RUNS_OF_ONE; run++) {
      machine.begin();
      engine.begin();
      for (let count = machine.ready(ready), left = 500; count > 0 && left > 0; count = machine.ready(ready), left--)
        engine.step(machine.coroutines.byId(ready[random.below(count)]!));
    }
    if (scenario.transaction !== undefined) met.apart++;
    if (scenario.restart === true) met.restart++;
    if (scenario.guest.some(({ kind }) => kind === 'readT0')) met.reader++;
  }
  return met;
}

describe.each(MODES)('a family that nothing has heard of (mode %s)', (mode) => {
  it('holds in a search, with errors, readers, a second disk and restarts', () => {
    expect(findFailure(settingOf([]), mode, sized(600, 20_000), { scope: { ...SCOPE, faults: true, jobOptions } })).toBeNull();
  });

  it('comes to the same cells on the table as with generators', () => {
    const met = runBothWays(mode, sized(400, 10_000 / MODES.length));
    expect(met.apart).toBeGreaterThan(sized(0, 40));
    expect(met.restart).toBeGreaterThan(sized(2, 40));
    if (mode === 'none') expect(met.reader).toBeGreaterThan(sized(2, 40));
  });

  it('is searched alike with reductions and without', () => {
    const random = randomNumbers(`pool, every schedule ${mode}`);
    const source = scenarios(mode, { clusters: 2, clusterSectors: 1, writes: 1, jobOptions });
    let [compared, states, plainStates] = [0, 0, 0];
    for (let n = 0; n < sized(6, 60); n++) {
      const scenario = drawScenario(source, random);
      const setting = { job: POOL, statesMax: sized(6_000, 40_000) };
      const plain = search(scenario, {}, setting);
      if (!plain.complete) continue;
      const reduced = search(scenario, ALL_REDUCTIONS, setting);
      expect([plain.broken, reduced.broken], JSON.stringify(scenario)).toEqual([null, null]);
      expect(reduced.disks, JSON.stringify(scenario)).toEqual(plain.disks);
      compared++;
      states += reduced.states;
      plainStates += plain.states;
    }
    expect(compared).toBeGreaterThan(2);
    expect(states).toBeLessThan(plainStates);
  });
});

describe('a rule of that family', () => {
  it.each<[rule: string, mode: SyncMode, property: string, sentence: RegExp]>([
    [
      'claimIsOneStep',
      'full',
      'copies-no-more',
      /^(\S+|The job) never checked whether cluster \d was copied\. So \S+ stored sector \d again at step \d+, although /,
    ],
    [
      'writesWaitForFrozenReads',
      'none',
      'stable-reader',
      /from the disk, but did not read it until step \d+\. At step \d+, g\d .*\. g\d should have waited until g\d had read the sector\.$/,
    ],
  ])('is missed, found, made small, replayed and told: %s', (rule, mode, property, sentence) => {
    const setting = settingOf([rule]);
    const { found } = findFailure(setting, mode, 4_000, { scope: { ...SCOPE, jobOptions } })!;
    let asked = 0;
    const { trace } = failureOf(found, { setting, strategy: 'portfolio', seed: 'spec' }, () => ++asked > sized(300, Infinity));
    expect([trace.verdict.property, trace.cause, trace.schedule.length < found.schedule.length]).toEqual([property, [rule], true]);
    expect(replay(trace)).toMatchObject({ outcome: 'reproduced' });
    expect(replay({ ...trace, without: [] }).outcome).not.toBe('reproduced');
    expect(explain(trace)!.sentence).toMatch(sentence);
    const small: Scenario = trace.scenario;
    for (const reductions of [{}, ALL_REDUCTIONS])
      expect(search(small, reductions, { job: POOL, without: [rule as RuleName] }).broken?.violation.property).toBe(property);
  });

  it('is told as hidden state, where requesters take the same steps for others', () => {
    expect(() => runBothWays('full', sized(400, 1_000), ['poolInCell'])).toThrow(HiddenState);
  });
});
