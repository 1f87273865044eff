/** `cowcheck qemu`: the same checks, of a real QEMU. */
import { SYNC_MODES } from '../../../../model/sync.ts';
import { randomBytes } from 'node:crypto';
import { type Command, Option } from 'commander';
import { STRATEGIES } from '../../../search/strategies/strategies.ts';
import { FileError } from '../../files/text.ts';
import { RUNS_ENOUGH, runsNeeded } from '../../../search/campaign/verdict.ts';
import { removeTrace, saveTrace, tracePath } from '../../files/traces.ts';
import { printable } from '../../../trace/printable.ts';
import { runQemuCampaign } from '../../qemu/campaign/campaign.ts';
import type { QemuCampaign } from '../../qemu/campaign/job.ts';
import { QemuGone } from '../../qemu/daemon/gone.ts';
import { causeOf } from '../../qemu/campaign/cause.ts';
import { promiseOf } from '../../qemu/campaign/promises.ts';
import type { QemuFound } from '../../qemu/campaign/found.ts';
import { STORAGE_DAEMON } from '../../qemu/daemon/storage-daemon.ts';
import { FEATURE_NAMES, type FeatureName } from '../../qemu/draw/features.ts';
import { Host } from '../../qemu/case/host.ts';
import { failingTraceOf } from '../../qemu/campaign/real-trace.ts';
import { shrinkOnQemu } from '../../qemu/campaign/shrink.ts';
import { barOf } from '../io/failures.ts';
import { forceTraces } from './force.ts';
import { describeLoss } from '../io/failure-store.ts';
import { BAD_USAGE, BROKEN, HOLDS, INTERRUPTED, UNFINISHED, exitStatusOf } from '../io/exit-status.ts';
import { interruptible } from '../io/interrupt.ts';
import { io } from '../io/io.ts';
import { addReporting, reportingOf } from '../reporters/option.ts';
import { type ModeChoice, modeOption, modesIn } from '../io/mode-option.ts';
import { refuseIdle } from '../io/one-line.ts';
import type { Reporting } from '../reporters/reporting.ts';
import type { Asked } from '../io/reporters-asked.ts';
import { casesOfSearch } from '../reporters/result.ts';
import { type QemuFlags, addQemuOptions, binariesOf } from '../io/qemu-binary.ts';
import {
  type QemuOptions,
  type QemuReport,
  type QemuSaved,
  printQemuReport,
  scopeOf,
  qemuReportJson,
  qemuVerdictOf,
} from '../reports/qemu-report.ts';
import { type Progress, count, painter, plural, sayTo, shown } from '../io/terminal.ts';
import { folder, seconds, someOf, wholeNumber, workersOption } from '../io/usage.ts';
import { saved, validateTraces } from './validate.ts';

interface Flags extends QemuFlags {
  mode: ModeChoice;
  only?: FeatureName[];
  strategy: string;
  runs?: number;
  seconds?: number;
  seed?: string;
  clusters: number;
  writes: number;
  faults: boolean;
  workers: number;
  keepGoing: boolean;
  validate: boolean;
  out: string;
  json: boolean;
  reporter: Asked[];
  quiet: boolean;
  verbose: boolean;
  color: boolean;
}

/** About ten seconds on two cores: a slow machine tests as much as a fast one. */
const RUNS_DEFAULT = 100;

const ABOUT = `
QEMU works on disks that cowcheck serves over NBD; each of its requests is held
until the schedule releases it. Without a ${STORAGE_DAEMON} on the PATH the
exit status is 2; Debian has it in the package qemu-system-common.

A trace of the model ends in one of these ways:
  reproduced         a property breaks on this QEMU too
  holds now          every step was forced, and nothing breaks
  cannot be forced   QEMU never reaches one of its steps
  diverged           a property breaks on this QEMU, but not in the trace

Examples:
  cowcheck qemu --seconds 60 --seed a --json
  cowcheck qemu --mode none --faults
  cowcheck qemu --binary qemu-system-x86_64
  cowcheck qemu --release all --runs 300
  cowcheck qemu --release 7.2 --only snapshot-access --runs 1500
  cowcheck qemu traces/gallery/*.trace.yaml
  cowcheck qemu traces/today/lost-bit.trace.yaml --release 11.1 --out found
  cowcheck qemu --validate --runs 100 --seed a
`;

/** Options that say what a search does: traces have no use for them. */
const OF_SEARCH = '--mode --only --strategy --runs --seconds --seed --clusters --writes --faults --workers --keep-going --reporter'.split(
  ' ',
);

export function defineQemu(command: Command): void {
  command.argument('[trace...]', 'trace files to run instead of a search; - reads standard input').optionsGroup('Which QEMU:');
  addQemuOptions(command)
    .optionsGroup('What is checked:')
    .addOption(modeOption(SYNC_MODES))
    .option(
      '--only <features>',
      `only runs with one of these features, comma-separated: ${FEATURE_NAMES.join(', ')}`,
      someOf(FEATURE_NAMES),
    )
    .optionsGroup('How it is searched:')
    .addOption(new Option('--strategy <name>', 'search strategy').choices(Object.keys(STRATEGIES)).default('portfolio'))
    .option('--runs <n>', `stop after <n> runs, over all modes (default without --seconds: ${RUNS_DEFAULT})`, wholeNumber(1, 1e9))
    .option('--seconds <s>', 'stop after <s> seconds (default: no limit)', seconds)
    .option('--seed <text>', 'random seed; the same seed, options and QEMU give the same runs')
    .optionsGroup('Scenarios:')
    .option('--clusters <n>', 'maximum 64 KiB clusters on the disk', wholeNumber(1, 64), 4)
    .option('--writes <n>', 'maximum guest requests', wholeNumber(1, 16), 6)
    .option('--faults', 'also inject read and write errors', false)
    .optionsGroup('Resources:')
    .addOption(workersOption('worker threads, each with its own QEMU'))
    .optionsGroup('Failures and output:')
    .option('--keep-going', 'do not stop at the first failure', false)
    .option('--validate', 'also check each run, or each given trace of a real QEMU, against the model', false)
    .option(
      '--out <dir>',
      'folder for the traces of failures; for traces of the model, nothing is written unless it is given',
      folder,
      'cowcheck-traces',
    )
    .addHelpText('after', ABOUT);
  addReporting(command, 'object', {
    quiet: 'print only failures',
    verbose: 'also print every failure in full, with all steps',
  }).action(async (paths: string[]) => {
    const flags = command.optsWithGlobals<Flags>();
    const runsTraces = paths.length > 0;
    if (runsTraces) refuseIdle(command, OF_SEARCH, 'cannot be used with traces: it belongs to a search');
    if (runsTraces && flags.validate)
      refuseIdle(command, ['--binary', '--release'], 'cannot be used with --validate TRACE, which runs no QEMU');
    if (runsTraces && flags.release === 'all') command.error("option '--release' requires a single release to run traces, not 'all'");
    const reporting = reportingOf(flags, command);
    io().end(
      await interruptible((signal) =>
        !runsTraces
          ? checkAll(flags, signal, reporting).then((status) => reporting.end(status))
          : flags.validate
            ? validateTraces(paths, flags, signal)
            : forceTraces(
                paths,
                { ...flags, binary: binariesOf(flags).at(-1)!, out: command.getOptionValueSource('out') === 'default' ? null : flags.out },
                signal,
              ),
      ),
    );
  });
}

/** One release after the other; one that can't be run is told in a line. @returns the exit status: the worst */
async function checkAll(flags: Flags, signal: AbortSignal, reporting: Reporting): Promise<number> {
  const statuses: number[] = [];
  const binaries = binariesOf(flags);
  for (const binary of binaries) {
    if (signal.aborted) break;
    try {
      statuses.push(await checkQemu(flags, binary, signal, reporting));
    } catch (error) {
      if (binaries.length === 1 || !(error instanceof QemuGone)) throw error;
      io().err(`cowcheck: ${printable(binary)}: ${printable(error.message)}\n`);
      statuses.push(BAD_USAGE);
    }
  }
  return [INTERRUPTED, BROKEN, BAD_USAGE, UNFINISHED, HOLDS].find((status) => statuses.includes(status)) ?? INTERRUPTED;
}

/** @returns the exit status */
async function checkQemu(flags: Flags, binary: string, signal: AbortSignal, reporting: Reporting): Promise<number> {
  const begin = Date.now();
  const campaign = campaignOf(flags, binary);
  const bar = barOf(flags, campaign.seconds === null ? campaign.runs! : campaign.seconds * 1000);
  const name = `qemu ${printable(binary)}`;
  reporting.begin(name, { scope: scopeOf(optionsOf(flags, campaign)), options: optionsOf(flags, campaign) });
  const asFound = new Map<QemuFound, QemuSaved>();
  const result = await watched(campaign, flags.workers, bar, signal, reporting, (found, n) => {
    const one = savedIn(found, flags.out);
    asFound.set(found, one);
    const { trace } = found;
    reporting.found({
      property: trace.verdict.property,
      cause: one.cause,
      mode: trace.scenario.mode,
      steps: trace.schedule.length,
      trace: one.loss === null ? one.path : null,
    });
    sayTo(bar)(
      `failure ${n}: ${found.trace.verdict.property} is broken in ${found.trace.scenario.mode.toUpperCase()}, ` +
        `after ${plural(found.trace.schedule.length, 'step')}` +
        (one.loss === null ? `: ${printable(one.path)}` : ', but its trace could not be written'),
    );
  });
  const options = optionsOf(flags, campaign);
  const failures: QemuSaved[] = [];
  const enough = untilEnd(begin, campaign.seconds, signal);
  for (const found of result.tally.found) {
    const one = await shrunk(found, asFound.get(found)!, result.version, binary, flags.out, enough);
    if (!failures.some(({ cause }) => cause.join() === one.cause.join())) failures.push(one);
    else if (one.loss === null && !failures.some(({ path }) => path === one.path)) removeTrace(one.path); // made small, it is known
  }
  const unexplained = (result.validation?.kept ?? []).map(({ trace }) => saved(trace, flags.out));
  const needed = runsNeeded(campaign.modes, campaign.runs, RUNS_ENOUGH.realQemu);
  const report: QemuReport = { options, needed, result: { ...result, interrupted: signal.aborted }, failures, unexplained };
  const told = qemuReportJson(report);
  reporting.tell({
    name,
    json: told,
    search: told,
    cases: casesOfSearch(told),
    text: () => printQemuReport(shown(report), flags, painter(flags.color)),
  });
  for (const failure of failures) if (failure.loss !== null) io().err(describeLoss(failure));
  const status = exitStatusOf(qemuVerdictOf(report), signal.aborted);
  return status !== INTERRUPTED && unexplained.length > 0 ? BROKEN : status;
}

/** All that decides the outcome. */
function optionsOf({ mode }: Flags, { modes: _modes, scope, ...rest }: QemuCampaign): QemuOptions {
  const { clusters, writes, faults, only = [] } = scope;
  return { mode, only, ...rest, clusters, writes, faults };
}

/** A failure that is found in the last moment gets a little time all the same. */
const GRACE_MS = 2_000;

/** Aborted when the time is over, or sooner. */
function untilEnd(begin: number, limit: number | null, signal: AbortSignal): AbortSignal {
  return limit === null ? signal : AbortSignal.any([signal, AbortSignal.timeout(Math.max(begin + limit * 1000 - Date.now(), GRACE_MS))]);
}

function campaignOf(flags: Flags, binary: string): QemuCampaign {
  const { mode, only = [], strategy, clusters, writes, faults, keepGoing, validate } = flags;
  return {
    binary,
    strategy,
    keepGoing,
    validate,
    modes: modesIn(mode).filter((one) => SYNC_MODES.some((known) => known === one)),
    scope: { clusters, writes, faults, only },
    seed: flags.seed ?? randomBytes(4).toString('hex'),
    runs: flags.runs ?? (flags.seconds === undefined ? RUNS_DEFAULT : null),
    seconds: flags.seconds ?? null,
  };
}

/** @param onFound called with each failure at once, and how many there are with it */
async function watched(
  campaign: QemuCampaign,
  workers: number,
  bar: Progress | null,
  signal: AbortSignal,
  reporting: Reporting,
  onFound: (found: QemuFound, n: number) => void,
): ReturnType<typeof runQemuCampaign> {
  const begin = Date.now();
  let told = 0;
  try {
    return await runQemuCampaign(campaign, workers, signal, (tally) => {
      const { schedules, found } = tally;
      while (told < found.length) onFound(found[told]!, ++told);
      reporting.sample(() => ({ schedules, situations: tally.marks().filter(({ runs }) => runs > 0).length, failures: found.length }));
      bar?.update(
        campaign.seconds === null ? schedules : Date.now() - begin,
        `${count(schedules)} runs${found.length > 0 ? `, ${plural(found.length, 'failure')}` : ''}`,
      );
    });
  } finally {
    bar?.stop();
  }
}

/** Makes a failure smaller, and keeps it in the place of the run as it was found. */
async function shrunk(
  { trace, result }: QemuFound,
  asFound: QemuSaved,
  version: string,
  binary: string,
  out: string,
  signal: AbortSignal,
): Promise<QemuSaved> {
  const host = await Host.start(binary);
  const { result: small, tries } = await shrinkOnQemu(host, result, signal).finally(() => host.stop());
  const smaller = failingTraceOf(small, version, trace.found, tries === 0 ? 'not tried' : `best effort (${tries} tries)`);
  const kept = savedIn({ trace: smaller, result: small }, out);
  if (kept.loss === null && asFound.loss === null && kept.path !== asFound.path) removeTrace(asFound.path);
  return kept;
}

function savedIn({ trace, result }: QemuFound, out: string): QemuSaved {
  const failure = { trace, preemptions: result.preemptions, cause: causeOf(result), promise: promiseOf(trace) };
  try {
    return { ...failure, path: saveTrace(failure.trace, out), loss: null };
  } catch (error) {
    if (!(error instanceof FileError)) throw error;
    return { ...failure, path: tracePath(failure.trace, out), loss: error.message };
  }
}
