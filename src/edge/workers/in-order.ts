/** Runs jobs on worker threads and hands out their results in the order of the jobs, no matter which finished first. */
import { Patience } from './patience.ts';
import type { SearchLimit } from './search-limit.ts';
import { ThreadRunner } from './thread-runner.ts';
import { UnitPool } from './unit-pool.ts';
import { MORE_ROOM, type UnitRunner } from './unit-runner.ts';
import { NOTHING_KEPT, type UnitStore } from './unit-store.ts';

/** A job that takes longer to end than this, once it is told to, is given up with all that it has done. */
const JOB_MS = 1_000;

/** So many jobs a worker are under way or waiting for their turn: one that takes long should keep nobody else waiting. */
const AHEAD = 8;

export interface InOrder<Job, Result> {
  /** The file of a worker thread. */
  readonly filename: string;
  readonly workers: number;
  /** What runs jobs elsewhere; absent: worker threads run them. */
  readonly away?: UnitRunner<Job, Result> | null;
  /** @param stop shared: not 0 once all is over, for whatever reason */
  readonly jobs: (stop: Int32Array) => Iterator<Job, void>;
  /**
   * It begins with the first job that has to run. When its time is over no job is begun, those under way are told to stop, and soon
   * after they are given up.
   */
  readonly limit: SearchLimit;
  /** Of the jobs, by their numbers; absent: all run, and nothing is kept. */
  readonly units?: UnitStore<Result>;
  /** @param number of the job, from 0 @returns whether to go on */
  readonly onResult: (result: Result, number: number) => boolean;
  /** What workers say before their job is done. */
  readonly onMessage?: (message: unknown) => void;
}

/** @param signal ends it: jobs under way are told to stop, and their results still count */
export async function runInOrder<Job, Result>(
  { filename, workers, away, jobs, limit, units = NOTHING_KEPT, onResult, onMessage = () => {} }: InOrder<Job, Result>,
  signal: AbortSignal,
): Promise<void> {
  const stop = new Int32Array(new SharedArrayBuffer(4));
  const threads = { filename, workers, ahead: workers * AHEAD, onMessage };
  const pool = new UnitPool(away ?? new ThreadRunner<Job, Result>(threads), units, stop);
  const running: { readonly number: number; readonly result: Promise<Result> }[] = [];
  const patience = new Patience(signal, JOB_MS);
  const stopAll = (): void => void Atomics.store(stop, 0, 1);
  signal.addEventListener('abort', stopAll, { once: true });
  limit.onEnd(() => {
    stopAll();
    patience.begin();
  });
  const left = jobs(stop);
  let begun = 0;
  try {
    for (;;) {
      for (let room = pool.room(running.length); room > 0 && !signal.aborted && !limit.isOver;) {
        const { value: job, done } = left.next();
        if (done === true) break;
        const number = begun++;
        if (!units.isOurs(number)) continue;
        const toRun = (): Job => {
          limit.begin();
          return job;
        };
        running.push({ number, result: pool.result(number, toRun) });
        room--;
      }
      const next = running[0];
      if (next === undefined) break;
      const result = await pool.next(next.result, patience.end);
      if (result === MORE_ROOM) continue;
      running.shift();
      if (result !== null && !onResult(result, next.number)) break;
    }
  } finally {
    stopAll();
    patience.begin();
    await Promise.race([Promise.allSettled(running.map(({ result }) => result)), patience.end]);
    patience.forget();
    signal.removeEventListener('abort', stopAll);
    await pool.destroy();
  }
}
