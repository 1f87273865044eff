/** Workload files: guest I/O recorded from a real guest. */
import { type GuestLog, LogError } from '../generate/guest-log.ts';
import { parseNbdkitLog } from '../generate/nbdkit-log.ts';
import { FileError, readTextFile } from './text.ts';

const LOG_BYTES_MAX = 64 * 1024 * 1024;

/** @throws FileError with one line that names the file, the line and what was expected */
export function loadWorkload(path: string): GuestLog {
  try {
    return parseNbdkitLog(readTextFile(path, LOG_BYTES_MAX), path);
  } catch (error) {
    if (error instanceof LogError) throw new FileError(error.message);
    throw error;
  }
}
