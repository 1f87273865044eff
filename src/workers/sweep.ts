/** Runs a sweep on worker threads. The outcome is the same for any number of workers. */
import type { SyncMode } from '../../model/backup/drive-backup.ts';
import { type Sweep, type SweepResult, countUnits } from '../explore/sweep.ts';
import { SweepTally } from '../explore/sweep-tally.ts';
import { runInOrder } from './in-order.ts';
import type { SweepJob } from './job.ts';

export interface SweepLimits {
  readonly workers: number;
  /** For states, over all workers. */
  readonly bytesMax: number;
  /** Null: no limit. */
  readonly seconds: number | null;
}

export interface SweepOutcome {
  readonly tally: SweepTally;
  readonly seconds: number;
  /** Every scenario has been searched to its end. */
  readonly complete: boolean;
  readonly interrupted: boolean;
}

/** @param onProgress called whenever a unit has been added up, with how many there are */
export async function runSweep(sweep: Sweep, { workers, bytesMax, seconds }: SweepLimits, signal: AbortSignal, onProgress: (tally: SweepTally, units: number) => void): Promise<SweepOutcome> {
  const begin = Date.now();
  const deadline = seconds === null ? null : begin + seconds * 1000;
  const units = countUnits(sweep);
  const tally = new SweepTally(modesOf(sweep));
  await runInOrder<SweepJob, SweepResult>(
    {
      filename: new URL('./sweep-worker.js', import.meta.url).href,
      workers,
      *jobs(stop) {
        for (let unit = 0; unit < units; unit++) yield { sweep, unit, bytesMax: Math.floor(bytesMax / workers), deadline, stop };
      },
      isOver: () => deadline !== null && Date.now() >= deadline,
      onResult: (result) => {
        tally.add(result);
        onProgress(tally, units);
        return tally.cut !== 'memory' && (tally.found.length === 0 || sweep.keepGoing);
      },
    },
    signal,
  );
  return { tally, seconds: (Date.now() - begin) / 1000, complete: tally.unitsDone === units, interrupted: signal.aborted };
}

const modesOf = ({ scopes }: Sweep): SyncMode[] => [...new Set(scopes.map(({ mode }) => mode))];
