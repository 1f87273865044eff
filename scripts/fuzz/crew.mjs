/** Workers that share out the mutations, chunk by chunk, and somebody who watches that each gets on. */
/* eslint-disable unicorn/require-post-message-target-origin -- that of windows has one, that of threads has none */
import { Worker } from 'node:worker_threads';

const CHUNK = 2_000;
/** A call that has not come back by now never will. */
const HANG_MS = 10_000;
const LOOK_EVERY_MS = 1_000;

/**
 * @param {{ mutations: number, workers: number, signal: AbortSignal }} about
 * @param data what each worker is told
 * @param onPart called with what a chunk came to, in any order; says whether to go on
 * @returns once all has been done, or nobody wants more
 */
export function inChunks({ mutations, workers, signal }, data, onPart) {
  let next = 0;
  const stop = () => void (next = mutations);
  if (signal.aborted) stop();
  signal.addEventListener('abort', stop);

  const hire = () =>
    new Promise((resolve, reject) => {
      const at = new Int32Array(new SharedArrayBuffer(4));
      const worker = new Worker(new URL('./worker.mjs', import.meta.url), { workerData: { ...data, at } });
      let chunk = null;
      const watch = watched(at, () => {
        if (chunk !== null)
          onPart({ read: 0, refused: 0, digest: 0, failures: [{ n: chunk.begin + at[0], kind: null, wrong: 'does not come back' }] });
        stop();
        void worker.terminate();
      });
      worker.on('error', reject).on('exit', () => {
        watch.end();
        resolve();
      });
      worker.on('message', (part) => {
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

  return Promise.all(Array.from({ length: Math.min(workers, Math.ceil(mutations / CHUNK)) }, hire));
}

/** Calls `onHang` when a number has not changed for too long. */
function watched(at, onHang) {
  let [seen, since] = [-1, 0];
  const begin = () => void ([seen, since] = [-1, performance.now()]);
  const timer = setInterval(() => {
    const now = Atomics.load(at, 0);
    if (now !== seen) [seen, since] = [now, performance.now()];
    else if (performance.now() - since > HANG_MS) onHang();
  }, LOOK_EVERY_MS);
  return { begin, end: () => clearInterval(timer) };
}
