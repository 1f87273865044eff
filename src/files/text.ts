/** Text files from strangers. */
import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { printable } from '../trace/printable.ts';

/** Something about a file that its user can mend; the message is one line. */
export class FileError extends Error {
  constructor(message: string) {
    super(printable(message));
  }
}

const WHY: Record<string, string> = { ENOENT: 'there is no such file', EACCES: 'it may not be read', EISDIR: 'it is a folder', ENOTDIR: 'there is no such folder' };

/**
 * Reads a regular file of at most so many bytes as UTF-8.
 * @throws FileError with the path and the reason: missing, a folder, a FIFO, too long, not text
 */
export function readTextFile(path: string, bytesMax: number): string {
  try {
    const file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK); // a FIFO without a writer would block
    try {
      const stat = fstatSync(file);
      if (!stat.isFile()) throw new FileError(`${path}: ${stat.isDirectory() ? 'it is a folder' : 'it is not a regular file'}`);
      if (stat.size > bytesMax) throw new FileError(`${path}: it is ${Math.ceil(stat.size / 2 ** 20)} MiB long, and at most ${bytesMax / 2 ** 20} MiB are read`);
      const bytes = Buffer.alloc(stat.size);
      let length = 0;
      for (let n = 1; n > 0 && length < bytes.length; length += n) n = readSync(file, bytes, length, bytes.length - length, length);
      return new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(0, length));
    } finally {
      closeSync(file);
    }
  } catch (error) {
    if (error instanceof FileError) throw error;
    if (error instanceof TypeError) throw new FileError(`${path}: it is not text (UTF-8 was expected)`);
    const code = (error as NodeJS.ErrnoException).code ?? String(error);
    throw new FileError(`${path}: ${WHY[code] ?? `it can't be read (${code})`}`);
  }
}
