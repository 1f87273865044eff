/** Workload files: guest I/O recorded from a real guest, in one of two formats. */
import { type GuestLog, LogError } from '../../scenarios/guest-log.ts';
import { LogReader } from '../../scenarios/log-reader.ts';
import { FileError, readTextBlocks } from './text.ts';

/** A million requests take a fifth of it. */
const LOG_BYTES_MAX = 2 ** 30;

/**
 * Others run while it is read.
 * @param onProgress told now and then how many bytes of how many have been read
 * @param shouldStop asked as often
 * @returns null: it was told to stop
 * @throws FileError with one line that names the file, the line and what was expected
 */
export async function loadWorkload(
  path: string,
  onProgress: (read: number, size: number) => void = () => {},
  shouldStop: () => boolean = () => false,
): Promise<GuestLog | null> {
  const reader = new LogReader(path);
  try {
    for await (const { text, read, size } of readTextBlocks(path, LOG_BYTES_MAX)) {
      if (shouldStop()) return null;
      reader.push(text);
      onProgress(read, size);
    }
    return reader.finish();
  } catch (error) {
    if (error instanceof LogError) throw new FileError(error.message);
    throw error;
  }
}
