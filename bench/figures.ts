/**
 * The tracked figures: whole schedules with all properties on, on one core, beside the same steps
 * under fast-check's scheduler, measured in turn in the same run. Medians of several rounds. Marks
 * are off on both sides.
 */
import { Properties } from '../properties/all.ts';
import { Runner } from '../src/explore/run.ts';
import { type RandomNumbers, randomNumbers } from '../src/explore/random-numbers.ts';
import { RandomWalk } from '../src/explore/random-walk.ts';
import { drawScenario, scenarios } from '../src/generate/scenarios.ts';
import { Machine, type Setting, shapeOf } from '../model/machine.ts';
import { portSchedulesPerSecond } from './fast-check-port.ts';

export interface Figure {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  readonly peer: { readonly name: string; readonly value: number };
  readonly ratio: number;
}

const ROUNDS = 5;
const SCOPE = { clusters: 4, clusterSectors: 2, writes: 3, exactly: true };
const SETTING: Setting = { effects: 'cluster', wake: 'any', without: [], requestsMin: 3 };
const ARBITRARY = scenarios('full', SCOPE);
const SCHEDULES_PER_SCENARIO = 8;

/** @param seconds for each measurement @param onRound told what is being measured */
export async function measureAll(seconds: number, onRound: (text: string) => void): Promise<Figure[]> {
  const fixed = drawScenario(ARBITRARY, randomNumbers('bench'));
  const rounds = { fixed: [] as number[], fresh: [] as number[], fixedPeer: [] as number[], freshPeer: [] as number[] };
  for (let round = 1; round <= ROUNDS; round++) {
    onRound(`round ${round} of ${ROUNDS}`);
    rounds.fixed.push(fixedPerSecond(seconds));
    rounds.fixedPeer.push(await portSchedulesPerSecond(seconds, fixed));
    rounds.fresh.push(freshPerSecond(seconds));
    rounds.freshPeer.push(await portSchedulesPerSecond(seconds));
  }
  const figure = (name: string, ours: number[], peers: number[]): Figure => {
    const [value, peer] = [median(ours), median(peers)];
    return { name, value, unit: 'schedules/s', peer: { name: "fast-check's scheduler, same steps", value: peer }, ratio: value / peer };
  };
  return [figure('one scenario', rounds.fixed, rounds.fixedPeer), figure(`a fresh scenario every ${SCHEDULES_PER_SCENARIO} schedules`, rounds.fresh, rounds.freshPeer)];
}

function fixedPerSecond(seconds: number): number {
  const random = randomNumbers('bench');
  const { machine, runner } = setUp(random);
  machine.load(drawScenario(ARBITRARY, random));
  const strategy = new RandomWalk();
  return perSecond(seconds, () => runOrThrow(runner, strategy, random));
}

function freshPerSecond(seconds: number): number {
  const random = randomNumbers('bench');
  const { machine, runner } = setUp(random); // the scope is exact, so all its scenarios have one shape
  const strategy = new RandomWalk();
  let left = 0;
  return perSecond(seconds, () => {
    if (left-- === 0) {
      machine.load(drawScenario(ARBITRARY, random));
      left = SCHEDULES_PER_SCENARIO - 1;
    }
    runOrThrow(runner, strategy, random);
  });
}

function setUp(random: RandomNumbers): { machine: Machine; runner: Runner } {
  const scenario = drawScenario(ARBITRARY, random);
  const machine = new Machine(shapeOf(scenario, SETTING));
  const runner = new Runner(machine, new Properties(machine), null);
  machine.load(scenario);
  machine.useTable(true);
  return { machine, runner };
}

/** A benchmark of something that breaks would be worth nothing. */
function runOrThrow(runner: Runner, strategy: RandomWalk, random: RandomNumbers): void {
  const { violation } = runner.run(strategy, random);
  if (violation !== null) throw new Error(`the correct job broke a property: ${violation.detail}`);
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

function median(values: readonly number[]): number {
  return [...values].toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;
}
