/** A worker of `npm run matrix`: how many schedules a campaign needs until something breaks. */
import '../../src/families/block-copy.ts';
import type { JobName, RuleName } from '../../model/machine/job-names.ts';
import { optionsOf } from '../../model/machine/job-options.ts';
import type { Setting } from '../../model/machine/shape.ts';
import { ALL_SYNC_MODES, type SyncMode } from '../../model/sync.ts';
import type { ScenarioSource } from '../../src/scenarios/source.ts';
import { generated } from '../../src/scenarios/sources.ts';
import { Benches, runUnit } from '../../src/search/campaign/campaign.ts';
import type { Column } from './document.ts';

export interface Task extends Column {
  /** The one that is off. */
  readonly rule: RuleName;
  /** With all its other rules on. */
  readonly job: JobName;
  /** `all`: in turn, unit by unit, as `check` does it. */
  readonly mode: SyncMode | 'all';
  readonly faults: boolean;
  readonly seed: string;
  /** Whether all disks are of one kind and size (`plainDisk`). */
  readonly plain?: boolean;
  /** Schedules at most. */
  readonly max: number;
}

/** @returns Infinity if nothing broke within `max` schedules */
export default function schedulesUntilFound(task: Task): number {
  const { rule, job, mode, faults, strategy, seed, clusters, writes, plain = false, max } = task;
  const modes = mode === 'all' ? ALL_SYNC_MODES : [mode];
  const source = generated({ clusters, clusterSectors: 2, writes, faults, jobOptions: optionsOf(job) });
  const setting: Setting = { effects: 'sector', wake: 'any', job, without: [rule], requestsMin: writes };
  const benches = new Benches();
  const perUnit = source.schedulesPerScenario * source.scenariosPerUnit;
  for (let number = 0; number * perUnit < max; number++) {
    const unit = {
      mode: modes[number % modes.length]!,
      number: Math.floor(number / modes.length),
      schedules: Math.min(perUnit, max - number * perUnit),
    };
    const result = runUnit(
      { strategy, seed, setting, keepGoing: false },
      plain ? { ...source, draw: plainDisk(clusters, writes) } : source,
      unit,
      benches,
      () => false,
    );
    if (result.found.length > 0) return number * perUnit + result.schedules;
  }
  return Infinity;
}

/**
 * Disks of exactly this size, over a backing file and half of it allocated, under exactly so many small writes: nothing
 * for a swarm to vary.
 */
function plainDisk(clusters: number, writes: number): ScenarioSource['draw'] {
  const sectors = 2 * clusters;
  return (mode, random) => ({
    mode,
    disk: {
      sectors,
      clusterSectors: 2,
      zero: [sectors - 1],
      discardReads: 'zero',
      overlay: {
        clusterSectors: 2,
        allocated: Array.from({ length: clusters }, (_, c) => c).filter(() => random.below(2) === 0),
        zeroClusters: [],
        baseSectors: sectors,
      },
    },
    targetClusterSectors: 2,
    guest: Array.from({ length: writes }, (_, i) => {
      const first = random.below(sectors);
      return { id: `g${i + 1}`, kind: 'write', first, count: Math.min(1 + random.below(2), sectors - first), after: [], early: false };
    }),
    cancel: false,
  });
}
