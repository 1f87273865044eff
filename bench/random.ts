/**
 * Random schedules: whole ones, with all properties on, beside the same steps under fast-check's
 * scheduler (fast-check-port.ts), from our own engine without remembering where earlier schedules of the
 * scenario went, and from its generators, without the learned table. Marks are off.
 */
import { Machine } from '../model/machine/machine.ts';
import { type Setting, shapeOf } from '../model/machine/shape.ts';
import type { Scenario } from '../model/scenario/scenario.ts';
import { Properties } from '../properties/all.ts';
import { randomNumbers } from '../src/search/strategies/random-numbers.ts';
import { RandomWalk } from '../src/search/strategies/random-walk.ts';
import { MemoizingRunner } from '../src/search/campaign/memoizing-runner.ts';
import { Runner } from '../src/search/run.ts';
import { drawScenario, scenarios } from '../src/scenarios/draw.ts';
import { type Wait, portSchedulesPerSecond } from './fast-check-port.ts';
import { type Contender, type Race, ROUNDS } from './figure.ts';

/** How our own engine runs them: from what it knows of earlier schedules, from the learned table, or as generators. */
type Way = keyof typeof NAMES;

/** Where the next schedule's scenario comes from. */
type NextScenario = () => Scenario;

const SCHEDULES_A_SCENARIO = 8;
const NAMES = {
  remembering: 'cowcheck',
  table: 'cowcheck, each schedule from its beginning',
  generators: "cowcheck's generators, without the learned table",
};
const SETTING: Setting = { effects: 'cluster', wake: 'any', without: [], requestsMin: 0 };

export function randomRaces(): Race[] {
  const race = (name: string, start: () => NextScenario, first: Way, more: readonly Way[] = []): Race => ({
    name: `random schedules, ${name}`,
    unit: 'schedules/s',
    ours: { ...ours(start, first), name: 'cowcheck' },
    peers: [port('waitOne', start), port('waitNext', start), ...more.map((way) => ours(start, way))],
    rounds: ROUNDS,
  });
  const [small, large] = [() => always(4, 3), () => always(16, 8)];
  return [
    race('FULL, one scenario of 4 clusters and 3 writes', small, 'remembering', ['table', 'generators']),
    race('FULL, one scenario of 16 clusters and 8 writes', large, 'table', ['generators']),
    race(`FULL, a fresh scenario of 4 clusters and 3 writes every ${SCHEDULES_A_SCENARIO} schedules`, () => fresh(4, 3), 'table'),
  ];
}

/** Always the same. */
function always(clusters: number, writes: number): NextScenario {
  const scenario = fresh(clusters, writes)();
  return () => scenario;
}

/** A fresh one every few schedules. */
function fresh(clusters: number, writes: number): NextScenario {
  const random = randomNumbers('bench');
  const arbitrary = scenarios('full', { clusters, clusterSectors: 2, writes, exactly: true }); // exact, so that all have one shape
  let scenario = drawScenario(arbitrary, random);
  let uses = 0;
  return () => {
    if (uses++ % SCHEDULES_A_SCENARIO === 0) scenario = drawScenario(arbitrary, random);
    return scenario;
  };
}

function port(wait: Wait, start: () => NextScenario): Contender {
  const name = { waitOne: 'waitOne (deprecated, its fastest)', waitNext: 'waitNext (as documented)' }[wait];
  return {
    name: `fast-check's scheduler, ${name}`,
    measure: async (seconds) => ({ value: await portSchedulesPerSecond(seconds, start(), wait) }),
  };
}

function ours(start: () => NextScenario, way: Way): Contender {
  return { name: NAMES[way], measure: async (seconds) => ({ value: schedulesPerSecond(seconds, start(), way) }) };
}

function schedulesPerSecond(seconds: number, next: NextScenario, way: Way): number {
  let scenario = next();
  const machine = new Machine(shapeOf(scenario, SETTING));
  const runner = new (way === 'remembering' ? MemoizingRunner : Runner)(machine, new Properties(machine), null);
  machine.load(scenario);
  machine.useTable(way !== 'generators');
  const random = randomNumbers('bench');
  const strategy = new RandomWalk();
  return perSecond(seconds, () => {
    const before = scenario;
    scenario = next();
    if (scenario !== before) machine.load(scenario);
    const { violation } = runner.run(strategy, random);
    // A benchmark of something that breaks would be worth nothing.
    if (violation !== null) throw new Error(`the correct job broke a property: ${violation.detail}`);
  });
}

/** How often something can be done a second, measured over so many seconds after a short warm-up. */
function perSecond(seconds: number, once: () => void): number {
  const runFor = (milliseconds: number): number => {
    const begin = performance.now();
    let times = 0;
    while (performance.now() - begin < milliseconds) for (let i = 0; i < 64; i++, times++) once();
    return (1000 * times) / (performance.now() - begin);
  };
  runFor(200 * seconds);
  return runFor(1000 * seconds);
}
