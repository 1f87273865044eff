/** `check`: the search of `cowcheck check` in a test suite, in this thread. */
import '../families/block-copy.ts';
import '../families/custom.ts';
import { randomBytes } from 'node:crypto';
import type { SyncMode } from '../../model/sync.ts';
import { type JobName, familyOfJob } from '../../model/machine/job-names.ts';
import { optionsOf, syncModesOf } from '../../model/machine/job-options.ts';
import { rulesOff, rulesOfFamily } from '../../model/machine/jobs.ts';
import type { Setting } from '../../model/machine/shape.ts';
import { JobError } from '../../model/families/custom/job-error.ts';
import type { Job } from '../../model/families/custom/job.ts';
import { registerJob } from '../../model/families/custom/registry.ts';
import { Benches, type CampaignOptions, runUnit } from '../search/campaign/campaign.ts';
import { Tally } from '../search/campaign/tally.ts';
import { unitsOf } from '../search/campaign/units.ts';
import { RUNS_ENOUGH, runsNeeded, verdictOfMode } from '../search/campaign/verdict.ts';
import { sourceOf } from '../scenarios/sources.ts';
import { failureOf } from '../shrink/failure.ts';
import { askedJob, askedOfBuiltIn, isBuiltIn } from './asked-job.ts';
import { callOf } from './call.ts';
import { CheckFailure } from './check-failure.ts';
import { type CheckOptions, DEFAULTS, refuseNonsense } from './check-options.ts';
import type { CheckResult } from './check-result.ts';
import { scenarioOf } from './trace-of.ts';
import { Unfinished } from './unfinished.ts';

/**
 * Runs, if nothing else is asked for. They are counted, so that a slow machine tests as much as a fast one. In a cold process they take
 * about two seconds of CPU, and test runners give a test five. Of the orderings that forgotten.spec.ts takes out, they find 19 of 20.
 */
const RUNS = 300;
/** A failure gets so long to be made small, where time is limited. */
const GRACE_MS = 1_500;

/**
 * Searches for a schedule that breaks a property.
 * @param job a custom job, or the name of a built-in one: `correct`, `block-copy`, or an era, such as `qemu-11.1`
 * @param options how long, how large, and what may fail
 * @returns what was run; nothing broke, and that was enough
 * @throws CheckFailure if something breaks: its message is the trace, made small; Unfinished if the `seconds` were over
 * before enough runs had ended; JobError if the job can't be run, or an option makes no sense
 */
export function check(job: Job | JobName, options: CheckOptions = {}): CheckResult {
  const begin = performance.now();
  refuseNonsense(options);
  const { clusters, clusterSectors, writes, strategy } = { ...DEFAULTS, ...options };
  const { runs, seconds } = budgetOf(options);
  const seed = options.seed ?? randomBytes(4).toString('hex');
  const scenario = options.scenario === undefined ? null : scenarioOf(options.scenario, job);
  const setting = { ...settingOf(job, options), ...(scenario !== null && { requestsMin: scenario.guest.length }) };
  const campaign: CampaignOptions = { seed, strategy, setting, keepGoing: false };
  const faults = options.faults ?? (scenario?.faults ?? []).length > 0;
  const sizes = { clusters, clusterSectors, writes, faults };
  const scope = isBuiltIn(job) ? { ...sizes, jobOptions: optionsOf(job), endlessGuest: false } : { ...sizes, endlessGuest: true };
  const source = sourceOf({ scope, recording: null, scenario });
  const modes = modesOf(job, scenario === null ? options : { ...options, modes: [scenario.mode] });
  const benches = new Benches();
  const isOver = (): boolean => performance.now() - begin >= seconds * 1000;
  const isLate = (): boolean => performance.now() - begin >= seconds * 1000 + GRACE_MS;
  const tally = new Tally(modes, faults, isBuiltIn(job) ? familyOfJob(job) : 'notifier');
  for (const unit of unitsOf(modes, runs, source)) {
    if (isOver()) break;
    const result = runUnit(campaign, source, unit, benches, isOver);
    const [found] = result.found;
    if (found !== undefined) throw new CheckFailure(failureOf(found, campaign, isLate), { ...options, seed }, check);
    tally.add(result);
  }
  const { schedules, steps, scenarios, cutOff } = tally;
  const result = { schedules, steps, scenarios, cutOff, seconds: (performance.now() - begin) / 1000, seed };
  const why = whyUnfinished(tally, runs, { ...options, seed });
  if (why !== null) throw new Unfinished(why, result);
  return result;
}

/** Asked for runs only, it takes the time that they take; for time only, what can be run in it. */
function budgetOf({ runs, seconds }: CheckOptions): { readonly runs: number | null; readonly seconds: number } {
  return { runs: runs ?? (seconds === undefined ? RUNS : null), seconds: seconds ?? Infinity };
}

/** @param options with the seed @returns null: it is not */
function whyUnfinished({ byMode }: Tally, runs: number | null, options: CheckOptions): string | null {
  const { seconds = Infinity, ...counted } = options;
  const modes: readonly SyncMode[] = [...byMode.keys()];
  const needed = runsNeeded(modes, runs, RUNS_ENOUGH.generated);
  const short = modes.filter((mode) => verdictOfMode(byMode.get(mode)!, needed.get(mode)!) !== 'holds');
  if (short.length === 0) return null;
  const ran = short
    .map((mode) => `${mode.toUpperCase()} ended ${byMode.get(mode)!.schedules - byMode.get(mode)!.cutOff} of ${needed.get(mode)} runs`)
    .join(', ');
  if (seconds === Infinity)
    return runs! < modes.length ? `${ran}: "runs" must be at least one for each mode` : `${ran}: others came to their limit of steps`;
  const enough = runs ?? [...needed.values()].reduce((sum, one) => sum + one, 0);
  return (
    `${ran} in ${seconds} s, and nothing broke. Leave "seconds" out, so that only runs are counted, and give the test more time:\n` +
    `  ${callOf({ ...counted, runs: enough })};\n` +
    `}, ${TEST_LIMIT});`
  );
}

/** Of a test, in milliseconds, as it is written. */
const TEST_LIMIT = '60_000';

/** @throws JobError if the job has not the modes that are asked for */
function modesOf(job: Job | JobName, { modes }: CheckOptions): readonly SyncMode[] {
  if (!isBuiltIn(job)) return modes ?? job.modes;
  const has = syncModesOf(job);
  const lacking = modes?.find((mode) => !has.includes(mode));
  if (lacking !== undefined) throw new JobError(`the job ${job} has no mode "${lacking}", only ${has.join(', ')}`);
  return modes ?? has;
}

function settingOf(job: Job | JobName, options: CheckOptions): Setting {
  const { effects, wake, name, writes } = { ...DEFAULTS, ...options };
  const { without = [] } = options;
  if (isBuiltIn(job)) {
    const foreign = without.find((rule) => !(rule in rulesOfFamily(familyOfJob(job))));
    if (foreign !== undefined) throw new JobError(`"without": the family ${familyOfJob(job)} has no rule ${foreign}`);
    return { effects, wake, job, without: rulesOff({ job, without }), requestsMin: writes, ...askedOfBuiltIn(options) };
  }
  if (without.length > 0) throw new JobError('"without" is about a built-in job, not about a custom one');
  registerJob(name, askedJob(job, options));
  return { effects, wake, without, requestsMin: writes, customJob: name as NonNullable<Setting['customJob']> };
}
