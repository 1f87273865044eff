/** The readers of files from strangers, each with the one kind of error that it may throw. */
import { differenceOf } from '../../src/edge/campaign/campaign-key.ts';
import { checkedLine } from '../../src/edge/campaign/checked-lines.ts';
import { EXHAUSTIVE_UNITS, RANDOM_UNITS } from '../../src/edge/campaign/unit-codec.ts';
import { UnitFileReader, resultIn } from '../../src/edge/campaign/unit-file.ts';
import { readAsked } from '../../src/edge/cli/io/asked.ts';
import { FileError } from '../../src/edge/files/text.ts';
import { LogError } from '../../src/scenarios/guest-log.ts';
import { LogReader } from '../../src/scenarios/log-reader.ts';
import { TraceError } from '../../src/trace/format.ts';
import { readTrace } from '../../src/trace/read.ts';

export interface Reader {
  readonly read: (text: string) => unknown;
  readonly Refusal: abstract new (...args: never[]) => Error;
}

/** The kinds of files. */
export type Kind = 'trace' | 'log' | 'units';
export type Readers = Readonly<Record<Kind, Reader>>;

export const READERS: Readers = {
  trace: { read: readTrace, Refusal: TraceError },
  log: { read: readLog, Refusal: LogError },
  units: { read: readUnits, Refusal: FileError },
};

function readLog(text: string): unknown {
  const reader = new LogReader('log');
  reader.push(text);
  return reader.finish();
}

/** Each line gets its checksum here: a mistake would stop at that. */
function readUnits(text: string): unknown {
  const reader = new UnitFileReader('units', 'a journal');
  for (const line of text.split('\n')) reader.push(checkedLine(line).slice(0, -1), true);
  const { header, units } = reader.finish();
  readAsked(header.asked, 'units');
  for (const unit of units.values()) {
    if (header.kind === 'random') resultIn(unit, RANDOM_UNITS, 'units');
    else resultIn(unit, EXHAUSTIVE_UNITS, 'units');
  }
  return differenceOf(header, { ...header, options: {} });
}

/** @param file the URL of another module than this one, if any */
export async function loadReaders(file: string | undefined): Promise<Readers> {
  return file === undefined ? READERS : ((await import(file)) as { readonly READERS: Readers }).READERS;
}
