/**
 * Runs a campaign on worker threads. Results are added up in the order of their units, no matter
 * which finished first, so the outcome is the same for any number of workers.
 */
import { isOfOneRun } from '../../../model/families/custom/job-error.ts';
import { familyOfJob } from '../../../model/machine/job-names.ts';
import type { SyncMode } from '../../../model/sync.ts';
import type { CampaignOptions, Found, Sighting, Unit, UnitResult } from '../../search/campaign/campaign.ts';
import { unitsOf } from '../../search/campaign/units.ts';
import { KnownCauses } from '../../search/campaign/known-causes.ts';
import { Tally } from '../../search/campaign/tally.ts';
import { type Subject, sourceOf } from '../../scenarios/sources.ts';
import type { UnitJob } from './job.ts';
import { Patience } from './patience.ts';
import { SearchLimit } from './search-limit.ts';
import { Sightings } from './sightings.ts';
import { ThreadRunner } from './thread-runner.ts';
import { UnitPool } from './unit-pool.ts';
import { MORE_ROOM, type UnitRunner } from './unit-runner.ts';
import { NOTHING_KEPT, type UnitStore } from './unit-store.ts';

export interface Campaign {
  readonly options: CampaignOptions;
  readonly modes: readonly SyncMode[];
  readonly subject: Subject;
  /** The first of these to be reached ends the campaign; null: no limit. Not both null. */
  readonly runs: number | null;
  readonly seconds: number | null;
  readonly workers: number;
}

export interface CampaignResult {
  readonly tally: Tally;
  /** Failures, of each cause one, and those whose cause was not known in time. */
  readonly found: readonly Found[];
  readonly seconds: number;
  readonly interrupted: boolean;
  /** What a custom job threw in a run, which ended the search; null: nothing. It is thrown, unless something was found by then. */
  readonly error: Error | null;
}

/**
 * A unit that takes longer to end than this, once it is told to, is given up with all that it has done: a run may take
 * for ever, and to find a cause takes long.
 */
const UNIT_MS = 1_000;

/** Worker threads for units of a campaign. @param onMessage told what they say before their unit is done */
export const unitThreads = (
  subject: Subject,
  workers: number,
  onMessage: (message: unknown) => void = () => {},
): ThreadRunner<UnitJob, UnitResult> =>
  new ThreadRunner({
    filename: new URL('./unit-worker.js', import.meta.url).href,
    workers,
    ahead: workers + 1,
    data: { subject },
    onMessage,
  });

/**
 * @param onProgress called whenever a unit has been added up, with what was found in it
 * @param onSighting called when a worker comes across a failure, before its cause is known
 * @param kept where results of units may come from, and go to; absent: all units run
 * @param away what runs units elsewhere; absent: worker threads run them
 */
export async function runCampaign(
  campaign: Campaign,
  signal: AbortSignal,
  onProgress: (tally: Tally, found: readonly Found[]) => void,
  onSighting: (sighting: Sighting) => void,
  kept: UnitStore<UnitResult> = NOTHING_KEPT,
  away: UnitRunner<UnitJob, UnitResult> | null = null,
): Promise<CampaignResult> {
  const begin = Date.now();
  const limit = new SearchLimit(campaign.seconds, campaign.options.keepGoing);
  const tally = new Tally(campaign.modes, campaign.subject.scope.faults, familyOfJob(campaign.options.setting.job ?? 'correct'));
  const { options, subject } = campaign;
  const sightings = new Sightings();
  const stop = new Int32Array(new SharedArrayBuffer(4));
  const { workers } = campaign;
  const onMessage = (message: unknown): void => {
    if (sightings.add(message as Sighting)) onSighting(message as Sighting);
  };
  const pool = new UnitPool(away ?? unitThreads(subject, workers, onMessage), kept, stop);
  const jobs = unitsOf(campaign.modes, campaign.runs, sourceOf(subject));
  const running: { readonly unit: Unit; readonly result: Promise<UnitResult> }[] = [];
  const causes = new KnownCauses(options.setting.without);
  let [begun, added] = [0, 0];
  const patience = new Patience(signal, UNIT_MS);
  const stopAll = (): void => void Atomics.store(stop, 0, 1);
  signal.addEventListener('abort', stopAll, { once: true });
  limit.onEnd(() => {
    stopAll();
    patience.begin();
  });
  const isOver = (): boolean => signal.aborted || limit.isOver;
  let error: Error | null = null;
  try {
    for (;;) {
      for (let room = pool.room(running.length); room > 0 && added >= causes.needed(begun) && !isOver();) {
        const { value: unit, done } = jobs.next();
        if (done === true) break;
        const nth = begun++;
        if (!kept.isOurs(nth)) continue;
        const setting = { ...options.setting, without: causes.withoutIn(unit, nth) };
        const toRun = (): UnitJob => {
          limit.begin();
          return { options: { ...options, setting }, unit, stop };
        };
        running.push({ unit, result: pool.result(nth, toRun) });
        room--;
      }
      const next = running[0];
      if (next === undefined) break;
      const result = await pool.next(next.result, patience.end);
      if (result === MORE_ROOM) continue;
      running.shift();
      if (result === null) continue;
      tally.add(result);
      sightings.settle(next.unit.number, [next.unit.mode]);
      if (result.found.length > 0) limit.hasFound();
      causes.add(
        added++,
        result.mode,
        result.found.map(({ cause }) => cause),
      );
      onProgress(tally, result.found);
      if (tally.found.length > 0 && !options.keepGoing) break;
    }
  } catch (thrown) {
    if (!isOfOneRun(thrown)) throw thrown;
    error = thrown;
  } finally {
    stopAll();
    patience.begin(); // a run may take for ever
    await Promise.race([Promise.allSettled(running.map(({ result }) => result)), patience.end]);
    patience.forget();
    limit.clear();
    signal.removeEventListener('abort', stopAll);
    await pool.destroy();
  }
  const left = tally.found.length > 0 && !options.keepGoing ? [] : sightings.left(tally.found);
  if (error !== null && tally.found.length + left.length === 0) throw error;
  left.forEach(({ scenario: { mode } }) => (tally.byMode.get(mode)!.broken = true));
  const seconds = Math.max(1, Date.now() - begin) / 1000;
  return { tally, found: [...tally.found, ...left], seconds, interrupted: signal.aborted, error };
}
