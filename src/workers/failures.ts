/** Shrinks what a campaign found, on worker threads: the main thread stays free to be interrupted. */
import { Piscina } from 'piscina';
import type { Found } from '../explore/campaign.ts';
import type { Failure, Search } from '../shrink/failure.ts';
import type { FailureJob } from './job.ts';
import { Patience } from './patience.ts';

/** Whoever interrupts a search still wants small traces, but does not wait long for them. */
const MORE_MS = 3_000;
/** Recording a failure of a real guest's disk takes seconds; it is lost only if it takes longer than this after an interrupt. */
const SHRINKING_MS = 30_000;

/**
 * Of failures that are taken to be one and the same, the first.
 * @param signal soon after it is aborted, each is reported as small as it has become, and those that take too long not at all
 * @param onProgress called with how many are done, of how many
 * @returns failures, in the order in which they were found
 */
export async function shrinkAll(found: readonly Found[], search: Search, workers: number, signal: AbortSignal, onProgress: (done: number, of: number) => void): Promise<Failure[]> {
  if (found.length === 0) return [];
  const threads = Math.min(workers, found.length);
  const pool = new Piscina<FailureJob>({ filename: new URL('./failure-worker.js', import.meta.url).href, minThreads: threads, maxThreads: threads });
  const stop = new Int32Array(new SharedArrayBuffer(4));
  let timer: NodeJS.Timeout | undefined;
  const stopSoon = (): void => void (timer = setTimeout(() => Atomics.store(stop, 0, 1), MORE_MS));
  if (signal.aborted) stopSoon();
  signal.addEventListener('abort', stopSoon, { once: true });
  const patience = new Patience(signal, SHRINKING_MS);
  const ask = async <T>(name: 'bucket' | 'shrink', one: Found): Promise<T | null> => {
    const answer = pool.run({ found: one, search, stop }, { name }) as Promise<T>;
    answer.catch(() => {}); // given up: then nobody waits for it
    return Promise.race([answer, patience.end]);
  };
  try {
    const buckets = await Promise.all(found.map((one) => ask<string>('bucket', one)));
    const firsts = new Map(buckets.map((bucket, i) => [bucket, found[i]!] as const).toReversed());
    const different = found.filter((one, i) => buckets[i] !== null && firsts.get(buckets[i]!) === one);
    let done = 0;
    const failures = await Promise.all(different.map(async (one) => ask<Failure>('shrink', one).finally(() => onProgress(++done, different.length))));
    return failures.filter((failure) => failure !== null);
  } finally {
    patience.forget();
    signal.removeEventListener('abort', stopSoon);
    clearTimeout(timer);
    await pool.destroy();
  }
}
