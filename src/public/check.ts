/** `check`: the search of `cowcheck check` in one's own test suite, in this thread. */
import { randomBytes } from 'node:crypto';
import type { SyncMode } from '../../model/backup/drive-backup.ts';
import type { RuleName } from '../../model/backup/rules.ts';
import type { WakeOrder } from '../../model/kernel/coroutine.ts';
import type { Setting } from '../../model/machine.ts';
import { isOwnJob } from '../../model/own-job/file-name.ts';
import { JobError } from '../../model/own-job/job-error.ts';
import type { Job } from '../../model/own-job/job.ts';
import { registerJob } from '../../model/own-job/registry.ts';
import { Benches, type CampaignOptions, runUnit } from '../explore/campaign.ts';
import { STRATEGIES } from '../explore/strategies.ts';
import { unitsOf } from '../explore/units.ts';
import { generated } from '../generate/sources.ts';
import { failureOf } from '../shrink/failure.ts';
import { CheckFailure } from './check-failure.ts';

export interface CheckOptions {
  /** Sync modes to check: all that the job can do, if left out. */
  readonly modes?: readonly SyncMode[];
  /** Schedules to run, all modes together: 2,000 if left out. */
  readonly runs?: number;
  /** Ends the search sooner, after so many seconds: 3 if left out. A failure that is found takes about a second more to be made small. */
  readonly seconds?: number;
  /** Same seed and options, same outcome, as long as `seconds` does not end it. Drawn if left out, and told. */
  readonly seed?: string;
  /** Clusters of the disk, sectors of a cluster, guest requests: at most so many, 4, 2 and 3 if left out. */
  readonly clusters?: number;
  readonly clusterSectors?: number;
  readonly writes?: number;
  /** Whether reads and writes fail now and then: not, if left out. */
  readonly faults?: boolean;
  /** Order in which woken coroutines run: any, if left out. */
  readonly wake?: WakeOrder;
  /** Grain at which I/O takes effect: per sector, if left out. */
  readonly effects?: 'cluster' | 'sector';
  /** How schedules are chosen: see `cowcheck check --help`. Portfolio, if left out. */
  readonly strategy?: string;
  /** Rules that are off, of cowcheck's own job only. */
  readonly without?: readonly RuleName[];
  /** The job's file, for traces and messages: own-job.mjs, if left out. */
  readonly name?: string;
}

export interface CheckResult {
  readonly schedules: number;
  readonly steps: number;
  readonly scenarios: number;
  /** Runs that ended at their limit of steps: neither success nor failure. */
  readonly cutOff: number;
  readonly seconds: number;
  readonly seed: string;
}

const DEFAULTS = { runs: 2_000, seconds: 3, clusters: 4, clusterSectors: 2, writes: 3, effects: 'sector', wake: 'any', strategy: 'portfolio', name: 'own-job.mjs' } as const;
const ALL_MODES: readonly SyncMode[] = ['full', 'top', 'none'];
/** So large a disk, and so many requests, are for the command. */
const SIZE_MAX = 64;

/**
 * Searches for a schedule that breaks a property.
 * @param job a job of one's own, or `correct`: cowcheck's own
 * @returns what was run; nothing broke
 * @throws CheckFailure if something breaks: its message is the trace, made small; JobError if the job can't be run
 */
export function check(job: Job | 'correct', options: CheckOptions = {}): CheckResult {
  const begin = Date.now();
  const { runs, seconds, clusters, clusterSectors, writes, strategy } = { ...DEFAULTS, ...options };
  refuseNonsense({ runs, clusters, clusterSectors, writes }, strategy, seconds);
  const seed = options.seed ?? randomBytes(4).toString('hex');
  const campaign: CampaignOptions = { seed, strategy, setting: settingOf(job, options), keepGoing: false };
  const source = generated({ clusters, clusterSectors, writes, faults: options.faults ?? false });
  const modes = options.modes ?? (job === 'correct' ? ALL_MODES : job.modes);
  const benches = new Benches();
  const isOver = (): boolean => Date.now() - begin >= seconds * 1000;
  const sum = { schedules: 0, steps: 0, scenarios: 0, cutOff: 0 };
  for (const unit of unitsOf(modes, runs, source)) {
    if (isOver()) break;
    const { found, ...result } = runUnit(campaign, source, unit, benches, isOver);
    if (found[0] !== undefined) throw new CheckFailure(failureOf(found[0], campaign, () => false), { ...options, seed }, check);
    for (const count of ['schedules', 'steps', 'scenarios', 'cutOff'] as const) sum[count] += result[count];
  }
  if (sum.schedules === 0) throw new JobError(`no schedule was run in ${seconds} s, so nothing is known`);
  return { ...sum, seconds: (Date.now() - begin) / 1000, seed };
}

function settingOf(job: Job | 'correct', options: CheckOptions): Setting {
  const { effects, wake, name, writes } = { ...DEFAULTS, ...options };
  const { without = [] } = options;
  if (job === 'correct') return { effects, wake, without, requestsMin: writes };
  if (without.length > 0) throw new JobError('"without" is about cowcheck\'s own job, not about one of your own');
  if (!isOwnJob(name)) throw new JobError('"name" should be that of a module, such as my-job.mjs');
  registerJob(name, job);
  return { effects, wake, without, requestsMin: writes, ownJob: name };
}

function refuseNonsense(sizes: Record<string, number>, strategy: string, seconds: number): void {
  for (const [name, size] of Object.entries(sizes)) {
    const max = name === 'runs' ? Infinity : SIZE_MAX;
    if (!Number.isInteger(size) || size < 1 || size > max) throw new JobError(`"${name}" should be a whole number above 0${max === Infinity ? '' : `, at most ${max}`}`);
  }
  if (!(seconds > 0)) throw new JobError('"seconds" should be a number above 0');
  if (STRATEGIES[strategy] === undefined) throw new JobError(`"strategy" should be one of ${Object.keys(STRATEGIES).join(', ')}`);
}
