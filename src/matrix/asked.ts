/**
 * Which rules the code of a mode asks at all. A rule that is never asked can be switched off and nothing
 * is different: up to the first question the two are one and the same. The questions are overheard while
 * every schedule of a small scope runs, and random schedules of scenarios with everything in them.
 */
import type { Setting } from '../../model/machine/shape.ts';
import type { SyncMode } from '../../model/sync.ts';
import type { RuleName } from '../../model/families/notifier/rules.ts';
import { Properties } from '../../properties/all.ts';
import { randomNumbers } from '../search/strategies/random-numbers.ts';
import { Runner } from '../search/run.ts';
import { scenariosOf } from '../scenarios/scope/scope.ts';
import { STRATEGIES } from '../search/strategies/strategies.ts';
import { generated } from '../scenarios/sources.ts';
import { Searcher, listeningMachine } from './searcher.ts';

const SCENARIOS = 2_000;
const SCHEDULES_A_SCENARIO = 2;
const DRAWN = { clusters: 2, clusterSectors: 2, writes: 3, faults: true };
const SEARCHED = { clusters: 2, clusterSectors: 2, requests: 1 };

/** What was listened to, in words. */
export const LISTENED_TO =
  `${(SCENARIOS * SCHEDULES_A_SCENARIO).toLocaleString('en-US')} random schedules of scenarios of every ` +
  `kind, with errors, nor in any schedule of up to ${SEARCHED.clusters} clusters ` +
  `and ${SEARCHED.requests} request`;

/** @param shouldStop asked before each scenario; then it is what has been overheard by then */
export function rulesAsked(mode: SyncMode, seed: string, shouldStop: () => boolean): Set<RuleName> {
  const setting: Setting = { effects: 'sector', wake: 'any', without: [], requestsMin: DRAWN.writes };
  const searcher = new Searcher({ ...setting, requestsMin: 0 });
  const { asked } = searcher;
  const random = randomNumbers(`${seed}/asked/${mode}`);
  const strategy = STRATEGIES['portfolio']!();
  const source = generated(DRAWN);
  for (let i = 0; i < SCENARIOS && !shouldStop(); i++) {
    const scenario = source.draw(mode, random);
    const machine = listeningMachine(scenario, setting, (rule) => asked.add(rule));
    const runner = new Runner(machine, new Properties(machine), null);
    machine.load(scenario);
    strategy.newScenario?.();
    for (let n = 0; n < SCHEDULES_A_SCENARIO; n++) runner.run(strategy, random);
  }
  for (const { scenario } of scenariosOf({ mode, ...SEARCHED })) {
    if (shouldStop()) break;
    searcher.search(scenario, shouldStop);
  }
  return asked;
}
