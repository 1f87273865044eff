/** `cowcheck qemu TRACE...`: schedules of the model, or of a real QEMU, forced on the QEMU that is there. */
import { loadTrace, saveTrace } from '../../files/traces.ts';
import { Host } from '../../qemu/case/host.ts';
import { type ProjectionResult, project } from '../../qemu/campaign/projection.ts';
import { failingTraceOf, versionOf } from '../../qemu/campaign/real-trace.ts';
import { replayOnQemu } from '../../qemu/campaign/replay.ts';
import { isFailing } from '../../../trace/format.ts';
import { shellWord } from '../../../explain/shell-word.ts';
import { printable } from '../../../trace/printable.ts';
import { BROKEN, HOLDS, INTERRUPTED, UNFINISHED } from '../io/exit-status.ts';
import { io } from '../io/io.ts';
import { json, painter } from '../io/terminal.ts';
import { handOn } from '../reports/real-run.ts';
import { type ReplayedWords, printReplayed, printReplayedSum } from '../reports/replayed.ts';

/** What became of a trace, and where the run of the real QEMU is kept. */
type Forced = ProjectionResult & { readonly kept: string | null };

const STYLES = { reproduced: 'red', 'holds now': 'green', 'cannot be forced': 'yellow', diverged: 'yellow' } as const;

/**
 * @param flags with `out` the runs in which a trace of the model broke a property are kept in that folder
 * @returns the exit status: broken if a property broke; unfinished if one of them could not be followed, so that nothing is known of it
 */
export async function forceTraces(
  paths: readonly string[],
  flags: { binary: string; json: boolean; color: boolean; quiet: boolean; verbose: boolean; out: string | null },
  signal: AbortSignal,
): Promise<number> {
  const traces = paths.map(loadTrace);
  const results: Forced[] = [];
  const words: ReplayedWords = {
    many: paths.length,
    quiet: flags.quiet,
    verbose: flags.verbose,
    style: (outcome) => STYLES[outcome as keyof typeof STYLES],
    paint: painter(flags.color),
  };
  const host = await Host.start(flags.binary);
  try {
    for (const [i, trace] of traces.entries()) {
      if (signal.aborted) break;
      const result: ProjectionResult = versionOf(trace) === null ? await project(host, trace) : await replayOnQemu(host, trace);
      const kept =
        result.run === undefined || flags.out === null ? null : saveTrace(failingTraceOf(result.run, host.version, undefined), flags.out);
      results.push({ ...result, kept });
      const isFine = result.outcome === (isFailing(trace) ? 'holds now' : 'reproduced');
      if (flags.json) continue;
      printReplayed(paths[i]!, trace, result, isFine, words);
      if (kept !== null) io().out(`  the run on QEMU: ${printable(kept)}\n  report it: ${handOn(shellWord(kept))}\n`);
    }
  } finally {
    await host.stop();
  }
  if (!flags.json) printReplayedSum(results, words);
  else
    io().out(
      json(
        results.map(({ outcome, step, expected, ready, kept }, i) => ({
          trace: paths[i],
          outcome,
          step,
          expected,
          ready,
          ...(kept === null ? {} : { run: kept }),
        })),
      ),
    );
  if (signal.aborted) return INTERRUPTED;
  if (results.some(({ outcome }, i) => outcome === (isFailing(traces[i]!) ? 'reproduced' : 'diverged'))) return BROKEN;
  return results.some(({ outcome }) => outcome === 'cannot be forced' || outcome === 'diverged') ? UNFINISHED : HOLDS;
}
