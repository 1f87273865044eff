/**
 * Runs random schedules of scenarios drawn from the very scope of an exhaustive search. It is started within the tree that is
 * examined, maybe one of an earlier commit, so it leans on few of its parts, and on none that makes a search fast:
 * every step is run by the generators.
 *
 *     node dist/tools/false-proofs/probe.js '{"mode": "none", "job": "jobs/listed.mjs", "schedules": 50000, "seed": "a"}'
 */
import type { SyncMode } from '../../model/sync.ts';
import type { Step } from '../../model/kernel/step.ts';
import { Machine } from '../../model/machine/machine.ts';
import { type Setting, shapeOf } from '../../model/machine/shape.ts';
import type { Scenario } from '../../model/scenario/scenario.ts';
import { Properties } from '../../properties/all.ts';
import { type LazyList, joined } from '../../src/scenarios/scope/lazy-list.ts';
import { type RandomNumbers, randomNumbers } from '../../src/search/strategies/random-numbers.ts';
import { CycleDetector } from '../../src/search/cycle-detector.ts';
import { Runner } from '../../src/search/run.ts';
import { type CanonicalScenario, scenariosOf } from '../../src/scenarios/scope/scope.ts';
import type { ReadySteps, Strategy } from '../../src/search/strategies/strategy.ts';
import { STRATEGIES } from '../../src/search/strategies/strategies.ts';
import { loadJob } from '../../src/edge/files/custom-job.ts';
import { sizesOf } from './scopes.ts';

export interface Question {
  readonly mode: SyncMode;
  /** A custom job's file; null: the built-in job. */
  readonly job: string | null;
  readonly schedules: number;
  readonly seed: string;
}

export interface Answer {
  readonly schedules: number;
  /** The first run that broke a property. */
  readonly refuted: {
    readonly run: number;
    readonly scenario: Scenario;
    readonly property: string;
    readonly detail: string;
    readonly steps: readonly string[];
  } | null;
  /** A number for each block of runs: of the names of their steps and of the cells that they left. Equal blocks ran alike. */
  readonly digests: readonly number[];
}

/** Runs of a scenario in a row, and runs in a block. */
const RUNS_IN_A_ROW = 25;
const BLOCK = 100;

class Bench {
  readonly machine: Machine;
  readonly runner: Runner;

  constructor(scenario: Scenario, setting: Setting) {
    this.machine = new Machine(shapeOf(scenario, setting));
    const properties = new Properties(this.machine);
    this.machine.load(scenario);
    this.runner = new Runner(this.machine, properties, null, new CycleDetector(this.machine));
  }
}

async function probe({ mode, job, schedules, seed }: Question): Promise<Answer> {
  const setting: Setting = {
    effects: 'cluster',
    wake: 'any',
    without: [],
    requestsMin: 0,
    ...(job === null ? {} : { customJob: await loadJob(job) }),
  };
  const scenarios = joined(
    sizesOf(mode).flatMap(({ variants, ...size }) => variants.map((variant) => scenariosOf({ mode, variant, ...size }))),
  );
  const benches = new Map<string, Bench>();
  const strategy = new Noting(STRATEGIES['portfolio']!());
  const digests: number[] = [];
  let bench!: Bench;
  for (let run = 0; run < schedules; run++) {
    const random = randomNumbers(`${seed}/${run}`);
    if (run % RUNS_IN_A_ROW === 0) {
      bench = benchFor(scenarioAt(scenarios, random.bits() >>> 0, random.bits() >>> 0), setting, benches);
      strategy.newScenario();
    }
    const { violation, steps } = bench.runner.run(strategy, random);
    const block = Math.floor(run / BLOCK);
    digests[block] = mixed(mixed(digests[block] ?? 0, strategy.digest), bench.machine.world.cells.reduce(mixed, 0));
    if (violation === null) continue;
    return {
      schedules: run + 1,
      refuted: {
        run,
        scenario: bench.machine.scenario,
        property: violation.property,
        detail: violation.detail,
        steps: stepsOf(bench, steps),
      },
      digests,
    };
  }
  return { schedules, refuted: null, digests };
}

/** Those at the end of a scope have most schedules, so they are drawn more often: the later of two. */
function scenarioAt(scenarios: LazyList<CanonicalScenario>, one: number, other: number): Scenario {
  return scenarios.at(Math.floor((Math.max(one, other) / 2 ** 32) * scenarios.length)).scenario;
}

function benchFor(scenario: Scenario, setting: Setting, benches: Map<string, Bench>): Bench {
  const key = JSON.stringify(shapeOf(scenario, setting));
  const bench = benches.get(key) ?? new Bench(scenario, setting);
  benches.set(key, bench);
  bench.machine.load(scenario);
  return bench;
}

/** A step of FNV-1a. */
const mixed = (hash: number, next: number): number => Math.imul(hash ^ next, 0x01000193) >>> 0;

/** Notes which steps a run takes, whichever strategy picks them. */
class Noting implements Strategy {
  readonly name = 'noting';
  digest = 0;
  readonly #picker: Strategy;

  constructor(picker: Strategy) {
    this.#picker = picker;
  }

  newScenario(): void {
    this.#picker.newScenario?.();
  }
  start(random: RandomNumbers): void {
    this.digest = 0;
    this.#picker.start(random);
  }
  pick(ready: ReadySteps): number {
    return this.#picker.pick(ready);
  }
  done(id: number, step: Step): void {
    this.digest = mixed(mixed(this.digest, id), step);
    this.#picker.done(id, step);
  }
}

/** The steps of the latest run by name: it is run again. */
function stepsOf({ machine, runner }: Bench, steps: number): string[] {
  const ids = Array.from(runner.schedule.subarray(0, steps));
  machine.begin();
  return ids.map((id) => {
    const coroutine = machine.coroutines.byId(id);
    const text = `${machine.coroutineName(coroutine)}: ${machine.stepName(coroutine.pending)}`;
    machine.step(id);
    return text;
  });
}

process.stdout.write(JSON.stringify(await probe(JSON.parse(process.argv[2]!) as Question)));
