import { describe, expect, it } from 'vitest';
import { ALL_SYNC_MODES, type SyncMode } from '../../../model/sync.ts';
import { RULE_NAMES } from '../../../model/families/notifier/rules.ts';
import type { FamilyName, RuleName } from '../../../model/machine/job-names.ts';
import type { Setting } from '../../../model/machine/shape.ts';
import type { Scenario } from '../../../model/scenario/scenario.ts';
import { smallScenario } from '../../../model/testing.ts';
import { MARKS, MARK_IDS, type MarkId, type Situation } from '../../../properties/situations.ts';
import '../../families/block-copy.ts';
import { generated } from '../../scenarios/sources.ts';
import { sized } from '../../../tools/nightly/testing.ts';
import { GRAINS, MODES, NEEDED, SCOPE, SURELY, WAKES, modesOf, needFaults, neverStop, optionsFor, settingWithout } from '../../testing.ts';
import type { ScenarioSource } from '../../scenarios/source.ts';
import { type Bench, Benches, type CampaignOptions, type Unit, type UnitResult, runUnit } from './campaign.ts';
import { randomNumbers } from '../strategies/random-numbers.ts';
import { STRATEGIES } from '../strategies/strategies.ts';

const SOURCE = generated(SCOPE);
/** Where I/O fails now and then. */
const FAULTY = generated({ ...SCOPE, faults: true });
const unit = (mode: SyncMode, number: number, schedules = 64): Unit => ({ mode, number, schedules });
const run = (options: CampaignOptions, work: Unit, benches = new Benches(), source = SOURCE): UnitResult =>
  runUnit(options, source, work, benches, neverStop);

/** Benches that run everything from the learned table, from their first schedule on, or nothing ever. */
class BenchesWith extends Benches {
  readonly #table: boolean;
  constructor(table: boolean) {
    super();
    this.#table = table;
  }
  override for(scenario: Scenario, setting: Setting): Bench {
    const bench = super.for(scenario, setting);
    bench.machine.useTable(this.#table);
    bench.warmUp = () => {};
    return bench;
  }
}

describe('runUnit', () => {
  it('draws scenarios, runs each a few times, and adds up what came of it', () => {
    const result = run(optionsFor(settingWithout([])), unit('full', 0, 64));
    expect(result).toMatchObject({ mode: 'full', schedules: 64, scenarios: 64 / SOURCE.schedulesPerScenario, cutOff: 0, found: [] });
    expect(result.steps).toBeGreaterThan(64 * 5);
    expect(result.marks).toHaveLength(MARK_IDS.length);
    expect(result.marks[MARK_IDS.indexOf('hookCopied')]).toBeGreaterThan(0);
    expect(Math.max(...result.marks)).toBeLessThanOrEqual(64);
  });

  it('tells what the strategy promises, of those runs that it has a promise for', () => {
    const boundsOf = (strategy: string): UnitResult['bounds'] =>
      run(optionsFor(settingWithout([]), { strategy }), unit('full', 0, 200)).bounds;
    expect(boundsOf('random')).toEqual([]);
    const bounds = boundsOf('pct');
    expect(bounds.map(({ depth }) => depth)).toEqual([2, 3, 4]);
    expect(bounds.reduce((sum, { runs }) => sum + runs, 0)).toBe(200);
    for (const { overshoots, runs, logMiss } of bounds) {
      expect(overshoots).toBeLessThan(runs / 4); // it knows about how long a run is
      expect(logMiss).toBeLessThan(0);
    }
  });

  it('stops within a scenario where the unit is short', () => {
    const whole = run(optionsFor(settingWithout([])), unit('full', 0, 24));
    const short = run(optionsFor(settingWithout([])), unit('full', 0, 19));
    expect(whole).toMatchObject({ schedules: 24, scenarios: 3 });
    expect(short).toMatchObject({ schedules: 19, scenarios: 3 });
    expect(short.steps).toBeLessThan(whole.steps);
    expect(run(optionsFor(settingWithout([])), unit('full', 0, 1))).toMatchObject({ schedules: 1, scenarios: 1 });
    expect(run(optionsFor(settingWithout([])), unit('full', 0, 0))).toMatchObject({ schedules: 0, scenarios: 0, steps: 0 });
  });

  it('stops before the next scenario when it is told to', () => {
    let asked = 0;
    const result = runUnit(optionsFor(settingWithout([])), SOURCE, unit('full', 0, 1000), new Benches(), () => ++asked > 3);
    expect(result).toMatchObject({ schedules: 3 * SOURCE.schedulesPerScenario, scenarios: 3 });
  });

  it('ends with the first failure, of which it tells scenario, schedule, and where it came from', () => {
    const result = run(optionsFor(settingWithout(['copyBeforeWrite'])), unit('none', 3, 1000));
    const [found] = result.found;
    expect(result.found).toHaveLength(1);
    expect(found).toMatchObject({
      unit: 3,
      run: result.schedules - 1,
      scenario: { mode: 'none' },
      violation: { property: 'snapshot-kept' },
      without: ['copyBeforeWrite'],
      cause: ['copyBeforeWrite'],
    });
    expect(result.schedules).toBeLessThan(1000);
    expect(found!.schedule[0]).toBe(1); // the job comes first, unless an early request does
    expect(found!.schedule.length).toBeLessThanOrEqual(result.steps);
  });

  it('goes on after a failure if it is to keep going, and reports ten at most', () => {
    const setting = settingWithout(['copyBeforeWrite']);
    const one = run(optionsFor(setting), unit('full', 0, 512));
    const all = run(optionsFor(setting, { keepGoing: true }), unit('full', 0, 512));
    expect(all.found[0]).toEqual(one.found[0]);
    expect(all.found).toHaveLength(10);
    const runs = all.found.map((found) => found.run);
    expect(runs).toEqual([...new Set(runs)].toSorted((a, b) => a - b));
    expect(all.schedules).toBe(runs.at(-1)! + 1);

    const few = run(optionsFor(setting, { keepGoing: true }), unit('full', 0, one.schedules + 8));
    expect(few.schedules).toBe(one.schedules + 8); // fewer than ten: to its end
    expect(few.found.length).toBeLessThan(10);
  });
});

describe('a unit is decided by seed, mode and number alone', () => {
  interface Campaign {
    readonly options: CampaignOptions;
    readonly source: ScenarioSource;
  }
  // Rules are off in some, so that failures are compared too.
  const CAMPAIGNS: readonly Campaign[] = [
    { options: optionsFor(settingWithout([])), source: SOURCE },
    {
      options: optionsFor(settingWithout(['lookAgainAfterWaking', 'copyBeforeDiscard'], { wake: 'qemu' }), { keepGoing: true }),
      source: SOURCE,
    },
    {
      options: optionsFor(settingWithout(['checkBitAfterWaiting'], { effects: 'cluster' }), { keepGoing: true, strategy: 'random' }),
      source: SOURCE,
    },
    {
      options: optionsFor(settingWithout(['staleErrorIsForgotten', 'resumeWakesPausedJob']), { keepGoing: true, seed: 'units' }),
      source: FAULTY,
    },
  ];
  const UNITS: readonly Unit[] = MODES.flatMap((mode) => [0, 1, 2].map((number) => unit(mode, number, sized(30, 80))));
  const inOrder = ({ options, source }: Campaign, units: readonly Unit[], benches: () => Benches): Map<string, UnitResult> =>
    new Map(units.map((work) => [`${work.mode} ${work.number}`, run(options, work, benches(), source)]));
  const FRESH = CAMPAIGNS.map((campaign) => inOrder(campaign, UNITS, () => new Benches()));

  it('no matter what the benches ran before: one set for all, in this order and backwards', () => {
    for (const [i, campaign] of CAMPAIGNS.entries()) {
      for (const units of [UNITS, UNITS.toReversed()]) {
        const shared = new Benches();
        const results = inOrder(campaign, units, () => shared);
        for (const [name, result] of FRESH[i]!) expect(results.get(name)).toEqual(result);
      }
    }
    for (const i of [1, 2, 3]) expect([...FRESH[i]!.values()].flatMap(({ found }) => found).length).toBeGreaterThan(0);
  });

  it('from the learned table and from generators alike', () => {
    for (const [i, campaign] of CAMPAIGNS.entries()) {
      const [table, generators] = [new BenchesWith(true), new BenchesWith(false)];
      expect(inOrder(campaign, UNITS, () => table)).toEqual(FRESH[i]);
      expect(inOrder(campaign, UNITS, () => generators)).toEqual(FRESH[i]);
    }
  });

  // All of one shape, so that the machine is used a lot, and short units, so that ten failures end none of them early.
  it('from a machine that begins to use its table half way', () => {
    const exactly = generated({ ...SCOPE, exactly: true });
    const options = optionsFor(settingWithout(['lookAgainAfterWaking'], { effects: 'cluster' }), { keepGoing: true });
    const [benches, generators] = [new Benches(), new BenchesWith(false)];
    const lessonsOf = (some: Benches): number => some.for(exactly.draw('full', randomNumbers('any')), options.setting).machine.lessons;
    const results = Array.from({ length: sized(56, 80) }, (_, number) => {
      const result = run(options, unit('full', number, 40), benches, exactly);
      expect(run(options, unit('full', number, 40), generators, exactly)).toEqual(result);
      return { ...result, lessons: lessonsOf(benches) };
    });
    const schedulesOf = (some: typeof results): number => some.reduce((sum, { schedules }) => sum + schedules, 0);
    const failuresOf = (some: typeof results): number => some.flatMap(({ found }) => found).length;
    const [before, after] = [results.filter(({ lessons }) => lessons === 0), results.filter(({ lessons }) => lessons > 0)];
    expect(schedulesOf(before)).toBeGreaterThan(1_000);
    expect(schedulesOf(after)).toBeGreaterThan(sized(200, 500));
    for (const half of [before, after]) expect(failuresOf(half)).toBeGreaterThan(sized(10, 20));
    expect(lessonsOf(generators)).toBe(0);
  });

  it('and by each of the three', () => {
    /** The first numbers that scenarios are drawn from. */
    const drawn = (options: CampaignOptions, work: Unit): string => {
      let first: string | null = null;
      const source: ScenarioSource = {
        ...SOURCE,
        draw: (mode, random) => ((first ??= [random.bits(), random.bits()].join(' ')), SOURCE.draw(mode, random)),
      };
      run(options, work, new Benches(), source);
      return first!;
    };
    const [{ options }, , other] = CAMPAIGNS as [Campaign, Campaign, Campaign];
    const all = ['a', 'b'].flatMap((seed) => UNITS.map(({ mode, number }) => drawn({ ...options, seed }, unit(mode, number, 1))));
    expect(new Set(all).size).toBe(18);
    expect(drawn({ ...other.options, seed: 'b' }, unit('none', 2, 8))).toBe(all.at(-1)); // and by nothing else
  });
});

// Everything that a scenario can say, with each rule off: schedules, failures and marks must be the same, to the last step.
describe('the learned table and the generators agree', () => {
  const CASES = RULE_NAMES.map((rule, i) => ({ rule, i }));

  it.each(CASES)('without $rule', ({ rule, i }) => {
    const modes = sized<readonly SyncMode[]>([modesOf(rule)[i % modesOf(rule).length]!], MODES);
    for (const mode of modes) {
      const m = ALL_SYNC_MODES.indexOf(mode);
      const options = optionsFor(settingWithout([rule], { wake: WAKES[(i + m) % 2]!, effects: GRAINS[(i >> 1) % 2]! }), {
        seed: rule,
        keepGoing: true,
      });
      const [table, generators] = [new BenchesWith(true), new BenchesWith(false)];
      for (const number of sized([0], [0, 1])) {
        const result = run(options, unit(mode, number, 80), table, FAULTY);
        expect(run(options, unit(mode, number, 80), generators, FAULTY)).toEqual(result);
      }
    }
  });
});

describe('benches', () => {
  /** About 405,000 cells: four of them fit, a fifth does not. */
  const disk = (n: number): Scenario => smallScenario('full', [], { sectors: 50_000 + n, zero: [0] });
  const setting = settingWithout([], { effects: 'cluster' });

  it('are one for each shape, with the scenario that was asked for last', () => {
    const benches = new Benches();
    const [one, other] = [smallScenario('full', [], { zero: [0] }), smallScenario('full', [], { zero: [1] })];
    const bench = benches.for(one, setting);
    expect(benches.for(other, setting)).toBe(bench);
    expect(bench.machine.scenario).toBe(other);
    expect(benches.for(other, { ...setting, wake: 'qemu' })).not.toBe(bench);
    expect(benches.for(smallScenario('full', [], { sectors: 4 }), setting)).not.toBe(bench);
  });

  it('are let go when they hold too much, the least recently used first', () => {
    const benches = new Benches();
    const four = [1, 2, 3, 4].map((n) => benches.for(disk(n), setting));
    const isKept = (n: number): boolean => benches.for(disk(n), setting) === four[n - 1];
    expect(isKept(1)).toBe(true);
    benches.for(disk(5), setting); // now 2 is the one that was used longest ago
    expect([1, 3, 4].map(isKept)).toEqual([true, true, true]);
    expect(isKept(2)).toBe(false);
  });
});

describe('a correct job', () => {
  const CASES = MODES.flatMap((mode) => WAKES.flatMap((wake) => GRAINS.map((effects) => ({ mode, wake, effects }))));

  const RUNS = sized(150, 1_500);

  it.each(CASES)('holds: $mode, wake order $wake, effects by $effects', ({ mode, wake, effects }) => {
    for (const source of [SOURCE, FAULTY]) {
      const result = run(
        optionsFor(settingWithout([], { wake, effects }), { seed: `holds ${wake} ${effects}` }),
        unit(mode, 0, RUNS),
        new Benches(),
        source,
      );
      expect(result.found).toEqual([]);
      expect(result).toMatchObject({ schedules: RUNS, cutOff: 0 });
    }
  });

  it.each(Object.keys(STRATEGIES))('holds under the strategy %s', (strategy) => {
    for (const mode of MODES)
      for (const source of [SOURCE, FAULTY])
        expect(run(optionsFor(settingWithout([]), { strategy }), unit(mode, 1, sized(50, 500)), new Benches(), source).found).toEqual([]);
  });

  // Green is not empty: what a mode can meet, 12,000 schedules of the default search do meet; what takes errors, with errors.
  it.each(MODES)('meets every situation that a good search must meet, and no other: %s', (mode) => {
    for (const source of [SOURCE, FAULTY]) {
      const possible = possibleIn(mode, source);
      const runsOf = MARK_IDS.map(() => 0);
      const met = (): MarkId[] => MARK_IDS.filter((_, m) => runsOf[m]! > 0);
      for (let number = 0; number < 12 && met().length < possible.length; number++) {
        run(optionsFor(settingWithout([])), unit(mode, number, 1_000), new Benches(), source).marks.forEach(
          (runs, m) => (runsOf[m]! += runs),
        );
      }
      expect(met()).toEqual(possible);
    }
  });

  it.each(MODES)('by block-copy meets every situation that it can meet: %s', (mode) => {
    const options = optionsFor(settingWithout([], { job: 'block-copy' }));
    let missing = possibleIn(mode, FAULTY, 'block-copy');
    for (let number = 0; number < 20 && missing.length > 0; number++) {
      const { marks } = run(options, unit(mode, number, 1_000), new Benches(), FAULTY);
      missing = missing.filter((id) => marks[MARK_IDS.indexOf(id)] === 0);
    }
    expect(missing).toEqual([]);
  });
});

function possibleIn(mode: SyncMode, source: ScenarioSource, family: FamilyName = 'notifier'): MarkId[] {
  return MARK_IDS.filter((id) => {
    const { modes, faults, family: only = family }: Situation = MARKS[id];
    return modes.includes(mode) && (source === FAULTY || faults !== true) && only === family;
  });
}

/** How many schedules of a mode it takes to break a property without this rule; null: none of so many does. */
function needed(rule: RuleName, mode: SyncMode, schedulesMax: number, source = needFaults([rule]) ? FAULTY : SOURCE): number | null {
  const { found, schedules } = run(optionsFor(settingWithout([rule])), unit(mode, 0, schedulesMax), new Benches(), source);
  return found.length === 0 ? null : schedules;
}

describe('each rule is needed', () => {
  it.each(RULE_NAMES)(`without %s a property breaks within ${SURELY} schedules, in each mode that it means something to`, (rule) => {
    expect(modesOf(rule)).not.toEqual([]);
    for (const mode of modesOf(rule))
      expect({ mode, schedules: needed(rule, mode, SURELY) }).toEqual({ mode, schedules: expect.any(Number) });
  });

  it.each(RULE_NAMES.filter((rule) => modesOf(rule).length < MODES.length))('without %s all holds in the other modes', (rule) => {
    for (const mode of MODES) if (NEEDED[rule][mode] === undefined) expect(needed(rule, mode, sized(100, 700))).toBeNull();
  });

  it.each(RULE_NAMES.filter((rule) => needFaults([rule])))('without %s all holds while no I/O fails', (rule) => {
    for (const mode of MODES) expect(needed(rule, mode, sized(100, 700), SOURCE)).toBeNull();
  });
});
