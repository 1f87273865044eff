/** `cowcheck replay`: runs traces again, and says in one of three ways how each ends. */
import { availableParallelism } from 'node:os';
import { setImmediate } from 'node:timers/promises';
import type { Command } from 'commander';
import type { RuleName } from '../../../../model/machine/job-names.ts';
import { loadTrace } from '../../files/traces.ts';
import { type Trace, isQemuJob } from '../../../trace/format.ts';
import { type CustomJobFile, isCustomJob } from '../../../../model/families/custom/file-name.ts';
import { shellWord } from '../../../explain/shell-word.ts';
import { type ReplayResult, replay, settingOf } from '../../../replay/replay.ts';
import { INTERRUPTED } from '../io/exit-status.ts';
import { interruptible } from '../io/interrupt.ts';
import { io } from '../io/io.ts';
import { type QemuFlags, addQemuOptions, binariesOf } from '../io/qemu-binary.ts';
import { jobFile, jobOfTraces, withJob } from './custom-job.ts';
import { addReporting, reportingOf } from '../reporters/option.ts';
import type { Reporting } from '../reporters/reporting.ts';
import type { Asked } from '../io/reporters-asked.ts';
import type { Case } from '../reporters/result.ts';
import { refuseIdle } from '../io/one-line.ts';
import { painter, plural } from '../io/terminal.ts';
import { type ReplayedWords, printReplayed, printReplayedSum } from '../reports/replayed.ts';
import { ruleNames } from '../io/usage.ts';

interface Flags extends QemuFlags {
  with: RuleName[];
  without: RuleName[];
  job?: string;
  json: boolean;
  reporter: Asked[];
  quiet: boolean;
  verbose: boolean;
  color: boolean;
}

const ABOUT = `
A trace ends in one of three ways:
  reproduced   the same property breaks at the same step
  holds now    nothing breaks: a rule that was off is on, or the bug is fixed
  diverged     the job can no longer follow the schedule of the trace, for
               example after a fix that adds a wait

A trace of a real QEMU is replayed on the qemu-storage-daemon on the PATH,
unless --binary or --release names another one.

Exit status: 0 if each trace ends as its file says (reproduced), 1 if not,
130 if interrupted.

Examples:
  cowcheck replay traces/found/*.trace.yaml
  cowcheck replay some.trace.yaml --job my-job.mjs
  cowcheck replay some.trace.yaml --with drainBeforeUnhook
`;

export function defineReplay(command: Command): void {
  command.argument('<trace...>', 'trace files; - reads standard input').optionsGroup('Which QEMU:');
  addQemuOptions(command)
    .optionsGroup('Which job, and its rules:')
    .option('--with <rule>', 'switch on a rule that is off in the trace; repeatable', ruleNames, [])
    .option('--without <rule>', 'switch a rule off; repeatable', ruleNames, [])
    .option('--job <file>', 'custom job of the traces', jobFile)
    .optionsGroup('Output:')
    .addHelpText('after', ABOUT);
  addReporting(
    command,
    'array',
    { quiet: 'print only traces that are not reproduced', verbose: 'also print the job, mode and steps of each trace' },
    ['html'],
  ).action(async (paths: string[]) => {
    const flags = command.optsWithGlobals<Flags>();
    const reporting = reportingOf(flags, command);
    io().end(await reporting.end(await interruptible((signal) => replayPaths(paths, flags, reporting, command, signal))));
  });
}

/** @returns the exit status */
async function replayPaths(
  paths: readonly string[],
  flags: Flags,
  reporting: Reporting,
  command: Command,
  signal: AbortSignal,
): Promise<number> {
  const loaded = await loadTraces(paths, signal);
  const jobs = loaded.map(await jobOfTraces(flags.job, loaded));
  const traces = loaded.map((trace, i) => withJob(paths[i]!, trace, jobs[i]!));
  refuseIdleOptions(traces, flags, command);
  reporting.begin('replay');
  const results: ReplayResult[] = [];
  const words: ReplayedWords = {
    many: paths.length,
    quiet: flags.quiet,
    verbose: flags.verbose,
    style: styleOf,
    paint: painter(flags.color),
  };
  const print = (i: number): void => printReplayed(paths[i]!, traces[i]!, results[i]!, results[i]!.outcome === 'reproduced', words);
  const tell = (result: ReplayResult): void => {
    const i = results.push(result) - 1;
    if (reporting.isForPeople) print(i); // as it comes
    reporting.case(caseOf(paths[i]!, result, jobs[i]!));
  };
  for (const stretch of stretches(traces)) {
    if (isQemuJob(stretch[0]!.job)) await replayReal(stretch, binariesOf(flags).at(-1)!, signal, tell);
    else if (isQuick(stretch)) await replayHere(stretch, flags, signal, tell);
    else await (await import('../../workers/replays.ts')).replayAll(stretch, flags, availableParallelism(), signal, tell);
  }
  reporting.tell({
    name: 'replay',
    json: results.map(({ outcome, step, expected, ready }, i) => ({ trace: paths[i], outcome, step, expected, ready })),
    search: null,
    cases: paths.map((path, i) => caseOf(path, results[i], jobs[i] ?? null)),
    text: (to) => {
      if (to === 'file') for (const i of results.keys()) print(i);
      printReplayedSum(results, words);
    },
  });
  if (!signal.aborted) return results.every(({ outcome }) => outcome === 'reproduced') ? 0 : 1;
  io().err(`cowcheck: interrupted: ${results.length} of ${plural(paths.length, 'trace')} were run\n`);
  return INTERRUPTED;
}

function refuseIdleOptions(traces: readonly Trace[], { with: on, without, release }: Flags, command: Command): void {
  const real = traces.filter(({ job }) => isQemuJob(job)).length;
  if (traces.length > 0 && real === 0)
    refuseIdle(
      command,
      ['--binary', '--release'],
      'applies only to traces of a real QEMU: to run a trace of the model on a real QEMU, use cowcheck qemu TRACE',
    );
  if (traces.length > 0 && real === traces.length) refuseIdle(command, ['--with', '--without'], 'applies only to traces of the model');
  if (release === 'all') command.error("option '--release' takes a single release here, not 'all'");
  const builtIn = traces.filter(({ job }) => !isQemuJob(job) && !isCustomJob(job));
  if (traces.length > real && builtIn.length === 0)
    refuseIdle(command, ['--with', '--without'], 'applies only to built-in jobs, not to traces of a custom job');
  const off = builtIn.map((trace) => settingOf(trace).without);
  const wasOn = on.find((rule) => !off.some((rules) => rules.includes(rule)));
  if (builtIn.length > 0 && wasOn !== undefined) refuseIdle(command, ['--with'], `${wasOn} has no effect: no trace has that rule off`);
  const wasOff = without.find((rule) => off.every((rules) => rules.includes(rule)));
  if (builtIn.length > 0 && wasOff !== undefined)
    refuseIdle(command, ['--without'], `${wasOff} has no effect: each trace has that rule off`);
}

/** Neighbours that are all of the model, or all of a real QEMU. */
function stretches(traces: readonly Trace[]): Trace[][] {
  const all: Trace[][] = [];
  for (const trace of traces) {
    const last = all.at(-1);
    if (last !== undefined && isQemuJob(last[0]!.job) === isQemuJob(trace.job)) last.push(trace);
    else all.push([trace]);
  }
  return all;
}

/** Steps that run sooner than a thread starts. */
const QUICK_STEPS = 2_000;

/** A custom job may take for ever within a step: it runs in a thread, which an interrupt ends. */
function isQuick(traces: readonly Trace[]): boolean {
  const steps = traces.reduce((sum, { schedule }) => sum + schedule.length, 0);
  return steps <= QUICK_STEPS && !traces.some(({ job }) => isCustomJob(job));
}

async function replayHere(
  traces: readonly Trace[],
  flags: Flags,
  signal: AbortSignal,
  tell: (result: ReplayResult) => void,
): Promise<void> {
  for (const trace of traces) {
    await setImmediate(); // or nobody would hear of an interrupt
    if (signal.aborted) return;
    tell(replay(trace, flags));
  }
}

async function replayReal(
  traces: readonly Trace[],
  binary: string,
  signal: AbortSignal,
  tell: (result: ReplayResult) => void,
): Promise<void> {
  if (signal.aborted) return;
  const [{ Host }, { replayOnQemu }] = await Promise.all([import('../../qemu/case/host.ts'), import('../../qemu/campaign/replay.ts')]);
  const host = await Host.start(binary);
  try {
    for (const trace of traces) if (!signal.aborted) tell(await replayOnQemu(host, trace));
  } finally {
    await host.stop();
  }
}

/** All are read before the first runs. */
async function loadTraces(paths: readonly string[], signal: AbortSignal): Promise<Trace[]> {
  const traces: Trace[] = [];
  for (const path of paths) {
    await setImmediate(); // or nobody would hear of an interrupt
    if (signal.aborted) return [];
    traces.push(loadTrace(path));
  }
  return traces;
}

/** @param result undefined: an interrupt came first */
function caseOf(path: string, result: ReplayResult | undefined, job: CustomJobFile | null): Case {
  return {
    name: path,
    outcome: result === undefined ? 'unfinished' : result.outcome === 'reproduced' ? 'passed' : 'failed',
    message: result?.detail ?? 'interrupted before it ran',
    kind: result?.outcome ?? 'interrupted',
    cause: [],
    file: path,
    trace: path,
    command: `npx cowcheck replay ${shellWord(path)}${job === null ? '' : ` --job ${shellWord(job)}`}`,
  };
}

const styleOf = (outcome: string): 'green' | 'yellow' | 'red' =>
  outcome === 'reproduced' ? 'green' : outcome === 'holds now' ? 'yellow' : 'red';
