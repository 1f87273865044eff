/** Workload files: guest I/O recorded from a real guest, in one of two formats. */
import { isFioIolog, parseFioIolog } from '../../scenarios/fio-iolog.ts';
import { type GuestLog, LogError } from '../../scenarios/guest-log.ts';
import { parseNbdkitLog } from '../../scenarios/nbdkit-log.ts';
import { FileError, readTextFile } from './text.ts';

const LOG_BYTES_MAX = 64 * 1024 * 1024;

/** @throws FileError with one line that names the file, the line and what was expected */
export function loadWorkload(path: string): GuestLog {
  try {
    return parseWorkload(readTextFile(path, LOG_BYTES_MAX), path);
  } catch (error) {
    if (error instanceof LogError) throw new FileError(error.message);
    throw error;
  }
}

/** A fio iolog is known by its first line. nbdkit may write other things before the first connection. */
function parseWorkload(text: string, path: string): GuestLog {
  if (isFioIolog(text)) return parseFioIolog(text, path);
  if (text.includes(' connection=')) return parseNbdkitLog(text, path);
  const found = text.trim() === '' ? 'an empty file' : 'neither';
  throw new LogError(
    path,
    1,
    `found ${found}, expected a log of nbdkit's log filter or a fio iolog ("fio version 2 iolog" or "fio version 3 iolog")`,
  );
}
