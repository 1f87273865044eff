/** `cowcheck check`: search for a schedule that breaks a property, at random or everywhere. */
import { type Command, Option } from 'commander';
import { isCustomJob } from '../../../../model/families/custom/file-name.ts';
import { rulesOff } from '../../../../model/machine/jobs.ts';
import { ALL_SYNC_MODES } from '../../../../model/sync.ts';
import { JOB_NAMES } from '../../../../model/families/notifier/eras.ts';
import { JOBS_OF_BLOCK_COPY } from '../../../../model/machine/job-names.ts';
import { GUEST_KINDS_OF_A_SCOPE, VARIANT_NAMES } from '../../../scenarios/scope/scope.ts';
import { WINDOW_DEFAULT } from '../../../scenarios/window.ts';
import { STRATEGIES } from '../../../search/strategies/strategies.ts';
import { askedHere } from '../../files/asked-here.ts';
import { tellInEffect } from '../config/in-effect.ts';
import { brokerAsked } from '../io/broker-option.ts';
import { HOLDS } from '../io/exit-status.ts';
import type { Flags } from '../io/flags.ts';
import { interruptible } from '../io/interrupt.ts';
import { io } from '../io/io.ts';
import { modeOption } from '../io/mode-option.ts';
import { refuseIdle } from '../io/one-line.ts';
import { addReporting, reportingOf } from '../reporters/option.ts';
import type { Reporting } from '../reporters/reporting.ts';
import { EXHAUSTIVE_DEFAULTS, prove, refusal } from './exhaustive.ts';
import { type AskedFlags, FAMILY_CHOICES, perFamily, withoutAll } from './family.ts';
import { jobNameOrFile, takeCustomJob } from './custom-job.ts';
import { SEARCH_DEFAULTS, search } from './search.ts';
import { refusalOfUnits } from '../io/units.ts';
import {
  folder,
  logWindow,
  memory,
  percent,
  ruleNames,
  seconds,
  secondsOrNone,
  shardOf,
  someOf,
  wholeNumber,
  workersOption,
} from '../io/usage.ts';

const EXAMPLES = `
Examples:
  cowcheck check --seconds 10
      all modes, for ten seconds
  cowcheck check --mode top --without drainBeforeUnhook
      break a rule and see the trace
  cowcheck check --job qemu-1.6 --keep-going --faults --seconds 60
      the model of QEMU 1.6: one trace per defect
  cowcheck check --job qemu-5.2 --keep-going --faults
      the model of QEMU 5.2 (family block-copy)
  cowcheck check --runs 100000 --seed a --json
      JSON for a script
  cowcheck check --workload examples/workloads/ext4-sqlite.nbdkit.log --runs 60
      the recorded I/O of a real guest
  cowcheck check --job examples/own-job/chunked.mjs
      a custom job: .mjs, .js or .cjs; .ts with node 22.18 or newer
  cowcheck check --scenario traces/gallery/wakeWaiters.trace.yaml --seconds 5
      other schedules of one scenario, with all rules on
  cowcheck check --exhaustive
      every schedule of every scenario of up to 2 clusters and 2 requests
  cowcheck check --exhaustive --mode none --variants plain,reader --memory 4G
      the same in NONE, with and without a reader of the point in time
`;

/** What `--quiet` and `--verbose` of a search say. */
export const WORDS = {
  quiet: 'print only failures',
  verbose: 'also print the situations covered, and every failure in full',
};

const random = SEARCH_DEFAULTS;
const exhaustive = EXHAUSTIVE_DEFAULTS;

export function defineCheck(command: Command): void {
  command
    .optionsGroup('What is checked:')
    .addOption(modeOption(ALL_SYNC_MODES, 'bitmap requires a job of QEMU 4.2 or newer'))
    .addOption(new Option('--family <name>', 'family of built-in jobs (default: that of --job)').choices(FAMILY_CHOICES))
    .option(
      '--job <name|file>',
      `job to check: ${JOB_NAMES[0]}; all (the correct job of each family); ${JOB_NAMES[1]} to ${JOBS_OF_BLOCK_COPY.at(-1)}; or a ` +
        'module that exports a custom job (docs/api.md)',
      jobNameOrFile,
      'correct',
    )
    .option('--without <rule>', 'rule to switch off; repeatable (see: cowcheck rules)', ruleNames, [])
    .optionsGroup('Search:')
    .addOption(new Option('--wake <order>', 'order in which woken coroutines run').choices(['any', 'qemu']).default('any'))
    .addOption(
      new Option(
        '--effects <grain>',
        `granularity at which I/O takes effect (default: ${random.effects}; ${exhaustive.effects} with --exhaustive)`,
      ).choices(['cluster', 'sector']),
    )
    .addOption(new Option('--strategy <name>', 'search strategy').choices(Object.keys(STRATEGIES)).default('portfolio'))
    .addOption(
      new Option('--exhaustive', 'search every schedule of every scenario up to the sizes below')
        .conflicts(['runs', 'strategy', 'seed', 'workload', 'window', 'scenario'])
        .default(false),
    )
    .option(
      '--runs <n>',
      `stop after <n> schedules, over all modes and families (default without --seconds: ${random.runs.drawn}, or ` +
        `${random.runs.recorded} for a --workload)`,
      wholeNumber(1, 1e12),
    )
    .option('--seconds <s>', 'stop after <s> seconds (default: no limit)', seconds)
    .option('--seed <text>', 'random seed; the same seed and options give the same runs')
    .optionsGroup('Scenarios:')
    .option(
      '--clusters <n>',
      `maximum clusters on the disk (default: ${random.clusters}; ${exhaustive.clusters} with --exhaustive)`,
      wholeNumber(1, 64),
    )
    .option('--cluster-sectors <n>', 'sectors per cluster', wholeNumber(1, 64), 2)
    .option(
      '--writes <n>',
      `maximum guest requests (default: ${random.writes}; ${exhaustive.writes} with --exhaustive)`,
      wholeNumber(1, 64),
    )
    .option(
      '--variants <names>',
      `scenario variants for --exhaustive, comma-separated: ${VARIANT_NAMES.join(', ')}, or all ` +
        `(default: ${exhaustive.variants.join()})`,
      someOf(VARIANT_NAMES),
    )
    .option(
      '--kinds <names>',
      `guest requests for --exhaustive, comma-separated: ${GUEST_KINDS_OF_A_SCOPE.join(', ')} (default: all)`,
      someOf(GUEST_KINDS_OF_A_SCOPE),
    )
    .option('--workload <file>', "I/O log of a real guest, from nbdkit's log filter or fio; - reads standard input")
    .option('--window <from+count>', `requests of --workload to run, such as 4001+1000 (default: the busiest ${WINDOW_DEFAULT})`, logWindow)
    .addOption(
      new Option('--scenario <trace>', 'trace whose scenario is searched; its own schedule is ignored').conflicts([
        'workload',
        'window',
        'mode',
        'clusters',
        'clusterSectors',
        'writes',
        'faults',
      ]),
    )
    .option('--faults', 'also inject read and write errors', false)
    .optionsGroup('Resources:')
    .addOption(workersOption('worker threads'))
    .option('--memory <size>', 'memory per worker for the states of --exhaustive, such as 512M (default: 2G)', memory)
    .optionsGroup('Failures and output:')
    .option('--keep-going', 'do not stop at the first failure; write one trace per cause', false)
    .option(
      '--prove-seconds <s>',
      'time limit in seconds, besides --seconds, for proofs that no smaller trace of a failure exists; 0: no proofs ' +
        '(default: the time that --seconds leaves, or 60 without --seconds)',
      secondsOrNone,
    )
    .option('--details', 'print every failure in full instead of a table', false)
    .option('--shard <i/n>', 'run only the i-th of n shards of the search; merge combines them', shardOf)
    .option('--report <file>', 'file for the results of a --shard')
    .option('--on <url>', 'run units on the workers of a broker, redis://HOST; default: COWCHECK_ON (see: cowcheck work)')
    .option('--verify <percent>', 'percentage of the --on units to run here too, such as 1%, to check the workers', percent)
    .option('--journal <dir>', 'directory for the results so far; the same command resumes from it', folder)
    .option('--corpus <dir>', 'directory with one trace per known cause: these traces run first, and new ones are added', folder)
    .option('--out <dir>', 'directory for the traces of failures', folder, 'cowcheck-traces')
    .option(
      '--watch [job]',
      'check again whenever the custom job is saved or the model is rebuilt; known failures run first, from --corpus ' +
        '(default here: a directory in --out)',
    )
    .addHelpText('after', EXAMPLES);
  addReporting(command, 'object', WORDS).action(async () => {
    const flags = withoutAll({ ...command.optsWithGlobals<AskedFlags>(), ...brokerAsked(command.opts()), ...propertiesAsked() });
    refuseIdleOptions(flags, command);
    if (flags.watch !== undefined) {
      refuseUnwatchable(flags, command);
      const { watchAndCheck } = await import('./watch.ts');
      return io().end(
        await watchAndCheck({ ...flags, watch: flags.watch, args: (command.parent as unknown as { rawArgs: string[] }).rawArgs }),
      );
    }
    const custom = await takeCustomJob(flags);
    if (custom !== null) command.error(custom);
    const families = perFamily(withBudget(flags));
    if (typeof families === 'string') command.error(families);
    const spread = families.length > 1 && (flags.shard ?? flags.journal ?? flags.on) !== undefined;
    if (spread)
      command.error("options '--shard', '--on' and '--journal' work with one family only: add --family notifier or --family block-copy");
    const wrong = families.map((one) => refusal(one) ?? refusalOfUnits(one)).find((text) => text !== null);
    if (wrong !== undefined) command.error(wrong);
    const reporting = reportingOf(flags, command);
    if (!flags.quiet) tellInEffect();
    io().end(await reporting.end(await interruptible((signal) => checkEach(families, signal, reporting))));
  });
}

/** Of the configuration, if it has any. */
export function propertiesAsked(): Pick<Flags, 'asked'> {
  const asked = askedHere()?.name;
  return asked === undefined ? {} : { asked };
}

/** What watches starts checks: what makes no sense of one of them is told by it. */
function refuseUnwatchable({ watch, job }: AskedFlags, command: Command): void {
  if (typeof watch === 'string' && !isCustomJob(watch))
    command.error(`option '--watch' requires a module with a custom job, such as ./my-job.mjs, not '${watch}'`);
  if (typeof watch === 'string' && command.getOptionValueSource('job') === 'cli' && job !== watch)
    command.error("options '--watch' and '--job' name different jobs: name it once");
  refuseIdle(command, ['--shard', '--journal', '--report', '--on'], 'cannot be used with --watch, which starts many searches');
}

function refuseIdleOptions({ workload, shard, verbose, keepGoing, corpus, watch, variants, job, without }: Flags, command: Command): void {
  if (workload === undefined) refuseIdle(command, ['--window'], 'requires --workload');
  else refuseIdle(command, ['--clusters', '--cluster-sectors', '--writes'], 'cannot be used with --workload: the log decides the sizes');
  if (shard !== undefined)
    refuseIdle(
      command,
      ['--prove-seconds', '--details', '--verbose'],
      'cannot be used with --shard: give it to merge, which shrinks and prints the failures',
    );
  if (verbose) refuseIdle(command, ['--details'], 'has no effect: --verbose includes it');
  if (!keepGoing && corpus === undefined && watch === undefined)
    refuseIdle(command, ['--details'], 'requires --keep-going or --corpus: otherwise there is one failure at most');
  if (variants?.includes('fault') === true) refuseIdle(command, ['--faults'], "has no effect: --variants already includes 'fault'");
  if (isCustomJob(job)) return;
  const lacked = rulesOff({ job, without: [] }).find((rule) => without.includes(rule));
  if (lacked !== undefined) refuseIdle(command, ['--without'], `${lacked} has no effect: that rule is already off in ${job}`);
}

/** Where nothing says how long, runs are counted: a slow machine tests as much as a fast one. */
function withBudget(flags: Flags): Flags {
  const isPart = (flags.shard ?? flags.journal ?? flags.on) !== undefined; // which are told how long
  if (isPart || flags.exhaustive || flags.runs !== undefined || flags.seconds !== undefined) return flags;
  return {
    ...flags,
    runs: flags.workload === undefined ? random.runs.drawn : random.runs.recorded,
    proveSeconds: flags.proveSeconds ?? random.proveSeconds,
  };
}

/** @returns the exit status: that of the first family that does not hold */
async function checkEach(families: readonly Flags[], signal: AbortSignal, reporting: Reporting): Promise<number> {
  for (const flags of families) {
    const status = await (flags.exhaustive ? prove(flags, signal, reporting) : search(flags, signal, reporting));
    if (status !== HOLDS) return status;
  }
  return HOLDS;
}
