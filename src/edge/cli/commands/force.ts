/** `cowcheck qemu TRACE...`: schedules of the model, or of a real QEMU, forced on the QEMU that is there. */
import { loadTrace } from '../../files/traces.ts';
import { Host } from '../../qemu/case/host.ts';
import { type ProjectionResult, project } from '../../qemu/campaign/projection.ts';
import { versionOf } from '../../qemu/campaign/real-trace.ts';
import { replayOnQemu } from '../../qemu/campaign/replay.ts';
import { isFailing } from '../../../trace/format.ts';
import type { ReplayResult } from '../../../replay/replay.ts';
import { BROKEN, HOLDS, INTERRUPTED, UNFINISHED } from '../io/exit-status.ts';
import { io } from '../io/io.ts';
import { json, painter } from '../io/terminal.ts';
import { type ReplayedWords, printReplayed, printReplayedSum } from '../reports/replayed.ts';

const STYLES = { reproduced: 'red', 'holds now': 'green', 'cannot be forced': 'yellow', diverged: 'yellow' } as const;

/** @returns the exit status: broken if a property broke; unfinished if one of them could not be followed, so that nothing is known of it */
export async function forceTraces(
  paths: readonly string[],
  flags: { binary: string; json: boolean; color: boolean; quiet: boolean; verbose: boolean },
  signal: AbortSignal,
): Promise<number> {
  const traces = paths.map(loadTrace);
  const results: (ProjectionResult | ReplayResult)[] = [];
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
      const result = versionOf(trace) === null ? await project(host, trace) : await replayOnQemu(host, trace);
      results.push(result);
      const isFine = result.outcome === (isFailing(trace) ? 'holds now' : 'reproduced');
      if (!flags.json) printReplayed(paths[i]!, trace, result, isFine, words);
    }
  } finally {
    await host.stop();
  }
  if (!flags.json) printReplayedSum(results, words);
  else io().out(json(results.map(({ outcome, step, expected, ready }, i) => ({ trace: paths[i], outcome, step, expected, ready }))));
  if (signal.aborted) return INTERRUPTED;
  if (results.some(({ outcome }, i) => outcome === (isFailing(traces[i]!) ? 'reproduced' : 'diverged'))) return BROKEN;
  return results.some(({ outcome }) => outcome === 'cannot be forced' || outcome === 'diverged') ? UNFINISHED : HOLDS;
}
