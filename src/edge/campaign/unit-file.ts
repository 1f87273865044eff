/**
 * A file with results of units: a header that says of which campaign, a line for each unit, and, of a shard that has come to its end, a
 * last line that says so. Each line is checked (checked-lines.ts).
 */
import { z } from 'zod';
import { type FileError, fileError, readTextBlocks } from '../files/text.ts';
import type { CampaignKey } from './campaign-key.ts';
import { checkedLine, textOfLine } from './checked-lines.ts';
import type { Shard } from './shard.ts';
import type { UnitCodec } from './unit-codec.ts';

export interface Header extends CampaignKey {
  /** The options of the command, so that `merge` can go on from there. */
  readonly asked: Readonly<Record<string, unknown>>;
  /** Null: all units may be here. */
  readonly shard: Shard | null;
}

export interface UnitFile {
  readonly header: Header;
  /** By unit, the JSON of its line. */
  readonly units: Map<number, string>;
  /** Null: it has no last line. */
  readonly end: { readonly seconds: number } | null;
  /** Where the first line that is not whole begins, in bytes; null: all are. */
  readonly tornAt: number | null;
}

/** The format. */
const FORMAT = 'units 1';
const FILE_BYTES_MAX = 4 * 2 ** 30;
/** A failure of a recorded guest has all of its requests in it. */
const LINE_MAX = 2 ** 28;

/** Of a search with all of its options; deeper nesting than fits into it can do no harm. */
const HEADER_MAX = 2 ** 16;

const named = <Value extends z.ZodType>(value: Value) => z.record(z.string().max(100), value);
const header = z.strictObject({
  cowcheck: z.literal(FORMAT),
  kind: z.enum(['random', 'exhaustive', 'real qemu']),
  options: named(z.unknown()),
  files: named(z.string().max(100)),
  model: z.string().max(100),
  asked: named(z.unknown()),
  shard: z.strictObject({ number: z.int().min(1), of: z.int().min(1) }).nullable(),
});
const end = z.strictObject({ end: z.int().min(0), seconds: z.number().min(0) });
const UNIT = /^\{"unit":(?<unit>\d{1,15}),"result":/;

export const headerLine = (of: Header): string => checkedLine(JSON.stringify({ cowcheck: FORMAT, ...of }));
export const unitLine = <Result>(unit: number, result: Result, codec: UnitCodec<Result>): string =>
  checkedLine(`{"unit":${unit},"result":${JSON.stringify(codec.write(result))}}`);
export const endLine = (units: number, seconds: number): string => checkedLine(JSON.stringify({ end: units, seconds }));

/** @param text of a unit's line @throws FileError if it is no result */
export function resultIn<Result>(text: string, codec: UnitCodec<Result>, path: string): Result {
  try {
    return codec.read((JSON.parse(text) as { result: unknown }).result);
  } catch {
    throw fileError(path, `it is damaged: its unit ${UNIT.exec(text)?.groups?.['unit']} has no valid result`);
  }
}

/**
 * @param what the file is, in words such as `a journal`
 * @throws FileError if it is none: missing, something else, or damaged anywhere but at its end
 */
export async function readUnitFile(path: string, what: string): Promise<UnitFile> {
  const reader = new UnitFileReader(path, what);
  for await (const { line, isWhole } of linesIn(path)) reader.push(line, isWhole);
  return reader.finish();
}

/** Takes the lines of a file one by one. What it throws is a FileError. */
export class UnitFileReader {
  readonly #path: string;
  readonly #what: string;
  readonly #units = new Map<number, string>();
  #header: Header | null = null;
  #end: UnitFile['end'] = null;
  #tornAt: number | null = null;
  #lines = 0;
  #bytes = 0;

  /** @param path for what is said of it @param what as `readUnitFile` takes it */
  constructor(path: string, what: string) {
    this.#path = path;
    this.#what = what;
  }

  /** @param line without its end @param isWhole whether it had one */
  push(line: string, isWhole: boolean): void {
    this.#lines++;
    const text = isWhole ? textOfLine(line) : null;
    if (this.#header === null && text === null) throw this.#isNone();
    if (text === null || this.#tornAt !== null || this.#end !== null) {
      if (text !== null) throw fileError(this.#path, 'it is damaged', this.#end === null ? this.#lines - 1 : this.#lines);
      this.#tornAt ??= this.#bytes;
      return;
    }
    this.#bytes += line.length + 1;
    const unit = UNIT.exec(text)?.groups?.['unit'];
    if (this.#header === null) this.#header = headerIn(text, this.#path, this.#what);
    else if (unit === undefined) this.#end = endIn(text, this.#units.size, this.#path, this.#lines);
    else if ((this.#units.get(Number(unit)) ?? text) === text) this.#units.set(Number(unit), text);
    else throw fileError(this.#path, `it is damaged: unit ${unit} is there twice, with two results`, this.#lines);
  }

  finish(): UnitFile {
    if (this.#header === null) throw this.#isNone();
    return { header: this.#header, units: this.#units, end: this.#end, tornAt: this.#tornAt };
  }

  #isNone(): FileError {
    return fileError(this.#path, `not ${this.#what}`);
  }
}

function headerIn(text: string, path: string, what: string): Header {
  const read = header.safeParse(text.length > HEADER_MAX ? null : parsed(text));
  if (!read.success) throw fileError(path, `not ${what}, or another version of cowcheck wrote it`);
  const { cowcheck: _format, ...rest } = read.data;
  return rest;
}

function endIn(text: string, units: number, path: string, line: number): UnitFile['end'] {
  const read = end.safeParse(parsed(text));
  if (!read.success || read.data.end !== units) throw fileError(path, 'it is damaged', line);
  return { seconds: read.data.seconds };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

async function* linesIn(path: string): AsyncGenerator<{ line: string; isWhole: boolean }> {
  let pieces: string[] = [];
  let length = 0;
  for await (const { text } of readTextBlocks(path, FILE_BYTES_MAX)) {
    const lines = text.split('\n');
    const rest = lines.pop()!;
    for (const line of lines) {
      yield { line: pieces.join('') + line, isWhole: true };
      pieces = [];
      length = 0;
    }
    length += rest.length;
    if (length > LINE_MAX) throw fileError(path, `it has a line of more than ${LINE_MAX / 2 ** 20} MiB`);
    if (rest !== '') pieces.push(rest);
  }
  if (pieces.length > 0) yield { line: pieces.join(''), isWhole: false };
}
