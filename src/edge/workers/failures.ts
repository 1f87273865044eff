/** Shrinks what a search found, or a trace, on worker threads: the main thread stays free to be interrupted. */
import { Piscina } from 'piscina';
import type { Explanation } from '../../explain/explanation.ts';
import type { Found } from '../../search/campaign/campaign.ts';
import type { Failure, Search } from '../../shrink/failure.ts';
import { bucketOf, bucketOfFound } from '../../search/diagnose/bucket.ts';
import type { FailingTrace } from '../../trace/format.ts';
import { type ExplainJob, type FailureJob, type ProofJob, type ShrunkTrace, Stop, type TraceJob } from './job.ts';
import { threadOptions } from './thread-options.ts';
import { msUntil } from './timers.ts';

/** After an interrupt people still want small traces, but they do not wait long for them. */
const MORE_MS = 3_000;
/** Work that is this late is given up, with its thread: on the disk of a real guest a single run takes seconds. */
const LATE_MS = 1_000;

/** In milliseconds since 1970. */
type Deadline = number;

export interface ShrinkOptions {
  readonly workers: number;
  /** When each should be as small as it becomes; null: no limit. */
  readonly shrinkBy: Deadline | null;
  /** When the proofs that nothing smaller fails should end, asked when they begin, all together; null: there are none. */
  readonly proveBy: () => Deadline | null;
}

/** Called with how many are done, of how many, in words. */
export type OnProgress = (done: number, of: number, what: 'shrunk' | 'searched for smaller ones') => void;

/** A failure, and what it became of. */
export interface Small {
  readonly found: Found;
  /** Null: it could not be made smaller in time. */
  readonly failure: Failure | null;
}

/**
 * Of failures that are taken to be one and the same, the first.
 * @param signal once it is aborted nothing more is proven; soon after, each is reported as small as it has become
 * @param onSmaller called when one of them has become smaller
 * @returns those that are left, in the order in which they were found
 */
export async function shrinkAll(
  found: readonly Found[],
  search: Search,
  options: ShrinkOptions,
  signal: AbortSignal,
  onProgress: OnProgress,
  onSmaller: (found: Found, failure: Failure) => void,
): Promise<Small[]> {
  if (found.length === 0) return [];
  return withCrew(Math.min(options.workers, found.length), signal, async (crew) => {
    const different = firstOfEach(found, bucketOfFound);
    const shrunk = await crew.all(
      different,
      async (one): Promise<Small> => {
        const failure = await crew.ask('shrink', { found: one, search, deadline: options.shrinkBy }, options.shrinkBy);
        if (failure !== null) onSmaller(one, failure);
        return { found: one, failure };
      },
      (done) => onProgress(done, different.length, 'shrunk'),
    );
    const left = firstOfEach(shrunk, bucketOfSmall);
    const deadline = options.proveBy();
    if (deadline === null) return left;
    onProgress(0, left.length, 'searched for smaller ones');
    return crew.all(
      left,
      async ({ found: one, failure }): Promise<Small> => {
        const proven = failure === null ? null : await crew.ask('prove', { failure, deadline }, deadline);
        if (proven !== null) onSmaller(one, proven);
        return { found: one, failure: proven ?? failure };
      },
      (done) => onProgress(done, left.length, 'searched for smaller ones'),
    );
  });
}

/** A smaller trace of the same failure; null: it takes too long after an interrupt. @param signal as above */
export async function shrinkOne(trace: FailingTrace, proveBy: ShrinkOptions['proveBy'], signal: AbortSignal): Promise<ShrunkTrace | null> {
  return withCrew(1, signal, async (crew) => {
    const shrunk = await crew.ask('shrinkAgain', { trace }, null);
    if (shrunk === null) return null;
    const deadline = proveBy();
    const after = deadline === null ? null : await crew.ask('prove', { failure: shrunk.after, deadline }, deadline);
    return { ...shrunk, after: after ?? shrunk.after };
  });
}

/**
 * Why a long trace fails; null: it takes too long to explain it. A short one (`isShort`) is explained in less time than
 * a thread takes to start.
 */
export async function explainLong(trace: FailingTrace, by: Deadline, signal: AbortSignal): Promise<Explanation | null> {
  return Date.now() >= by ? null : withCrew(1, signal, (crew) => crew.ask('explain', { trace }, by === Infinity ? null : by));
}

const STEPS_SHORT = 1_000;
const SECTORS_SHORT = 64;

export const isShort = ({ schedule, scenario: { disk } }: FailingTrace): boolean =>
  schedule.length <= STEPS_SHORT && disk.sectors <= SECTORS_SHORT;

/** What was found as two may have become one while it was shrunk. */
function bucketOfSmall({ found, failure }: Small): string {
  if (failure === null) return bucketOfFound(found);
  const { scenario, verdict, cause } = failure.trace;
  return bucketOf(scenario.mode, verdict.property, cause);
}

/** Of those in the same bucket the first. */
function firstOfEach<T>(things: readonly T[], bucket: (thing: T) => string): T[] {
  const firsts = new Map<string, T>();
  for (const thing of things) {
    const key = bucket(thing);
    if (!firsts.has(key)) firsts.set(key, thing);
  }
  return [...firsts.values()];
}

type Asked = {
  shrink: [Omit<FailureJob, 'stop'>, Failure];
  shrinkAgain: [Omit<TraceJob, 'stop'>, ShrunkTrace];
  prove: [Omit<ProofJob, 'stop'>, Failure];
  explain: [ExplainJob, Explanation];
};

interface Crew {
  /** @param by when it should be done; null: no limit @returns null if it is far too late, or takes too long after an interrupt */
  ask<Name extends keyof Asked>(name: Name, job: Asked[Name][0], by: Deadline | null): Promise<Asked[Name][1] | null>;
  /** Asks for all at once, and tells of each that is done. */
  all<T, U>(things: readonly T[], ask: (thing: T) => Promise<U>, onDone: (done: number) => void): Promise<U[]>;
}

async function withCrew<T>(threads: number, signal: AbortSignal, work: (crew: Crew) => Promise<T>): Promise<T> {
  const pool = new Piscina<object>({
    filename: new URL('./failure-worker.js', import.meta.url).href,
    minThreads: threads,
    maxThreads: threads,
    ...threadOptions(),
  });
  const stop = new Int32Array(new SharedArrayBuffer(4));
  const givenUp = new AbortController();
  const timers: NodeJS.Timeout[] = [];
  const stopSoon = (): void => {
    Atomics.store(stop, 0, Stop.proofs);
    timers.push(
      setTimeout(() => Atomics.store(stop, 0, Stop.all), MORE_MS),
      setTimeout(() => givenUp.abort(), MORE_MS + LATE_MS),
    );
  };
  if (signal.aborted) stopSoon();
  signal.addEventListener('abort', stopSoon, { once: true });
  try {
    return await work({
      ask: async (name, job, by) => {
        const late = by === null ? givenUp.signal : AbortSignal.any([givenUp.signal, AbortSignal.timeout(msUntil(by + LATE_MS))]);
        try {
          return (await pool.run({ ...job, stop }, { name, signal: late })) as Asked[typeof name][1];
        } catch (error) {
          if (late.aborted) return null;
          throw error;
        }
      },
      all: async (things, ask, onDone) => {
        let done = 0;
        return Promise.all(things.map(async (thing) => ask(thing).finally(() => onDone(++done))));
      },
    });
  } finally {
    signal.removeEventListener('abort', stopSoon);
    timers.forEach((timer) => clearTimeout(timer));
    await pool.destroy();
  }
}
