/** Text files from strangers. */
import { isUtf8 } from 'node:buffer';
import { setImmediate } from 'node:timers/promises';
import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { printable } from '../../trace/printable.ts';
import { byteBlocks } from './byte-blocks.ts';
import { placeOf } from './standard-input.ts';

/** Something about a file that its user can mend; the message is one line. */
export class FileError extends Error {
  constructor(message: string) {
    super(printable(message));
  }
}

/** A longer path is none, so its message need not say all of it. */
const PATH_MAX = 4096;

/** @param position line and column, from 1, as far as they are known */
export function fileError(path: string, what: string, ...position: readonly number[]): FileError {
  const name = path === '' ? "''" : path.length > PATH_MAX ? `${path.slice(0, 60)}...` : path;
  return new FileError(`${[name, ...position].join(':')}: ${what}`);
}

const WHY: Record<string, string> = {
  ENOENT: 'no such file',
  EACCES: 'permission denied',
  EISDIR: 'it is a directory',
  ENOTDIR: 'no such directory',
  ENAMETOOLONG: 'the file name is too long',
  ENXIO: 'it is not a regular file', // a socket
  Z_DATA_ERROR: 'it looks like gzip, but cannot be unpacked',
};

/**
 * Reads a regular file of at most so many bytes as UTF-8.
 * @throws FileError with the path and the reason: missing, a folder, a FIFO, too long, not text
 */
export function readTextFile(path: string, bytesMax: number): string {
  try {
    const bytes = readRegularFile(path, bytesMax);
    return textOf(bytes, path);
  } catch (error) {
    throw unreadable(path, error);
  }
}

/**
 * Reads a regular file of at most so many bytes as UTF-8, in blocks that end where a line does, as far as lines are shorter than a
 * block. Between two blocks others run. A file of gzip's is unpacked, to at most as many bytes.
 * @returns how many bytes of how many have been read with each block
 * @throws FileError as `readTextFile` does
 */
export async function* readTextBlocks(path: string, bytesMax: number): AsyncGenerator<{ text: string; read: number; size: number }> {
  let file: number | null = null;
  try {
    const opened = openRegularFile(path, bytesMax);
    ({ file } = opened);
    const { size } = opened;
    let kept: Buffer = Buffer.alloc(0);
    let [length, lines] = [0, 0];
    for await (const { bytes, read } of byteBlocks(file)) {
      length += bytes.length;
      if (length > bytesMax) throw fileError(path, `it is larger than ${bytesMax / 2 ** 20} MiB when unpacked, the most that is read`);
      const filled = kept.length === 0 ? bytes : Buffer.concat([kept, bytes]);
      const newline = filled.lastIndexOf(NEWLINE);
      const whole = newline < 0 ? filled : filled.subarray(0, newline + 1);
      yield { text: textOf(whole, path, lines), read, size };
      lines += linesIn(whole);
      kept = filled.subarray(whole.length);
      await setImmediate();
    }
    yield { text: textOf(kept, path, lines), read: size, size };
  } catch (error) {
    throw unreadable(path, error);
  } finally {
    if (file !== null) closeSync(file);
  }
}

/** @param lines of the file that come before these bytes */
function textOf(bytes: Buffer, path: string, lines = 0): string {
  if (!isUtf8(bytes)) throw fileError(path, 'it is not text: expected UTF-8', lines + lineOfNoText(bytes));
  return new TextDecoder('utf-8', { ignoreBOM: lines > 0 }).decode(bytes);
}

function unreadable(path: string, error: unknown): unknown {
  if (error instanceof FileError) return error;
  const code = (error as NodeJS.ErrnoException).code ?? String(error);
  return fileError(path, WHY[code] ?? `it cannot be read (${code})`);
}

function readRegularFile(path: string, bytesMax: number): Buffer {
  const { file, size } = openRegularFile(path, bytesMax);
  try {
    const bytes = Buffer.alloc(size);
    let length = 0;
    for (let n = 1; n > 0 && length < bytes.length; length += n) n = readSync(file, bytes, length, bytes.length - length, length);
    return bytes.subarray(0, length);
  } finally {
    closeSync(file);
  }
}

/** The caller closes it. */
function openRegularFile(path: string, bytesMax: number): { readonly file: number; readonly size: number } {
  const file = openSync(placeOf(path), constants.O_RDONLY | constants.O_NONBLOCK); // a FIFO without a writer would block
  try {
    const stat = fstatSync(file);
    if (!stat.isFile()) throw fileError(path, stat.isDirectory() ? 'it is a directory' : 'it is not a regular file');
    if (stat.size > bytesMax)
      throw fileError(path, `it is ${Math.ceil(stat.size / 2 ** 20)} MiB long; at most ${bytesMax / 2 ** 20} MiB are read`);
    return { file, size: stat.size };
  } catch (error) {
    closeSync(file);
    throw error;
  }
}

const NEWLINE = 0x0a;
const BLOCK = 65_536;

/** The first line that is no UTF-8: first the block of lines, then the line. No character of UTF-8 has the byte of a line end in it. */
function lineOfNoText(bytes: Buffer): number {
  let [line, at] = [1, 0];
  for (const step of [BLOCK, 0]) {
    for (let end = lineEnd(bytes, at + step); isUtf8(bytes.subarray(at, end)); end = lineEnd(bytes, at + step)) {
      for (const byte of bytes.subarray(at, end)) if (byte === NEWLINE) line++;
      at = end;
    }
  }
  return line;
}

function linesIn(bytes: Buffer): number {
  let lines = 0;
  for (let at = bytes.indexOf(NEWLINE); at >= 0; at = bytes.indexOf(NEWLINE, at + 1)) lines++;
  return lines;
}

function lineEnd(bytes: Buffer, from: number): number {
  const newline = bytes.indexOf(NEWLINE, from);
  return newline < 0 ? bytes.length : newline + 1;
}
