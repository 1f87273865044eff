/** Replays traces on worker threads: the main thread stays free to be interrupted. */
import { Piscina } from 'piscina';
import type { Trace } from '../../trace/format.ts';
import type { ReplayResult, RuleChanges } from '../../replay/replay.ts';
import type { ReplayJob } from './job.ts';
import { threadOptions } from './thread-options.ts';

/**
 * @param signal ends those that run, and lets no other begin
 * @param onResult called with each result, in the order of the traces
 */
export async function replayAll(
  traces: readonly Trace[],
  changes: RuleChanges,
  workers: number,
  signal: AbortSignal,
  onResult: (result: ReplayResult, i: number) => void,
): Promise<void> {
  if (signal.aborted || traces.length === 0) return;
  const threads = Math.min(workers, traces.length);
  const pool = new Piscina<ReplayJob, ReplayResult>({
    filename: new URL('./replay-worker.js', import.meta.url).href,
    minThreads: threads,
    maxThreads: threads,
    ...threadOptions(),
  });
  const end = (): Promise<void> => pool.destroy();
  signal.addEventListener('abort', end, { once: true });
  const results = traces.map((trace) => pool.run({ trace, changes }));
  for (const result of results) result.catch(() => {}); // an error is seen when its turn comes
  try {
    for (const [i, result] of results.entries()) onResult(await result, i);
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    signal.removeEventListener('abort', end);
    await end();
  }
}
