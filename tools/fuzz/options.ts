/** What the command line of the fuzzer asks for. */
import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';

export interface Options {
  readonly help: boolean;
  readonly mutations: number;
  readonly seed: string;
  readonly workers: number;
  /** Null: all texts. */
  readonly only: number | null;
  readonly out: string;
  /** The URL of a module. */
  readonly readersFile: string | undefined;
}

/** @throws TypeError in one line, as parseArgs does */
export function optionsOf(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      mutations: { type: 'string' },
      seed: { type: 'string' },
      workers: { type: 'string' },
      only: { type: 'string' },
      out: { type: 'string' },
      readers: { type: 'string' },
      help: { type: 'boolean' },
    },
  });
  const number = (name: 'mutations' | 'workers' | 'only', otherwise: number, min: number): number => {
    const text = values[name] ?? String(otherwise);
    if (!/^\d{1,15}$/.test(text) || Number(text) < min)
      throw new TypeError(`--${name} ${JSON.stringify(text)}: expected a whole number from ${min}.`);
    return Number(text);
  };
  return {
    help: values.help ?? false,
    mutations: number('mutations', 200_000, 1),
    seed: values.seed ?? Math.random().toString(36).slice(2, 10),
    workers: number('workers', availableParallelism(), 1),
    only: values.only === undefined ? null : number('only', 0, 0),
    out: values.out ?? 'cowcheck-traces',
    readersFile: values.readers === undefined ? undefined : pathToFileURL(resolve(values.readers)).href,
  };
}
