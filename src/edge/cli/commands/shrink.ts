/** `cowcheck shrink`: a smaller trace of the same failure. */
import { dirname } from 'node:path';
import type { Command } from 'commander';
import { fileError } from '../../files/text.ts';
import { loadTrace, saveTrace } from '../../files/traces.ts';
import type { Cost } from '../../../shrink/cost.ts';
import { minimalityOf } from '../../../shrink/failure.ts';
import { versionOf } from '../../qemu/campaign/real-trace.ts';
import { type FailingTrace, isFailing } from '../../../trace/format.ts';
import { printable } from '../../../trace/printable.ts';
import { writeTrace } from '../../../trace/write.ts';
import { shrinkOne } from '../../workers/failures.ts';
import type { ShrunkTrace } from '../../workers/job.ts';
import { replayAll } from '../../workers/replays.ts';
import { INTERRUPTED } from '../io/exit-status.ts';
import { interruptible } from '../io/interrupt.ts';
import { io } from '../io/io.ts';
import { jobFile, jobOfTraces, withJob } from './custom-job.ts';
import { json, plural, progress } from '../io/terminal.ts';
import { refuseIdle } from '../io/one-line.ts';
import { PROVE_SECONDS_DEFAULT, folder, seconds } from '../io/usage.ts';

interface Flags {
  prove: boolean;
  proveSeconds: number;
  out?: string;
  job?: string;
  json: boolean;
}

const ABOUT = `
Two traces are compared by requests, errors and commands; if these are equal, by
clusters, then by the complexity of the scenario, then by preemptions, then by
steps. The trace with fewer is the smaller one.
Without --prove, shrinking takes about a second and is best effort. With it,
shrink also searches all smaller traces and prints the scope of the proof.

Exit status: 0 if the trace fails, whether or not it got smaller, 2 if it does
not fail, 130 if interrupted: the smallest trace so far is kept.

Examples:
  cowcheck shrink cowcheck-traces/top-drainBeforeUnhook-1a2b3c4d.trace.yaml
  cowcheck shrink some.trace.yaml --prove --out smaller
`;

export function defineShrink(command: Command): void {
  command
    .argument('<trace>', 'trace file; - reads standard input')
    .optionsGroup('Search:')
    .option('--prove', 'search all smaller traces to prove that none of them fails', false)
    .option('--prove-seconds <s>', 'give up the proof after <s> seconds', seconds, PROVE_SECONDS_DEFAULT)
    .optionsGroup('Which job:')
    .option('--job <file>', 'custom job of the trace', jobFile)
    .optionsGroup('Output:')
    .option('--out <dir>', 'directory for the smaller trace (default: the directory of the given trace)', folder)
    .option('--json', 'one JSON object on standard output', false)
    .addHelpText('after', ABOUT)
    .action(async (path: string) => {
      const flags = command.optsWithGlobals<Flags>();
      if (!flags.prove) refuseIdle(command, ['--prove-seconds'], 'goes with --prove');
      io().end(await interruptible((signal) => shrinkPath(path, flags, signal)));
    });
}

/** @returns the exit status */
async function shrinkPath(path: string, flags: Flags, signal: AbortSignal): Promise<number> {
  const loaded = loadTrace(path);
  const job = (await jobOfTraces(flags.job, [loaded]))(loaded);
  if (versionOf(loaded) !== null) throw fileError(path, 'it is a trace of a real QEMU, which cowcheck qemu has already shrunk');
  const given = withJob(path, loaded, job);
  if (!isFailing(given)) throw fileError(path, 'nothing breaks in it, so there is nothing to shrink');
  await replayAll([given], { with: [], without: [] }, 1, signal, ({ outcome, detail }) => {
    if (outcome !== 'reproduced')
      throw fileError(path, `it does not fail as it says, so there is nothing to shrink: replay says "${outcome}": ${detail}`);
  });
  const shrunk = signal.aborted ? null : await watched(given, flags, signal);
  if (shrunk === null) return INTERRUPTED;
  const { before, after } = shrunk;
  const isAsGiven = flags.out === undefined && writeTrace({ ...after.trace, minimal: '' }) === writeTrace({ ...given, minimal: '' });
  const saved = isAsGiven && after.trace.minimal.startsWith('best effort') ? path : saveTrace(after.trace, flags.out ?? dirname(path));
  if (flags.json) io().out(json({ before, after: after.cost, ...minimalityOf(after.trace), tries: after.tries, trace: saved }));
  else io().out(`from     ${inWords(before)}\nto       ${inWords(after.cost)}\nminimal  ${after.trace.minimal}\n${printable(saved)}\n`);
  return signal.aborted ? INTERRUPTED : 0;
}

async function watched(
  given: FailingTrace,
  { prove, proveSeconds, json: asJson }: Flags,
  signal: AbortSignal,
): Promise<ShrunkTrace | null> {
  const begin = Date.now();
  const bar = asJson && process.stderr.isTTY ? null : progress(proveSeconds * 1000);
  const tick = setInterval(() => bar?.update(Date.now() - begin, prove ? 'searching what is smaller' : 'shrinking'), TICK_MS);
  try {
    return await shrinkOne(given, () => (prove ? Date.now() + proveSeconds * 1000 : null), signal);
  } finally {
    clearInterval(tick);
    bar?.stop();
  }
}

const TICK_MS = 500;

function inWords({ requests, clusters, preemptions, steps }: Cost): string {
  return [plural(requests, 'request'), plural(clusters, 'cluster'), plural(preemptions, 'preemption'), plural(steps, 'step')].join(', ');
}
