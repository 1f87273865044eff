/** Runs a sweep on worker threads. The outcome is the same for any number of workers. */
import { isOfOneRun } from '../../../model/families/custom/job-error.ts';
import type { SyncMode } from '../../../model/sync.ts';
import type { Found, Sighting } from '../../search/campaign/campaign.ts';
import { type Sweep, type SweepResult, countUnits } from '../../search/exhaustive/sweep.ts';
import { SweepTally } from '../../search/exhaustive/sweep-tally.ts';
import { runInOrder } from './in-order.ts';
import type { SweepJob } from './job.ts';
import { SearchLimit } from './search-limit.ts';
import { Sightings } from './sightings.ts';
import { ThreadRunner } from './thread-runner.ts';
import type { UnitRunner } from './unit-runner.ts';
import { NOTHING_KEPT, type UnitStore } from './unit-store.ts';

export interface SweepLimits {
  readonly workers: number;
  /** For the states of a scenario: each worker searches one at a time. A share that shrank with their number would change the outcome. */
  readonly bytesMax: number;
  /** Null: no limit. */
  readonly seconds: number | null;
}

export interface SweepOutcome {
  readonly tally: SweepTally;
  /** Failures, of each cause one, and those whose cause was not known in time. */
  readonly found: readonly Found[];
  readonly seconds: number;
  /** Every scenario has been searched to its end. */
  readonly complete: boolean;
  readonly interrupted: boolean;
  /** As of a campaign. */
  readonly error: Error | null;
}

const WORKER = new URL('./sweep-worker.js', import.meta.url).href;

/** Worker threads for units of a sweep. */
export const sweepThreads = (workers: number): ThreadRunner<SweepJob, SweepResult> =>
  new ThreadRunner({ filename: WORKER, workers, ahead: workers });

/**
 * @param onProgress called whenever a unit has been added up, with what was found in it
 * @param onSighting called when a worker comes across a failure, before its cause is known
 * @param kept where results of units may come from, and go to; absent: all units run
 * @param away what runs units elsewhere; absent: worker threads run them
 */
export async function runSweep(
  sweep: Sweep,
  { workers, bytesMax, seconds }: SweepLimits,
  signal: AbortSignal,
  onProgress: (tally: SweepTally, found: readonly Found[]) => void,
  onSighting: (sighting: Sighting) => void,
  kept: UnitStore<SweepResult> = NOTHING_KEPT,
  away: UnitRunner<SweepJob, SweepResult> | null = null,
): Promise<SweepOutcome> {
  const begin = Date.now();
  const limit = new SearchLimit(seconds, sweep.keepGoing);
  const units = countUnits(sweep);
  const modes = modesOf(sweep);
  const tally = new SweepTally(modes);
  const sightings = new Sightings();
  let error: Error | null = null;
  await runInOrder<SweepJob, SweepResult>(
    {
      filename: WORKER,
      workers,
      away,
      *jobs(stop) {
        for (let unit = 0; unit < units; unit++) yield { sweep, unit, bytesMax, stop };
      },
      limit,
      units: kept,
      onMessage: (message) => {
        if (sightings.add(message as Sighting)) onSighting(message as Sighting);
      },
      onResult: (result, unit) => {
        tally.add(result);
        sightings.settle(unit, modes);
        if (result.found.length > 0) limit.hasFound();
        onProgress(tally, result.found);
        return tally.cut !== 'memory' && (tally.found.length === 0 || sweep.keepGoing);
      },
    },
    signal,
  ).catch((thrown: unknown) => {
    if (!isOfOneRun(thrown)) throw thrown;
    error = thrown;
  });
  limit.clear();
  const left = tally.found.length > 0 && !sweep.keepGoing ? [] : sightings.left(tally.found);
  if (error !== null && tally.found.length + left.length === 0) throw error as Error;
  left.forEach(({ scenario: { mode } }) => (tally.byMode.get(mode)!.broken = true));
  return {
    tally,
    found: [...tally.found, ...left],
    seconds: Math.max(1, Date.now() - begin) / 1000,
    complete: tally.unitsDone === units,
    interrupted: signal.aborted,
    error,
  };
}

const modesOf = ({ scopes }: Sweep): SyncMode[] => [...new Set(scopes.map(({ mode }) => mode))];
