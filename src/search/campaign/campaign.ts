/**
 * A campaign: many schedules of many scenarios. Its work is cut into units, each decided by the
 * seed, the mode and its number alone, so that the outcome does not depend on who runs what when.
 */
import { Machine } from '../../../model/machine/machine.ts';
import type { Setting, Shape } from '../../../model/machine/shape.ts';
import type { SyncMode } from '../../../model/sync.ts';
import type { RuleName } from '../../../model/machine/job-names.ts';
import type { Scenario } from '../../../model/scenario/scenario.ts';
import { Properties } from '../../../properties/all.ts';
import { Marks } from '../../../properties/marks.ts';
import { MARK_IDS } from '../../../properties/situations.ts';
import type { Violation } from '../../../properties/property.ts';
import type { ScenarioSource } from '../../scenarios/source.ts';
import { causeOf } from '../diagnose/cause.ts';
import { CycleDetector, ENDLESS_CYCLE } from '../cycle-detector.ts';
import { cycleIn, namedSchedule } from '../experiment.ts';
import { MachinePool, type Pooled } from '../pool.ts';
import { randomNumbers } from '../strategies/random-numbers.ts';
import { MemoizingRunner } from './memoizing-runner.ts';
import { type RunResult, Runner } from '../run.ts';
import { STRATEGIES } from '../strategies/strategies.ts';
import type { DepthBound } from '../strategies/strategy.ts';

export interface CampaignOptions {
  readonly seed: string;
  readonly strategy: string;
  readonly setting: Setting;
  /** Whether a unit goes on after a failure. */
  readonly keepGoing: boolean;
}

export interface Unit {
  readonly mode: SyncMode;
  /** 0, 1, 2 ... within the mode. */
  readonly number: number;
  /** Schedules to run; the last unit of a budget may be short. */
  readonly schedules: number;
}

/** A run that broke a property: enough to run it again. */
export interface Found {
  readonly scenario: Scenario;
  /** Ids of the coroutines, in the order in which they ran. */
  readonly schedule: readonly number[];
  readonly violation: Violation;
  /** The rules that were off, and those of them that are to blame. */
  readonly without: readonly RuleName[];
  readonly cause: readonly RuleName[];
  /** Which schedule of its unit it was, from 0, and who picked it. */
  readonly run: number;
  readonly unit: number;
}

/** A failure at the moment in which it is found: to tell its cause takes many more runs. */
export type Sighting = Omit<Found, 'cause'>;

export interface UnitResult {
  readonly mode: SyncMode;
  readonly schedules: number;
  readonly steps: number;
  readonly scenarios: number;
  readonly cutOff: number;
  /** By mark, in the order of MARK_IDS: in how many runs it was met. */
  readonly marks: readonly number[];
  /** The same for the situations of a custom job's own properties, by name. */
  readonly ownMarks?: Readonly<Record<string, number>>;
  readonly found: readonly Found[];
  /** What the strategy promises, by depth; empty if it promises nothing. */
  readonly bounds: readonly DepthBound[];
}

/** A unit that keeps going reports at most so many failures: the same cause again and again tells nothing new. */
const FOUND_MAX = 10;

/**
 * Runs a unit.
 * @param shouldStop asked before each scenario, and now and then within a run; complete runs count
 * @param onSighting told of each failure at once: it must not be lost while its cause is searched for
 */
export function runUnit(
  options: CampaignOptions,
  source: ScenarioSource,
  unit: Unit,
  benches: Benches,
  shouldStop: () => boolean,
  onSighting: (sighting: Sighting) => void = () => {},
): UnitResult {
  const random = randomNumbers(`${options.seed}/${unit.mode}/${unit.number}`);
  const strategy = STRATEGIES[options.strategy]!();
  const marks = MARK_IDS.map(() => 0);
  const ownMarks: Record<string, number> = {};
  const found: Found[] = [];
  let [schedules, steps, scenarios, cutOff] = [0, 0, 0, 0];
  const result = (): UnitResult => ({
    mode: unit.mode,
    schedules,
    steps,
    scenarios,
    cutOff,
    marks,
    ...(Object.keys(ownMarks).length === 0 ? {} : { ownMarks }),
    found,
    bounds: strategy.bounds?.() ?? [],
  });
  while (schedules < unit.schedules && !shouldStop()) {
    const scenario = source.draw(unit.mode, random);
    const bench = benches.for(scenario, options.setting, source.schedulesPerScenario >= REMEMBER_FROM);
    scenarios++;
    strategy.newScenario?.();
    for (let i = 0; i < source.schedulesPerScenario && schedules < unit.schedules; i++) {
      bench.warmUp();
      const whole = bench.runner.run(strategy, random, shouldStop);
      const run = whole.cutOff ? upToCycle(whole, bench, options.setting) : whole;
      if (run.stopped === true) return result();
      schedules++;
      steps += run.steps;
      if (run.cutOff) cutOff++;
      for (let m = 0; m < marks.length; m++) marks[m]! += bench.marks.hit[m]!;
      for (const { name, isMet } of bench.properties.own?.marks ?? []) ownMarks[name] = (ownMarks[name] ?? 0) + (isMet ? 1 : 0);
      if (run.violation === null) continue;
      const schedule = Array.from(bench.runner.schedule.subarray(0, run.steps));
      bench.machine.retracing?.check(bench.runner.schedule.subarray(0, whole.steps));
      const { without } = options.setting;
      const sighting = { scenario, schedule, violation: run.violation, without, run: schedules - 1, unit: unit.number };
      onSighting(sighting);
      const tight = { ...options.setting, requestsMin: 0 };
      found.push({ ...sighting, cause: causeOf({ scenario, setting: tight, steps: namedSchedule(scenario, options.setting, schedule) }) });
      if (!options.keepGoing || found.length >= FOUND_MAX) return result();
    }
  }
  return result();
}

/** A run that was cut off, and had come back to where it was before, ends there: it breaks a property. */
function upToCycle(run: RunResult, { machine, runner }: Bench, setting: Setting): RunResult {
  const steps = cycleIn(machine.scenario, setting, runner.schedule.subarray(0, run.steps));
  return steps === null ? run : { steps, violation: ENDLESS_CYCLE, cutOff: false };
}

/** With so many schedules of a scenario it may be worth remembering where they went. */
const REMEMBER_FROM = 1_000;

/** A machine with what observes it. */
export class Bench implements Pooled {
  readonly machine: Machine;
  readonly properties: Properties;
  readonly marks: Marks;
  readonly runner: Runner | MemoizingRunner;
  #runs = 0;

  constructor(shape: Shape, remembers = false) {
    this.machine = new Machine(shape);
    const properties = (this.properties = new Properties(this.machine));
    this.marks = new Marks(this.machine);
    const isSmall = shape.sectors <= TABLE_SECTORS_MAX;
    const isFollowed = remembers && isSmall && !shape.endlessGuest && properties.own === null; // whose marks each run has to meet itself
    if (isFollowed) this.runner = new MemoizingRunner(this.machine, properties, this.marks);
    else {
      const cycles = shape.endlessGuest && isSmall ? new CycleDetector(this.machine) : null; // elsewhere a cycle is rare: `upToCycle`
      this.runner = new Runner(this.machine, properties, this.marks, cycles);
    }
  }

  onLoad(): void {
    if (this.runner instanceof MemoizingRunner) this.runner.forget();
  }

  /**
   * A small machine that is used a lot runs from its learned table; others never earn back the learning. A custom
   * job is run both ways now and then.
   */
  warmUp(): void {
    const isSwitched = ++this.#runs === TABLE_PAYS_AFTER && this.machine.shape.sectors <= TABLE_SECTORS_MAX;
    if (isSwitched) this.machine.useTable(true);
    if (isSwitched || this.#runs === 1) this.machine.compareRuns();
  }
}

const TABLE_PAYS_AFTER = 2_000;
const TABLE_SECTORS_MAX = 64;

/** The benches in use, by shape. */
export class Benches {
  readonly #plain = new MachinePool((shape) => new Bench(shape));
  readonly #remembering = new MachinePool((shape) => new Bench(shape, true));

  /** @param remembers whether it remembers where the schedules of a scenario went */
  for(scenario: Scenario, setting: Setting, remembers = false): Bench {
    return (remembers ? this.#remembering : this.#plain).for(scenario, setting);
  }
}
