/** Shrinks what a campaign found, or a trace, on worker threads: the main thread stays free to be interrupted. */
import { Piscina } from 'piscina';
import type { Found } from '../explore/campaign.ts';
import { type Failure, type Search, bucketOf } from '../shrink/failure.ts';
import type { FailingTrace } from '../trace/format.ts';
import { type FailureJob, type ProofJob, type ShrunkTrace, Stop, type TraceJob } from './job.ts';
import { withOwnJobs } from './own-jobs.ts';
import { Patience } from './patience.ts';

/** Whoever interrupts a search still wants small traces, but does not wait long for them. */
const MORE_MS = 3_000;
/** Recording a failure of a real guest's disk takes seconds; it is lost only if it takes longer than this after an interrupt. */
const SHRINKING_MS = 30_000;

export interface ShrinkOptions {
  readonly workers: number;
  /** For the proofs that nothing smaller fails, all together; 0: none. */
  readonly proveSeconds: number;
}

/** Called with how many are done, of how many, in words. */
export type OnProgress = (done: number, of: number, what: 'shrunk' | 'searched for smaller ones') => void;

/**
 * Of failures that are taken to be one and the same, the first.
 * @param signal once it is aborted nothing more is proven; soon after, each is reported as small as it has become, and those that take too long not at all
 * @returns failures, in the order in which they were found
 */
export async function shrinkAll(found: readonly Found[], search: Search, options: ShrinkOptions, signal: AbortSignal, onProgress: OnProgress): Promise<Failure[]> {
  if (found.length === 0) return [];
  return withCrew(Math.min(options.workers, found.length), signal, async (crew) => {
    const buckets = await Promise.all(found.map((one) => crew.ask('bucket', { found: one, search })));
    const different = firstOfEach(found, (one) => buckets[found.indexOf(one)]!);
    const shrunk = await crew.all(different, (one) => crew.ask('shrink', { found: one, search }), (done) => onProgress(done, different.length, 'shrunk'));
    const failures = shrunk.filter((failure) => failure !== null);
    return proven(firstOfEach(failures, bucketOfFailure), options, crew, onProgress);
  });
}

/** A smaller trace of the same failure; null: it takes too long after an interrupt. @param signal as above */
export async function shrinkOne(trace: FailingTrace, options: ShrinkOptions, signal: AbortSignal): Promise<ShrunkTrace | null> {
  return withCrew(1, signal, async (crew) => {
    const shrunk = await crew.ask('shrinkAgain', { trace });
    if (shrunk === null) return null;
    const [after = shrunk.after] = await proven([shrunk.after], options, crew, () => {});
    return { ...shrunk, after };
  });
}

async function proven(failures: readonly Failure[], { proveSeconds }: ShrinkOptions, crew: Crew, onProgress: OnProgress): Promise<Failure[]> {
  if (proveSeconds === 0) return [...failures];
  const deadline = Date.now() + proveSeconds * 1000;
  const answers = await crew.all(failures, (failure) => crew.ask('prove', { failure, deadline }), (done) => onProgress(done, failures.length, 'searched for smaller ones'));
  return answers.map((answer, i) => answer ?? failures[i]!);
}

/** What was found as two may have become one while it was shrunk. */
const bucketOfFailure = ({ trace: { scenario, verdict, cause } }: Failure): string => bucketOf(scenario.mode, verdict.property, cause);

/** Of those in the same bucket the first; those in none are left out. */
function firstOfEach<T>(things: readonly T[], bucket: (thing: T) => string | null): T[] {
  const firsts = new Map<string, T>();
  for (const thing of things) {
    const key = bucket(thing);
    if (key !== null && !firsts.has(key)) firsts.set(key, thing);
  }
  return [...firsts.values()];
}

type Asked = { bucket: [Omit<FailureJob, 'stop'>, string]; shrink: [Omit<FailureJob, 'stop'>, Failure]; shrinkAgain: [Omit<TraceJob, 'stop'>, ShrunkTrace]; prove: [Omit<ProofJob, 'stop'>, Failure] };

interface Crew {
  /** @returns null if it takes too long after an interrupt */
  ask<Name extends keyof Asked>(name: Name, job: Asked[Name][0]): Promise<Asked[Name][1] | null>;
  /** Asks for all at once, and tells of each that is done. */
  all<T, U>(things: readonly T[], ask: (thing: T) => Promise<U>, onDone: (done: number) => void): Promise<U[]>;
}

async function withCrew<T>(threads: number, signal: AbortSignal, work: (crew: Crew) => Promise<T>): Promise<T> {
  const pool = new Piscina<object>({ filename: new URL('./failure-worker.js', import.meta.url).href, minThreads: threads, maxThreads: threads, ...withOwnJobs() });
  const stop = new Int32Array(new SharedArrayBuffer(4));
  let timer: NodeJS.Timeout | undefined;
  const stopSoon = (): void => {
    Atomics.store(stop, 0, Stop.proofs);
    timer = setTimeout(() => Atomics.store(stop, 0, Stop.all), MORE_MS);
  };
  if (signal.aborted) stopSoon();
  signal.addEventListener('abort', stopSoon, { once: true });
  const patience = new Patience(signal, SHRINKING_MS);
  try {
    return await work({
      ask: async (name, job) => {
        const answer = pool.run({ ...job, stop }, { name }) as Promise<never>;
        answer.catch(() => {}); // given up: then nobody waits for it
        return Promise.race([answer, patience.end]);
      },
      all: async (things, ask, onDone) => {
        let done = 0;
        return Promise.all(things.map(async (thing) => ask(thing).finally(() => onDone(++done))));
      },
    });
  } finally {
    patience.forget();
    signal.removeEventListener('abort', stopSoon);
    clearTimeout(timer);
    await pool.destroy();
  }
}
