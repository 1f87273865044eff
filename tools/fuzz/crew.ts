/** Workers that share the mutations, chunk by chunk, each watched in case it hangs. */
/* eslint-disable unicorn/require-post-message-target-origin -- that of windows has one, that of threads has none */
import { Worker } from 'node:worker_threads';
import type { Chunk, Part, WorkerData } from './chunk.ts';

const CHUNK = 2_000;
/** A call that has not come back by now never will. */
const HANG_MS = 10_000;
const LOOK_EVERY_MS = 1_000;

export interface Crew {
  readonly mutations: number;
  readonly workers: number;
  readonly signal: AbortSignal;
}

/**
 * @param data what each worker is told
 * @param onPart called with how each chunk ended, in any order; says whether to go on
 * @returns once all has been done, or no more is wanted
 */
export async function inChunks(
  { mutations, workers, signal }: Crew,
  data: Omit<WorkerData, 'at'>,
  onPart: (part: Part) => boolean,
): Promise<void> {
  let next = 0;
  const stop = (): void => void (next = mutations);
  if (signal.aborted) stop();
  signal.addEventListener('abort', stop);

  const hire = (): Promise<void> =>
    new Promise((resolve, reject) => {
      const at = new Int32Array(new SharedArrayBuffer(4));
      const worker = new Worker(new URL('./worker.js', import.meta.url), { workerData: { ...data, at } satisfies WorkerData });
      let chunk: Chunk | null = null;
      const watch = watched(at, () => {
        if (chunk !== null)
          onPart({ read: 0, refused: 0, digest: 0, failures: [{ n: chunk.begin + at[0]!, wrong: 'does not come back' }] });
        stop();
        void worker.terminate();
      });
      worker.on('error', reject).on('exit', () => {
        watch.end();
        resolve();
      });
      worker.on('message', (part: Part | null) => {
        if (part !== null && !onPart(part)) stop();
        if (next >= mutations) void worker.terminate();
        else {
          chunk = { begin: next, end: Math.min(mutations, next + CHUNK) };
          next = chunk.end;
          watch.begin();
          worker.postMessage(chunk);
        }
      });
    });

  await Promise.all(Array.from({ length: Math.min(workers, Math.ceil(mutations / CHUNK)) }, hire));
}

interface Watch {
  readonly begin: () => void;
  readonly end: () => void;
}

/** Calls `onHang` when a number has not changed for too long. */
function watched(at: Int32Array, onHang: () => void): Watch {
  let [seen, since] = [-1, 0];
  const begin = (): void => void ([seen, since] = [-1, performance.now()]);
  const timer = setInterval(() => {
    const now = Atomics.load(at, 0);
    if (now !== seen) [seen, since] = [now, performance.now()];
    else if (performance.now() - since > HANG_MS) onHang();
  }, LOOK_EVERY_MS);
  return { begin, end: () => clearInterval(timer) };
}
