/**
 * A journal: a search that is killed goes on where it was. It is a file that only grows, with a line for each unit that has come to its
 * end. A line stands in the file before the search counts its unit any further, so that `kill -9` loses what was under way and no more;
 * it is forced to the disk soon after, so that a power failure loses little more. Its tail may be torn, and is then cut off.
 */
import {
  closeSync,
  existsSync,
  fsyncSync,
  ftruncateSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { FileError, fileError } from '../files/text.ts';
import { makeFolder } from '../files/traces.ts';
import type { UnitStore } from '../workers/unit-store.ts';
import { differenceOf } from './campaign-key.ts';
import type { UnitCodec } from './unit-codec.ts';
import { type Header, type UnitFile, headerLine, readUnitFile, resultIn, unitLine } from './unit-file.ts';

const FILE = 'journal';
const LOCK = 'lock';
/** How long a line may be in the file before it is forced to the disk. */
const SYNC_MS = 250;

const pathIn = (folder: string): string => join(folder, FILE);

/** @returns what is in the journal of a folder; null: it has none yet @throws FileError if it can't be used */
export async function readJournal(folder: string): Promise<UnitFile | null> {
  const path = pathIn(folder);
  // A power failure may come before the header is on the disk.
  if ((statSync(path, { throwIfNoEntry: false })?.size ?? 0) === 0) return null;
  return readUnitFile(path, 'a journal');
}

export class Journal<Result> implements UnitStore<Result> {
  readonly #folder: string;
  readonly #codec: UnitCodec<Result>;
  readonly #units: Map<number, string>;
  readonly #file: number;
  #timer: NodeJS.Timeout | undefined;
  /** How many units it had when it was opened. */
  readonly unitsBefore: number;

  private constructor(folder: string, codec: UnitCodec<Result>, file: number, units: Map<number, string>) {
    this.#folder = folder;
    this.#codec = codec;
    this.#file = file;
    this.#units = units;
    this.unitsBefore = units.size;
  }

  /**
   * Opens the journal of a folder, or begins one.
   * @throws FileError if it is of another search, of another build, damaged, or in use
   */
  static async open<Result>(folder: string, header: Header, codec: UnitCodec<Result>): Promise<Journal<Result>> {
    lock(folder);
    try {
      const there = await readJournal(folder);
      const difference = there === null ? null : differenceOf(there.header, header);
      if (difference !== null) throw fileError(pathIn(folder), difference);
      if (there !== null) return new Journal(folder, codec, reopened(folder, there), there.units);
      return new Journal(folder, codec, begun(folder, header), new Map<number, string>());
    } catch (error) {
      unlock(folder);
      throw error;
    }
  }

  readonly isOurs = (): boolean => true;

  readonly known = (unit: number): Result | undefined => {
    const text = this.#units.get(unit);
    if (text === undefined) return undefined;
    this.#units.delete(unit);
    return resultIn(text, this.#codec, pathIn(this.#folder));
  };

  readonly keep = (unit: number, result: Result): void => {
    withPath(this.#folder, () => writeSync(this.#file, unitLine(unit, result, this.#codec)));
    this.#timer ??= setTimeout(() => this.#sync(), SYNC_MS);
  };

  close(): void {
    clearTimeout(this.#timer);
    withPath(this.#folder, () => fsyncSync(this.#file));
    closeSync(this.#file);
    unlock(this.#folder);
  }

  #sync(): void {
    this.#timer = undefined;
    withPath(this.#folder, () => fsyncSync(this.#file));
  }
}

function begun(folder: string, header: Header): number {
  return withPath(folder, () => {
    const file = openSync(pathIn(folder), 'w');
    writeSync(file, headerLine(header));
    fsyncSync(file);
    syncFolder(folder);
    return file;
  });
}

/** Without the line that was being written when its process was killed. */
function reopened(folder: string, { tornAt }: UnitFile): number {
  return withPath(folder, () => {
    const file = openSync(pathIn(folder), 'a');
    if (tornAt !== null) ftruncateSync(file, tornAt);
    return file;
  });
}

/** The name of a new file is on the disk only once its folder is. */
function syncFolder(folder: string): void {
  const file = openSync(folder, 'r');
  fsyncSync(file);
  closeSync(file);
}

/** Two processes in one journal would run all units twice. */
function lock(folder: string): void {
  const path = join(folder, LOCK);
  withPath(folder, () => makeFolder(folder));
  const owner = existsSync(path) ? Number(readFileSync(path, 'utf8')) : NaN;
  if (owner !== process.pid && isRunning(owner))
    throw fileError(folder, `process ${owner} has this journal open; if that process is gone, remove ${path}`);
  withPath(folder, () => writeFileSync(path, `${process.pid}\n`));
}

const unlock = (folder: string): void => rmSync(join(folder, LOCK), { force: true });

function isRunning(pid: number): boolean {
  if (!Number.isSafeInteger(pid) || pid < 1) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function withPath<T>(folder: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof FileError) throw error;
    throw fileError(pathIn(folder), `cannot be written (${(error as NodeJS.ErrnoException).code ?? String(error)})`);
  }
}
