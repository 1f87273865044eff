/** The report of a shard, and what `merge` asks of the reports of all shards. */
import { fileError } from '../files/text.ts';
import { writeWhole } from '../files/traces.ts';
import type { UnitStore } from '../workers/unit-store.ts';
import { campaignId, differenceOf, modelVersion } from './campaign-key.ts';
import { SHARDS_MAX, type Shard, isInShard, shardInWords } from './shard.ts';
import type { UnitCodec } from './unit-codec.ts';
import { type Header, type UnitFile, endLine, headerLine, readUnitFile, resultIn, unitLine } from './unit-file.ts';

/** What a shard has run so far. */
export class Part<Result> implements UnitStore<Result> {
  readonly #shard: Shard;
  readonly #codec: UnitCodec<Result>;
  readonly #before: UnitStore<Result>;
  readonly #lines = new Map<number, string>();

  /** @param before where results may come from, and go to as well */
  constructor(shard: Shard, codec: UnitCodec<Result>, before: UnitStore<Result>) {
    this.#shard = shard;
    this.#codec = codec;
    this.#before = before;
  }

  get units(): number {
    return this.#lines.size;
  }

  readonly isOurs = (unit: number): boolean => isInShard(this.#shard, unit);

  readonly known = (unit: number): Result | undefined => {
    const result = this.#before.known(unit);
    if (result !== undefined) this.#lines.set(unit, unitLine(unit, result, this.#codec));
    return result;
  };

  readonly keep = (unit: number, result: Result): void => {
    this.#lines.set(unit, unitLine(unit, result, this.#codec));
    this.#before.keep(unit, result);
  };

  /** @param seconds that the search took @throws FileError if it can't be written */
  write(path: string, header: Header, seconds: number): void {
    const units = [...this.#lines].toSorted(([a], [b]) => a - b).map(([, line]) => line);
    writeWhole(path, [headerLine(header), ...units, endLine(units.length, seconds)]);
  }
}

/** The reports of all shards of a campaign. */
export class Parts {
  readonly header: Header;
  /** All shards together. */
  readonly seconds: number;
  /** By shard, from 0. */
  readonly #files: readonly { readonly path: string; readonly file: UnitFile }[];

  private constructor(files: readonly { readonly path: string; readonly file: UnitFile }[]) {
    this.#files = files;
    this.header = files[0]!.file.header;
    this.seconds = files.reduce((sum, { file }) => sum + file.end!.seconds, 0);
  }

  /** @throws FileError unless they are all reports of one campaign, each shard once, and made by this build */
  static async read(paths: readonly string[]): Promise<Parts> {
    const byShard = new Map<number, { path: string; file: UnitFile }>();
    let first: { path: string; header: Header } | null = null;
    for (const path of paths) {
      const file = await readUnitFile(path, 'a shard report (check --shard I/N --report FILE writes one)');
      const { shard } = file.header;
      if (shard === null) throw fileError(path, 'a journal, not a shard report');
      if (file.tornAt !== null || file.end === null) throw fileError(path, 'it is damaged: its end is missing');
      refuseForeign(path, file.header, (first ??= { path, header: file.header }));
      const { path: other } = byShard.get(shard.number) ?? {};
      if (other !== undefined) throw fileError(path, `it is shard ${shardInWords(shard)}, like ${other}: name each shard once`);
      byShard.set(shard.number, { path, file });
    }
    const { of } = first!.header.shard!;
    const missing = Array.from({ length: of }, (_, i) => i + 1).filter((number) => !byShard.has(number));
    if (missing.length > 0) throw fileError(first!.path, `${shardsInWords(missing, of)} missing`);
    return new Parts([...byShard].toSorted(([a], [b]) => a - b).map(([, part]) => part));
  }

  get path(): string {
    return this.#files[0]!.path;
  }

  /** @param check of each result: throws if it can't be so */
  store<Result>(codec: UnitCodec<Result>, check: (result: Result) => void): UnitStore<Result> {
    const known = (unit: number): Result => {
      const { path, file } = this.#files[unit % this.#files.length]!;
      const text = file.units.get(unit);
      if (text === undefined) throw fileError(path, `it is damaged: unit ${unit} is missing`);
      file.units.delete(unit);
      const result = resultIn(text, codec, path);
      try {
        check(result);
      } catch {
        throw fileError(path, `it is damaged: the failure of unit ${unit} does not fail here`);
      }
      return result;
    };
    return { isOurs: () => true, known, keep: () => {} };
  }
}

function refuseForeign(path: string, header: Header, first: { path: string; header: Header }): void {
  const here = { ...header, model: modelVersion() };
  const difference = differenceOf(header, here) ?? differenceOf(header, first.header);
  if (difference !== null) throw fileError(path, path === first.path ? difference : `${difference} (${first.path})`);
  const { number, of } = header.shard!;
  if (number > of || of > SHARDS_MAX) throw fileError(path, `it is damaged: there is no shard ${shardInWords({ number, of })}`);
  if (of !== first.header.shard!.of)
    throw fileError(path, `it is shard ${number} of ${of}, but ${first.path} is one of ${first.header.shard!.of}`);
  if (campaignId(header) !== campaignId(first.header)) throw fileError(path, `it belongs to another campaign than ${first.path}`);
}

const NAMED_MAX = 10;

/** `shards 2 and 3 of 4 are` */
function shardsInWords(numbers: readonly number[], of: number): string {
  if (numbers.length === 1) return `shard ${numbers[0]} of ${of} is`;
  if (numbers.length > NAMED_MAX) return `${numbers.length} of ${of} shards are`;
  return `shards ${numbers.slice(0, -1).join(', ')} and ${numbers.at(-1)} of ${of} are`;
}
