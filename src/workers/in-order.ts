/** Runs jobs on worker threads and hands out their results in the order of the jobs, whoever finished first. */
import { Piscina } from 'piscina';
import { withOwnJobs } from './own-jobs.ts';
import { Patience } from './patience.ts';

/** A job that takes longer to end than this, once it is told to, is given up with all that it has done. */
const JOB_MS = 3_000;

/** So many jobs a worker are under way or waiting for their turn: one that takes long should keep nobody else waiting. */
const AHEAD = 8;

export interface InOrder<Job, Result> {
  /** The worker's file. */
  readonly filename: string;
  readonly workers: number;
  /** @param stop shared: not 0 once all is over, for whatever reason */
  readonly jobs: (stop: Int32Array) => Iterator<Job, void>;
  /** Asked before each job: whether there should be no more. Those under way are told by themselves. */
  readonly isOver: () => boolean;
  /** @returns whether to go on */
  readonly onResult: (result: Result) => boolean;
}

/** @param signal ends it: jobs under way are told to stop, and their results still count */
export async function runInOrder<Job, Result>({ filename, workers, jobs, isOver, onResult }: InOrder<Job, Result>, signal: AbortSignal): Promise<void> {
  const pool = new Piscina<Job, Result>({ filename, minThreads: workers, maxThreads: workers, ...withOwnJobs() });
  const running: Promise<Result>[] = [];
  const stop = new Int32Array(new SharedArrayBuffer(4));
  const patience = new Patience(signal, JOB_MS);
  const stopAll = (): void => void Atomics.store(stop, 0, 1);
  signal.addEventListener('abort', stopAll, { once: true });
  const left = jobs(stop);
  try {
    for (;;) {
      while (running.length < workers * AHEAD && !signal.aborted && !isOver()) {
        const { value: job, done } = left.next();
        if (done === true) break;
        const result = pool.run(job);
        result.catch(() => {}); // an error is seen when its turn comes
        running.push(result);
      }
      const next = running.shift();
      if (next === undefined) break;
      const result = await Promise.race([next, patience.end]);
      if (result !== null && !onResult(result)) break;
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
