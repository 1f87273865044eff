/**
 * Small cousins of a failure: what a new search among the smallest scenarios comes across. A failure
 * that was found on a large disk may have a plainer relative that no step of shrinking leads to, for
 * it takes something (a limit, an error) that the large one did without.
 */
import { optionsAskedBy } from '../../model/machine/job-options.ts';
import { Benches, runUnit } from '../search/campaign/campaign.ts';
import { type NamedStep, namedSchedule } from '../search/experiment.ts';
import type { Scope } from '../scenarios/draw.ts';
import { generated } from '../scenarios/sources.ts';
import type { FailingRun } from '../search/diagnose/cause.ts';

const SCHEDULES = 4_000;
/** Each is shrunk in its turn. */
const COUSINS_MAX = 3;
const CLUSTER_SECTORS_MAX = 8;
const SEED = 'cousins';

/** Failures of the same setting in scenarios of one cluster, of two, and so on, no larger than this one. */
export function* reseededSearch(
  { scenario, setting }: FailingRun,
  shouldStop: () => boolean,
): Generator<{ scenario: FailingRun['scenario']; steps: readonly NamedStep[] }> {
  const { disk, guest, mode, faults = [], endlessGuest = false } = scenario;
  if (disk.clusterSectors > CLUSTER_SECTORS_MAX) return; // a real guest's disk: thousands of small ones would take minutes
  const options = { seed: SEED, strategy: 'portfolio', setting, keepGoing: true };
  for (let clusters = 1; clusters <= Math.min(2, Math.ceil(disk.sectors / disk.clusterSectors)); clusters++) {
    const scope: Scope = {
      clusters,
      clusterSectors: disk.clusterSectors,
      writes: Math.max(1, Math.min(3, guest.length)),
      faults: faults.length > 0,
      jobOptions: optionsAskedBy(scenario),
      endlessGuest,
    };
    const source = { ...generated(scope), schedulesPerScenario: 2 }; // many scenarios rather than many schedules
    const { found } = runUnit(options, source, { mode, number: 0, schedules: SCHEDULES }, new Benches(), shouldStop);
    const shortest = found
      .toSorted((a, b) => a.scenario.guest.length - b.scenario.guest.length || a.schedule.length - b.schedule.length)
      .slice(0, COUSINS_MAX);
    for (const cousin of shortest) yield { scenario: cousin.scenario, steps: namedSchedule(cousin.scenario, setting, cousin.schedule) };
  }
}
