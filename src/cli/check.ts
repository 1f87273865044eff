/** `cowcheck check`: search for a schedule that breaks a property. */
import { randomBytes } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { type Command, Option } from 'commander';
import type { SyncMode } from '../../model/backup/drive-backup.ts';
import type { RuleName } from '../../model/backup/rules.ts';
import type { WakeOrder } from '../../model/kernel/coroutine.ts';
import { STRATEGIES } from '../explore/strategies.ts';
import { loadWorkload } from '../files/workload.ts';
import { type Campaign, type CampaignResult, runCampaign } from '../workers/campaign.ts';
import { shrinkAll } from '../workers/failures.ts';
import { type Failure, describeLoss, saved } from './failures.ts';
import { INTERRUPTED, interruptible } from './interrupt.ts';
import { type CheckOptions, type Report, printReport, reportJson } from './report.ts';
import { type Progress, count, json, painter, plural, progress, shown } from './terminal.ts';
import { PROVE_SECONDS_DEFAULT, folder, ruleNames, seconds, secondsOrNone, wholeNumber } from './usage.ts';

const SECONDS_DEFAULT = 10;

const EXAMPLES = `
Examples:
  cowcheck check --seconds 10
      all three modes, ten seconds, which is also the default
  cowcheck check --mode top --without drainBeforeUnhook
      break a rule and see the trace
  cowcheck check --runs 100000 --seed a --json
      for a script
  cowcheck check --workload examples/workloads/ext4-sqlite.nbdkit.log --runs 60
      the I/O of a real guest
`;

interface Flags {
  mode: SyncMode | 'all';
  job: string;
  without: RuleName[];
  wake: WakeOrder;
  effects: 'cluster' | 'sector';
  strategy: string;
  runs?: number;
  seconds?: number;
  seed?: string;
  clusters: number;
  clusterSectors: number;
  writes: number;
  workload?: string;
  faults: boolean;
  workers: number;
  keepGoing: boolean;
  proveSeconds: number;
  out: string;
  json: boolean;
  color: boolean;
}

export function addCheck(program: Command): void {
  program
    .command('check')
    .description('search for a schedule that breaks a property')
    .addOption(new Option('--mode <mode>', 'sync mode').choices(['full', 'top', 'none', 'all']).default('all'))
    .addOption(new Option('--job <name>', 'the job to check').choices(['correct']).default('correct'))
    .option('--without <rule>', 'switch a rule off; may be repeated (see: cowcheck rules)', ruleNames, [])
    .addOption(new Option('--wake <order>', 'order in which woken coroutines run').choices(['any', 'qemu']).default('any'))
    .addOption(new Option('--effects <grain>', 'grain at which I/O takes effect').choices(['cluster', 'sector']).default('sector'))
    .addOption(new Option('--strategy <name>', 'how schedules are chosen').choices(Object.keys(STRATEGIES)).default('portfolio'))
    .option('--runs <n>', 'stop after so many schedules, all modes together', wholeNumber(1, 1e12))
    .option('--seconds <s>', `stop after so many seconds (default: ${SECONDS_DEFAULT}, without --runs)`, seconds)
    .option('--seed <text>', 'where randomness starts: same seed and options, same outcome')
    .option('--clusters <n>', 'clusters of the disk, at most', wholeNumber(1, 64), 4)
    .option('--cluster-sectors <n>', 'sectors of a cluster', wholeNumber(1, 64), 2)
    .option('--writes <n>', 'guest requests, at most', wholeNumber(1, 64), 3)
    .option('--workload <file>', "guest I/O recorded from a real guest: a log of nbdkit's log filter, or a fio iolog")
    .option('--faults', 'also inject read and write errors', false)
    .option('--workers <n>', 'worker threads', wholeNumber(1, 256), availableParallelism())
    .option('--keep-going', 'do not stop at the first failure; one trace for each cause', false)
    .option('--prove-seconds <s>', 'go on so long to prove that no smaller trace of a failure exists, all failures together; 0: not at all', secondsOrNone, PROVE_SECONDS_DEFAULT)
    .option('--out <dir>', 'where traces of failures go', folder, 'cowcheck-traces')
    .option('--json', 'one JSON object on standard output', false)
    .addHelpText('after', EXAMPLES)
    .action(async (_, command: Command) => {
      process.exitCode = await interruptible((signal) => check(command.optsWithGlobals<Flags>(), signal));
    });
}

/** @returns the exit status */
async function check(flags: Flags, signal: AbortSignal): Promise<number> {
  const campaign = campaignOf(flags);
  const options = optionsOf(flags, campaign);
  const result = await watched(campaign, flags, signal);
  const found = await shrunk(result, campaign, flags, signal);
  const failures = found.map((failure) => saved(failure, flags.out));
  const report: Report = { options, result: { ...result, interrupted: signal.aborted }, failures };
  if (flags.json) process.stdout.write(json(reportJson(report), (key, value) => (key === 'trace' && failures.some(({ path, loss }) => path === value && loss !== null) ? null : value)));
  else printReport(shown(report), painter(flags.color));
  for (const failure of failures) if (failure.loss !== null) process.stderr.write(describeLoss(failure));
  if (signal.aborted) return INTERRUPTED;
  return failures.length > 0 ? 1 : 0;
}

function campaignOf(flags: Flags): Campaign {
  const log = flags.workload === undefined ? null : loadWorkload(flags.workload);
  return {
    options: {
      seed: flags.seed ?? randomBytes(4).toString('hex'),
      strategy: flags.strategy,
      setting: { effects: flags.effects, wake: flags.wake, without: flags.without, requestsMin: log?.requests.length ?? flags.writes },
      keepGoing: flags.keepGoing,
    },
    modes: flags.mode === 'all' ? ['full', 'top', 'none'] : [flags.mode],
    scope: { clusters: flags.clusters, clusterSectors: flags.clusterSectors, writes: flags.writes, faults: flags.faults },
    log,
    runs: flags.runs ?? null,
    seconds: flags.seconds ?? (flags.runs === undefined ? SECONDS_DEFAULT : null),
    workers: flags.workers,
  };
}

/** The whole set of options that decide the outcome. Workers and the output folder do not. */
function optionsOf(flags: Flags, { options, runs, seconds: limit }: Campaign): CheckOptions {
  const { mode, job, without, wake, effects, strategy, clusters, clusterSectors, writes, faults, keepGoing } = flags;
  return { mode, job, without, wake, effects, strategy, runs, seconds: limit, seed: options.seed, clusters, clusterSectors, writes, workload: flags.workload ?? null, faults, keepGoing };
}

/** Runs the campaign with progress on standard error. Ctrl-C ends it; what was found by then is kept. */
async function watched(campaign: Campaign, flags: Flags, signal: AbortSignal): Promise<CampaignResult> {
  const begin = Date.now();
  const bar = barOf(flags, campaign.seconds === null ? campaign.runs! : campaign.seconds * 1000);
  try {
    return await runCampaign(campaign, signal, (tally) => {
      const done = campaign.seconds === null ? tally.schedules : Date.now() - begin;
      bar?.update(done, `${count(tally.schedules)} schedules${tally.found.length > 0 ? `, ${tally.found.length} failures` : ''}`);
    });
  } finally {
    bar?.stop();
  }
}

/** Makes what was found smaller, with progress as well. Ctrl-C leaves it as small as it has become. */
async function shrunk({ tally: { found } }: CampaignResult, { options, workers }: Campaign, flags: Flags, signal: AbortSignal): Promise<Failure[]> {
  const bar = found.length === 0 ? null : barOf(flags, found.length);
  try {
    const failures = await shrinkAll(found, options, { workers, proveSeconds: flags.proveSeconds }, signal, (done, of, what) => bar?.update((done / of) * found.length, `${done} of ${plural(of, 'failure')} ${what}`));
    if (found.length > 0 && failures.length === 0) process.stderr.write(`cowcheck: ${plural(found.length, 'failure')} found, but none could be told in the time after the interrupt\n`);
    return failures;
  } finally {
    bar?.stop();
  }
}

const barOf = ({ json: asJson }: Flags, total: number): Progress | null => (asJson && process.stderr.isTTY ? null : progress(total));
