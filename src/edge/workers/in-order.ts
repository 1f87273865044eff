/** Runs jobs on worker threads and hands out their results in the order of the jobs, no matter which finished first. */
import { Piscina } from 'piscina';
import { threadOptions } from './thread-options.ts';
import { Patience } from './patience.ts';
import type { SearchLimit } from './search-limit.ts';

/** A job that takes longer to end than this, once it is told to, is given up with all that it has done. */
const JOB_MS = 1_000;

/** So many jobs a worker are under way or waiting for their turn: one that takes long should keep nobody else waiting. */
const AHEAD = 8;

export interface InOrder<Job, Result> {
  /** The worker's file. */
  readonly filename: string;
  readonly workers: number;
  /** @param stop shared: not 0 once all is over, for whatever reason */
  readonly jobs: (stop: Int32Array) => Iterator<Job, void>;
  /** When its time is over no job is begun, those under way are told to stop, and soon after they are given up. */
  readonly limit: SearchLimit;
  /** @param number of the job, from 0 @returns whether to go on */
  readonly onResult: (result: Result, number: number) => boolean;
  /** What workers say before their job is done. */
  readonly onMessage?: (message: unknown) => void;
}

/** @param signal ends it: jobs under way are told to stop, and their results still count */
export async function runInOrder<Job, Result>(
  { filename, workers, jobs, limit, onResult, onMessage = () => {} }: InOrder<Job, Result>,
  signal: AbortSignal,
): Promise<void> {
  const pool = new Piscina<Job, Result>({ filename, minThreads: workers, maxThreads: workers, ...threadOptions() });
  pool.on('message', onMessage);
  const running: Promise<Result>[] = [];
  let number = 0;
  const stop = new Int32Array(new SharedArrayBuffer(4));
  const patience = new Patience(signal, JOB_MS);
  const stopAll = (): void => void Atomics.store(stop, 0, 1);
  signal.addEventListener('abort', stopAll, { once: true });
  limit.onEnd(() => {
    stopAll();
    patience.begin();
  });
  const left = jobs(stop);
  try {
    for (;;) {
      while (running.length < workers * AHEAD && !signal.aborted && !limit.isOver) {
        const { value: job, done } = left.next();
        if (done === true) break;
        const result = pool.run(job);
        result.catch(() => {}); // an error is seen when its turn comes
        running.push(result);
      }
      const next = running.shift();
      if (next === undefined) break;
      const result = await Promise.race([next, patience.end]);
      if (result !== null && !onResult(result, number)) break;
      number++;
    }
  } finally {
    stopAll();
    patience.begin();
    await Promise.race([Promise.allSettled(running), patience.end]);
    patience.forget();
    signal.removeEventListener('abort', stopAll);
    await pool.destroy();
  }
}
