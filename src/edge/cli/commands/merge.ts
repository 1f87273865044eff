/** `cowcheck merge`: adds up the reports of all shards of a search, and ends as the whole search would have. */
import type { Command } from 'commander';
import { isCustomJob } from '../../../../model/families/custom/file-name.ts';
import { Parts } from '../../campaign/part.ts';
import { fileError } from '../../files/text.ts';
import { readAsked } from '../io/asked.ts';
import type { Flags } from '../io/flags.ts';
import { interruptible } from '../io/interrupt.ts';
import { io } from '../io/io.ts';
import { type QemuFlags, addQemuOptions, binariesOf } from '../io/qemu-binary.ts';
import { addReporting, reportingOf } from '../reporters/option.ts';
import { folder, secondsOrNone, workersOption } from '../io/usage.ts';
import { jobFile, takeCustomJob } from './custom-job.ts';
import { refuseIdle } from '../io/one-line.ts';
import { WORDS, propertiesAsked } from './check.ts';
import { prove, refusal } from './exhaustive.ts';
import { mergeRuns } from './qemu-shard.ts';
import { search } from './search.ts';

const ABOUT = `
The outcome is the same as without --shard, except for times. Files that the
check named (--workload, --scenario, --job) must exist under the same
names.

Example:
  cowcheck check --runs 100000 --seed a --shard 1/2 --report part-1
  cowcheck check --runs 100000 --seed a --shard 2/2 --report part-2
  cowcheck merge part-1 part-2

Reports of cowcheck qemu --shard are merged in the same way; their failures are
shrunk on a QEMU of the same version:
  cowcheck merge qemu-1 qemu-2 --release 11.1
`;

/** Options that say what is done with failures of the model. */
const OF_CHECKS = ['--job', '--workers', '--prove-seconds', '--details'];

type MergeFlags = QemuFlags &
  Pick<Flags, 'workers' | 'proveSeconds' | 'details' | 'out' | 'json' | 'reporter' | 'quiet' | 'verbose' | 'color'> & {
    job?: string;
  };

export function defineMerge(command: Command): void {
  command
    .argument('<report...>', 'reports written by check or qemu with --shard I/N --report FILE')
    .optionsGroup('What is merged:')
    .option('--job <file>', 'custom job of the reports; a report never loads a module by itself', jobFile)
    .optionsGroup('Which QEMU, for reports of cowcheck qemu:');
  addQemuOptions(command)
    .optionsGroup('Resources:')
    .addOption(workersOption('worker threads'))
    .option(
      '--prove-seconds <s>',
      'seconds for proofs that no smaller trace of a failure exists; 0: no proofs (default: 60)',
      secondsOrNone,
    )
    .optionsGroup('Failures and output:')
    .option('--details', 'print every failure in full instead of a table', false)
    .option('--out <dir>', 'directory for the traces of failures', folder, 'cowcheck-traces')
    .addHelpText('after', ABOUT);
  addReporting(command, 'object', WORDS).action(async (paths: string[]) => {
    const ours = command.optsWithGlobals<MergeFlags>();
    if (ours.verbose) refuseIdle(command, ['--details'], 'has no effect: --verbose includes it');
    const reporting = reportingOf(ours, command);
    const parts = await Parts.read(paths);
    const ofQemu = parts.header.kind === 'real qemu';
    if (ofQemu) refuseIdle(command, OF_CHECKS, 'cannot be used with reports of a real QEMU');
    else refuseIdle(command, ['--binary', '--release'], 'requires reports of cowcheck qemu: these are of the model');
    if (ofQemu) {
      const binary = binariesOf(ours).at(-1)!;
      return io().end(await reporting.end(await interruptible((signal) => mergeRuns(parts, binary, ours, signal, reporting))));
    }
    const flags = await merged(parts, ours);
    const run = flags.exhaustive ? prove : search;
    io().end(await reporting.end(await interruptible((signal) => run(flags, signal, reporting))));
  });
}

/** The flags of the check, with those of this command. @throws FileError if no check has such flags, or the job is not given */
async function merged(parts: Parts, { job, ...ours }: MergeFlags): Promise<Flags> {
  const { path, header } = parts;
  const flags: Flags = {
    ...(readAsked(header.asked, path) as Omit<Flags, keyof MergeFlags> & Pick<Flags, 'job'>),
    ...ours,
    ...propertiesAsked(),
    parts,
  };
  if (isCustomJob(flags.job) && job === undefined)
    throw fileError(path, `it is a report of a custom job, and a report never loads a module by itself: add --job ${flags.job}`);
  if (!isCustomJob(flags.job) && job !== undefined) throw fileError(path, `it is a report of a built-in job (${flags.job}): remove --job`);
  const custom = await takeCustomJob(job === undefined ? flags : Object.assign(flags, { job }));
  const wrong = custom ?? refusal(flags);
  if (wrong !== null) throw fileError(path, `it is damaged: ${wrong}`);
  return flags;
}
