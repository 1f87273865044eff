/** The readers of files from strangers, each with the one kind of error that it may throw. */
import { LogError } from '../../src/scenarios/guest-log.ts';
import { LogReader } from '../../src/scenarios/log-reader.ts';
import { TraceError } from '../../src/trace/format.ts';
import { readTrace } from '../../src/trace/read.ts';

export interface Reader {
  readonly read: (text: string) => unknown;
  readonly Refusal: abstract new (...args: never[]) => Error;
}

/** The kinds of files. */
export type Kind = 'trace' | 'log';
export type Readers = Readonly<Record<Kind, Reader>>;

export const READERS: Readers = {
  trace: { read: readTrace, Refusal: TraceError },
  log: { read: readLog, Refusal: LogError },
};

function readLog(text: string): unknown {
  const reader = new LogReader('log');
  reader.push(text);
  return reader.finish();
}

/** @param file the URL of another module than this one, if any */
export async function loadReaders(file: string | undefined): Promise<Readers> {
  return file === undefined ? READERS : ((await import(file)) as { readonly READERS: Readers }).READERS;
}
