/** `cowcheck check`, at random: a campaign, with progress, and what it comes to. */
import { randomBytes } from 'node:crypto';
import { isCustomJob } from '../../../../model/families/custom/file-name.ts';
import type { Scenario } from '../../../../model/scenario/scenario.ts';
import { optionsOf as jobOptionsOf, whatJobLacks } from '../../../../model/machine/job-options.ts';
import { fileError } from '../../files/text.ts';
import { loadTrace } from '../../files/traces.ts';
import { shardInWords } from '../../campaign/shard.ts';
import { RANDOM_UNITS } from '../../campaign/unit-codec.ts';
import { type Campaign, type CampaignResult, runCampaign, unitThreads } from '../../workers/campaign.ts';
import type { UnitJob } from '../../workers/job.ts';
import type { Recording } from '../../../scenarios/recording.ts';
import { sourceOf } from '../../../scenarios/sources.ts';
import { rulesOffAsText } from '../../../search/campaign/rules-off.ts';
import { countUnits } from '../../../search/campaign/units.ts';
import type { UnitResult } from '../../../search/campaign/campaign.ts';
import { RUNS_ENOUGH, runsNeeded } from '../../../search/campaign/verdict.ts';
import { INTERRUPTED, exitStatusOf } from '../io/exit-status.ts';
import { FailureStore, describeLoss } from '../io/failure-store.ts';
import { runCorpus } from '../io/corpus-run.ts';
import { barOf, tellThrown, timeLimits, toldFailures } from '../io/failures.ts';
import { type Flags, askedNames, jobOf, modesOf } from '../io/flags.ts';
import { io } from '../io/io.ts';
import { type Recorded, recorded } from '../io/recorded.ts';
import { type CheckOptions, type Report, printReport, reportJson, scopeOf, verdictOf } from '../reports/report.ts';
import type { Reporting } from '../reporters/reporting.ts';
import { casesOfSearch } from '../reporters/result.ts';
import { endShard } from '../reports/part-report.ts';
import type { AwayUnits } from '../io/machines.ts';
import { type SearchUnits, checkFound, unitsOfSearch, withSeedOfJournal } from '../io/units.ts';
import { type Progress, SOON_MS, count, painter, plural, sayTo, shown } from '../io/terminal.ts';

/** The runs take about ten seconds on two cores; so does a proof at most, if nothing says how long. */
export const SEARCH_DEFAULTS = {
  effects: 'sector',
  runs: { drawn: 60_000, recorded: 300 },
  proveSeconds: 10,
  clusters: 4,
  writes: 3,
} as const;

/** @returns the exit status */
export async function search(asked: Flags, signal: AbortSignal, reporting: Reporting): Promise<number> {
  const flags = await withSeedOfJournal(asked);
  const guest = flags.workload === undefined ? null : await recorded(flags.workload, flags, modesOf(flags), signal);
  if (guest === null && flags.workload !== undefined) return INTERRUPTED;
  const begin = Date.now();
  const scenario = flags.scenario === undefined ? null : scenarioIn(flags.scenario, flags.job);
  const campaign = campaignOf(flags, guest?.recording ?? null, scenario);
  const options = optionsOf(flags, campaign, guest);
  const units = await unitsOfSearch(flags, options, RANDOM_UNITS, ({ found }) => checkFound(found, campaign.options), awayOf(campaign));
  const corpus = await runCorpus(flags, campaign.options.setting, campaign.modes, signal);
  const total = campaign.seconds === null ? campaign.runs! : campaign.seconds * 1000;
  const bar = guest === null ? barOf(flags, total) : barOf(flags, total, SOON_MS);
  reporting.begin(nameOf(flags), { scope: scopeOf({ options, recorded: guest?.window ?? null }), options });
  const store = new FailureStore(campaign.options, flags.out, flags.keepGoing, sayTo(bar), (failure) => reporting.found(failure));
  const toRun = corpus?.isEnough === true ? { ...campaign, runs: 0 } : campaign;
  const result = await watched(toRun, store, bar, signal, reporting, units).finally(() => units?.close());
  if (units !== null && units.part !== null && result.error !== null) throw result.error; // a share is whole, or none
  if (units !== null && units.part !== null) return endShard(units, { ...result, lacksMemory: false }, store, flags, signal, reporting);
  const found = await toldFailures(result.found, campaign.options, store, timeLimits(begin, campaign.seconds, flags), flags, signal);
  const { failures, corpus: ofCorpus } = corpus?.end(found) ?? { failures: found };
  for (const { trace } of failures) result.tally.byMode.get(trace.scenario.mode)!.broken = true;
  const { modes, runs, subject } = campaign;
  const needed = runsNeeded(modes, runs, subject.recording === null ? RUNS_ENOUGH.generated : RUNS_ENOUGH.recorded);
  const report: Report = {
    options,
    recorded: guest?.window ?? null,
    needed,
    result: { ...result, seconds: flags.parts?.seconds ?? result.seconds, interrupted: signal.aborted },
    failures,
  };
  const told = { ...reportJson(report), ...(ofCorpus === undefined ? {} : { corpus: ofCorpus }) };
  reporting.tell({
    name: nameOf(flags),
    json: told,
    search: told,
    cases: casesOfSearch(told),
    text: () => printReport(shown(report), flags, painter(flags.color)),
  });
  for (const failure of failures) if (failure.loss !== null) io().err(describeLoss(failure));
  tellThrown(result.error, failures);
  return exitStatusOf(verdictOf(report), signal.aborted);
}

const nameOf = ({ job, shard }: Flags): string => `check ${job}${shard === undefined ? '' : ` --shard ${shardInWords(shard)}`}`;

/** @throws FileError if the job can't run it */
function scenarioIn(path: string, job: Flags['job']): Scenario {
  const { scenario } = loadTrace(path);
  const lack = whatJobLacks(job, scenario);
  if (lack !== null) throw fileError(path, `the job ${job} ${lack}`);
  return scenario;
}

/** @param recording of a guest; null: none @param scenario the only one; null: they are drawn */
export function campaignOf(flags: Flags, recording: Recording | null, scenario: Scenario | null): Campaign {
  const { effects = SEARCH_DEFAULTS.effects, clusters = SEARCH_DEFAULTS.clusters, writes = SEARCH_DEFAULTS.writes } = flags;
  return {
    options: {
      seed: flags.seed ?? randomBytes(4).toString('hex'),
      strategy: flags.strategy,
      setting: { effects, wake: flags.wake, ...jobOf(flags), requestsMin: recording?.requests.length ?? scenario?.guest.length ?? writes },
      keepGoing: flags.keepGoing,
    },
    modes: scenario === null ? modesOf(flags) : [scenario.mode],
    subject: {
      scope: {
        clusters,
        clusterSectors: flags.clusterSectors,
        writes,
        faults: flags.faults || (scenario?.faults ?? []).length > 0,
        jobOptions: jobOptionsOf(flags.job),
        endlessGuest: isCustomJob(flags.job) || scenario?.endlessGuest === true,
      },
      recording,
      scenario,
    },
    runs: flags.runs ?? null,
    seconds: flags.seconds ?? null,
    workers: flags.workers,
  };
}

/** What machines behind a queue need, and are asked. */
function awayOf({ options, modes, subject, runs }: Campaign): AwayUnits<UnitJob, UnitResult> {
  return {
    units: countUnits(modes, runs ?? 0, sourceOf(subject)),
    seed: options.seed,
    recording: subject.recording,
    scenario: subject.scenario,
    offOf: (job) => rulesOffAsText(options.setting.without, job.options.setting.without),
    foundIn: ({ found }) => found.length,
    threads: () => unitThreads(subject, 1),
  };
}

/** The whole set of options that decide the outcome. Workers and the output folder do not. */
function optionsOf(
  flags: Flags,
  { options, modes, subject: { scope }, runs, seconds: limit }: Campaign,
  guest: Recorded | null,
): CheckOptions {
  const { job, without, wake, strategy, workload = null, scenario = null, keepGoing } = flags;
  const { clusters, clusterSectors, writes, faults = false } = scope;
  const mode = scenario === null ? flags.mode : modes[0]!;
  return {
    mode,
    job,
    without,
    wake,
    effects: options.setting.effects,
    strategy,
    runs,
    seconds: limit,
    seed: options.seed,
    clusters,
    clusterSectors,
    writes,
    workload,
    ...(guest === null ? {} : { window: `${guest.window.from}+${guest.window.count}` }),
    scenario,
    faults,
    keepGoing,
    ...askedNames(flags),
  };
}

/** Runs the campaign with progress on standard error. Ctrl-C ends it; what was found by then is kept. */
async function watched(
  campaign: Campaign,
  store: FailureStore,
  bar: Progress | null,
  signal: AbortSignal,
  reporting: Reporting,
  units: SearchUnits<UnitJob, UnitResult> | null,
): Promise<CampaignResult> {
  const begin = Date.now();
  let [schedules, found] = [0, 0];
  const show = (): void =>
    bar?.update(
      campaign.seconds === null ? schedules : Date.now() - begin,
      `${count(schedules)} schedules${found > 0 ? `, ${plural(found, 'failure')}` : ''}`,
    );
  const tick = setInterval(show, TICK_MS);
  try {
    return await runCampaign(
      campaign,
      signal,
      (tally, inUnit) => {
        for (const one of inUnit) store.found(one, tally.found.includes(one));
        [schedules, found] = [tally.schedules, tally.found.length];
        reporting.sample(() => ({ schedules, situations: tally.marks().filter(({ runs }) => runs > 0).length, failures: found }));
        show();
      },
      (sighting) => store.sighted(sighting),
      units?.store,
      units?.away,
    );
  } finally {
    clearInterval(tick);
    bar?.stop();
  }
}

/** Where the first runs take long, too, it shows that something is going on. */
const TICK_MS = 1_000;
