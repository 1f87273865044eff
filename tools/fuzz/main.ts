/**
 * Shows the readers of files from strangers real traces and logs with mistakes in them. A reader reads a text, or
 * refuses it in one line of bounded length, within two seconds. All else is a failure, and its text is saved whole.
 * The nth text depends on the seed alone, not on the number of workers.
 *
 *     npm run fuzz -- --mutations 10000000 --seed a --workers 2
 *     npm run fuzz -- --seed a --only 4711
 *
 * Exit status: 0 no failure, 1 failures, 2 bad usage, 130 interrupted.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { count, progress } from '../../src/edge/cli/io/terminal.ts';
import type { Part } from './chunk.ts';
import { inChunks } from './crew.ts';
import { inputOf } from './inputs.ts';
import { type Options, optionsOf } from './options.ts';
import { loadReaders } from './readers.ts';
import { taken } from './taken.ts';

const HELP = `Usage: npm run fuzz -- [options]

  --mutations N   how many texts (default: 200000)
  --seed TEXT     where randomness starts (default: drawn, and printed)
  --workers N     worker threads (default: cores)
  --only N        the nth text alone
  --out DIR       where texts go that a reader fails on (default: cowcheck-traces)
  --readers FILE  other readers than ours, for tests of the fuzzer itself
`;
const FAILURES_MAX = 20;

process.exitCode = await main();

/** @returns the exit status */
async function main(): Promise<number> {
  try {
    const options = optionsOf(process.argv.slice(2));
    if (options.help) process.stdout.write(HELP);
    else return await (options.only === null ? fuzz(options) : fuzzOne(options, options.only));
    return 0;
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    process.stderr.write(`cowcheck: ${error.message.split('\n', 1)[0]} See: npm run fuzz -- --help\n`);
    return 2;
  }
}

/** @returns the exit status */
async function fuzzOne({ seed, out, readersFile }: Options, only: number): Promise<number> {
  const { kind, text } = inputOf(seed, only);
  process.stdout.write(`seed ${seed}, mutation ${only}: ${count(text.length)} characters, saved as ${save(out, seed, only)}\n`);
  const { how, message } = taken((await loadReaders(readersFile))[kind], text);
  process.stdout.write(`the ${kind} reader ${how === 'read' ? 'reads it' : how === 'refused' ? `refuses it: ${message}` : message}\n`);
  return how === 'wrong' ? 1 : 0;
}

/** @returns the exit status */
async function fuzz({ mutations, seed, workers, out, readersFile }: Options): Promise<number> {
  const begin = performance.now();
  const abort = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => abort.abort());
  const sum: Part = { read: 0, refused: 0, digest: 0, failures: [] };
  const done = (): number => sum.read + sum.refused + sum.failures.length;
  const bar = progress(mutations);
  await inChunks({ mutations, workers, signal: abort.signal }, { seed, readersFile }, (part) => {
    sum.read += part.read;
    sum.refused += part.refused;
    sum.digest = (sum.digest + part.digest) >>> 0;
    sum.failures.push(...part.failures);
    for (const { n, wrong } of part.failures) process.stderr.write(`cowcheck: mutation ${n}: ${wrong}; saved as ${save(out, seed, n)}\n`);
    bar.update(done(), `${count(done())} mutations, ${sum.failures.length} failures`);
    return sum.failures.length < FAILURES_MAX;
  });
  bar.stop();
  const failures = sum.failures.toSorted((a, b) => a.n - b.n);
  for (const { n, wrong } of failures) {
    process.stdout.write(
      `mutation ${n}: the ${inputOf(seed, n).kind} reader ${wrong}\n  saved as ${save(out, seed, n)}; again: ` +
        `npm run fuzz -- --seed ${seed} --only ${n}\n`,
    );
  }
  const seconds = (performance.now() - begin) / 1_000;
  const how =
    `${count(sum.read)} read, ${count(sum.refused)} refused, ${failures.length} failures; ` +
    `digest ${sum.digest.toString(16).padStart(8, '0')}`;
  process.stdout.write(
    `seed ${seed}: ${count(done())} mutations in ${seconds.toFixed(1)} s, ${count(Math.round(done() / seconds))}/s: ${how}\n`,
  );
  return abort.signal.aborted ? 130 : failures.length > 0 ? 1 : 0;
}

/** @returns the path of the text, as it was shown to a reader: lone surrogates, which no file can hold, aside */
function save(out: string, seed: string, n: number): string {
  const { kind, text } = inputOf(seed, n);
  const path = join(out, `fuzz-${seed.replaceAll(/[^\w.-]/g, '_')}-${n}.${kind === 'trace' ? 'trace.yaml' : 'log'}`);
  mkdirSync(out, { recursive: true });
  writeFileSync(path, text);
  return path;
}
