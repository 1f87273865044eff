/** What a counterexample costs: which of two is the smaller one. */
import { plainTargetClusterSectors } from '../../model/scenario/plain-target.ts';
import type { Scenario } from '../../model/scenario/scenario.ts';
import { Experiment, BestEffortReplay } from '../search/experiment.ts';
import type { Trace } from '../trace/format.ts';
import { namedSteps, settingOf } from '../replay/replay.ts';
import { frillsOf, requestsOf } from '../scenarios/dimensions/enumerated.ts';
import { featuresOf, hasWaits } from './features.ts';

/** What counts, in this order. */
export interface Cost extends ScenarioSize {
  /** What the scenario has beyond the plainest of its mode (features.ts). */
  readonly features: number;
  readonly preemptions: number;
  readonly steps: number;
  readonly sectors: number;
  /** How far the scenario is from the plainest one in numbers. */
  readonly frills: number;
}

/** What counts before any schedule does. */
export interface ScenarioSize {
  /** Of the guest; with errors, as often as they strike, the cancel and the pause. */
  readonly requests: number;
  readonly clusters: number;
}

const ORDER = ['requests', 'clusters', 'features', 'preemptions', 'steps', 'sectors', 'frills'] as const satisfies readonly (keyof Cost)[];

export function isLess(a: Cost, b: Cost): boolean {
  for (const key of ORDER) if (a[key] !== b[key]) return a[key] < b[key];
  return false;
}

/** What a trace costs. */
export function costOf(trace: Trace): Cost {
  const experiment = new Experiment(trace.scenario, settingOf(trace));
  const prefer = new BestEffortReplay(experiment.machine, namedSteps(trace, experiment));
  const { steps } = experiment.run(prefer);
  return { ...scenarioCost(trace.scenario), preemptions: prefer.preemptions, steps };
}

export function scenarioCost(scenario: Scenario): Omit<Cost, 'preemptions' | 'steps'> {
  const { disk, guest, cancel } = scenario;
  return {
    requests: guest.length + count(cancel) + requestsOf(scenario),
    clusters: Math.ceil(disk.sectors / disk.clusterSectors),
    features: featuresOf(scenario).length + count(hasWaits(scenario)),
    sectors: disk.sectors,
    frills: diskFrills(scenario) + targetFrills(scenario) + guestFrills(scenario) + frillsOf(scenario),
  };
}

const count = (...whether: boolean[]): number => whether.filter(Boolean).length;

function diskFrills({ disk }: Scenario): number {
  const { overlay, clusterSectors } = disk;
  const overlayFrills =
    overlay === undefined
      ? 0
      : 2 +
        overlay.allocated.length +
        2 * overlay.zeroClusters.length +
        count(overlay.baseSectors !== disk.sectors, overlay.clusterSectors !== clusterSectors);
  return overlayFrills + disk.zero.length;
}

function targetFrills({ mode, disk, targetClusterSectors, existingTarget: target }: Scenario): number {
  return (
    count(targetClusterSectors !== plainTargetClusterSectors(mode, disk.clusterSectors)) +
    (target === undefined ? 0 : 1 + target.data.length + Math.abs(target.sectors - disk.sectors))
  );
}

function guestFrills({ guest, cancelAfter = [] }: Scenario): number {
  return cancelAfter.length + guest.reduce((sum, g) => sum + g.first + g.count + g.after.length + count(g.early, g.kind !== 'write'), 0);
}
