/** A worker thread: makes the texts of one chunk at a time and shows them to the readers. */
/* eslint-disable unicorn/require-post-message-target-origin -- that of windows has one, that of threads has none */
import { parentPort, workerData } from 'node:worker_threads';
import type { Chunk, Part, WorkerData } from './chunk.ts';
import { inputOf } from './inputs.ts';
import { loadReaders } from './readers.ts';
import { digestOf, taken } from './taken.ts';

const { seed, readersFile, at } = workerData as WorkerData;
const readers = await loadReaders(readersFile);

parentPort!.on('message', ({ begin, end }: Chunk) => {
  const part: Part = { read: 0, refused: 0, digest: 0, failures: [] };
  for (let n = begin; n < end; n++) {
    Atomics.store(at, 0, n - begin); // for the main thread, which watches that this gets on
    const { kind, text } = inputOf(seed, n);
    const { how, message } = taken(readers[kind], text);
    if (how === 'wrong') part.failures.push({ n, wrong: message });
    else part[how]++;
    part.digest = (part.digest + digestOf(text, how)) >>> 0;
  }
  parentPort!.postMessage(part);
});
parentPort!.postMessage(null); // ready
