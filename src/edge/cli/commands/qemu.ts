/** `cowcheck qemu`: the same checks, of a real QEMU. */
import { SYNC_MODES } from '../../../../model/sync.ts';
import { type Command, Option } from 'commander';
import { STRATEGIES } from '../../../search/strategies/strategies.ts';
import { printable } from '../../../trace/printable.ts';
import { QemuGone } from '../../qemu/daemon/gone.ts';
import { STORAGE_DAEMON } from '../../qemu/daemon/storage-daemon.ts';
import { FEATURE_NAMES } from '../../qemu/draw/features.ts';
import { forceTraces } from './force.ts';
import { BAD_USAGE, BROKEN, HOLDS, INTERRUPTED, UNFINISHED } from '../io/exit-status.ts';
import { interruptible } from '../io/interrupt.ts';
import { io } from '../io/io.ts';
import { modeOption } from '../io/mode-option.ts';
import { addReporting, reportingOf } from '../reporters/option.ts';
import { refuseIdle } from '../io/one-line.ts';
import type { Reporting } from '../reporters/reporting.ts';
import { addQemuOptions, binariesOf } from '../io/qemu-binary.ts';
import { folder, seconds, someOf, shardOf, wholeNumber, workersOption } from '../io/usage.ts';
import { RUNS_DEFAULT, type QemuSearchFlags, searchOn } from './qemu-search.ts';
import { refusalOfShard, runShard } from './qemu-shard.ts';
import { validateTraces } from './validate.ts';

const ABOUT = `
cowcheck serves QEMU's disks over NBD and holds each request until the schedule
releases it. Without --binary or --release, it runs the ${STORAGE_DAEMON}
on the PATH (in Debian: package qemu-system-common). If there is none, the exit
status is 2.

A trace of the model ends in one of these ways:
  reproduced         a property breaks on this QEMU too
  holds now          every step was forced, and nothing breaks
  cannot be forced   QEMU never reaches one of the trace's steps
  diverged           this QEMU breaks a property that the trace does not break

Examples:
  cowcheck qemu --seconds 60 --seed a --json
  cowcheck qemu --mode none --faults
  cowcheck qemu --binary qemu-system-x86_64
  cowcheck qemu --release all --runs 300
  cowcheck qemu --release 7.2 --only snapshot-access --runs 1500
  cowcheck qemu --faults --runs 4000 --seed a --shard 1/8 --report part-1
  cowcheck qemu traces/gallery/*.trace.yaml
  cowcheck qemu traces/today/lost-bit.trace.yaml --release 11.1 --out found
  cowcheck qemu --validate --runs 100 --seed a
`;

/** Options that say what a search does: traces have no use for them. */
const OF_SEARCH =
  '--mode --only --strategy --runs --seconds --seed --clusters --writes --faults --workers --shard --report --keep-going --reporter'.split(
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
    .optionsGroup('Search:')
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
    .optionsGroup('Many machines:')
    .option('--shard <i/n>', 'run only the i-th of n shards of the search; merge combines them', shardOf)
    .option('--report <file>', 'file for the results of a --shard')
    .optionsGroup('Failures and output:')
    .option('--keep-going', 'do not stop at the first failure', false)
    .option('--validate', 'also check each run, or each given trace of a real QEMU, against the model', false)
    .option(
      '--out <dir>',
      'directory for the traces of failures; with traces of the model, nothing is written unless you give --out',
      folder,
      'cowcheck-traces',
    )
    .addHelpText('after', ABOUT);
  addReporting(command, 'object', {
    quiet: 'print only failures',
    verbose: 'also print every failure in full, with all steps',
  }).action(async (paths: string[]) => {
    const flags = command.optsWithGlobals<QemuSearchFlags>();
    const runsTraces = paths.length > 0;
    if (runsTraces) refuseIdle(command, OF_SEARCH, 'cannot be used with traces: it applies only to a search');
    if (runsTraces && flags.validate)
      refuseIdle(command, ['--binary', '--release'], 'cannot be used with --validate TRACE, which runs no QEMU');
    if (runsTraces && flags.release === 'all') command.error("option '--release' requires a single release to run traces, not 'all'");
    if (flags.shard !== undefined)
      refuseIdle(command, ['--verbose'], 'cannot be used with --shard: give it to merge, which makes failures small and prints them');
    const wrong = runsTraces ? null : refusalOfShard(flags);
    if (wrong !== null) command.error(wrong);
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
async function checkAll(flags: QemuSearchFlags, signal: AbortSignal, reporting: Reporting): Promise<number> {
  const statuses: number[] = [];
  const binaries = binariesOf(flags);
  for (const binary of binaries) {
    if (signal.aborted) break;
    try {
      statuses.push(await (flags.shard === undefined ? searchOn : runShard)(binary, flags, signal, reporting));
    } catch (error) {
      if (binaries.length === 1 || !(error instanceof QemuGone)) throw error;
      io().err(`cowcheck: ${printable(binary)}: ${printable(error.message)}\n`);
      statuses.push(BAD_USAGE);
    }
  }
  return [INTERRUPTED, BROKEN, BAD_USAGE, UNFINISHED, HOLDS].find((status) => statuses.includes(status)) ?? INTERRUPTED;
}
