/**
 * What a guest asked of its disk, recorded while it ran: plain data, whatever the format of the
 * file it came from. Such logs are untrusted; each parser refuses what does not fit with a `LogError`.
 */
import type { GuestKind } from '../../model/block/guest.ts';

export const SECTOR_BYTES = 512;

/** The limits of a log. Beyond them it is refused, since its author decides how much memory we take. */
export const DISK_BYTES_MAX = 2 ** 50;
export const DISK_MAX_IN_WORDS = `${DISK_BYTES_MAX} bytes (1 PiB)`;
export const REQUESTS_MAX = 1_000_000;
/**
 * Requests in flight at a time. Each request has at most as many immediate predecessors as were
 * ever in flight, so this keeps their number linear. nbdkit's default is 16 threads a connection.
 */
export const IN_FLIGHT_MAX = 256;

export interface LoggedRequest {
  readonly kind: GuestKind;
  /** The range in sectors, `count` at least 1 (see `wholeSectors`); a flush has 0 and 0. */
  readonly first: number;
  readonly count: number;
  /** Positions in the log (event numbers, not times) at which it began and ended; begin < end. */
  readonly begin: number;
  readonly end: number;
}

export interface GuestLog {
  /** The size of the disk. */
  readonly sectors: number;
  /** Those that took effect, in the order in which they began. */
  readonly requests: readonly LoggedRequest[];
  /** How many of them had no answer when the log ended: they are taken to end with it. */
  readonly unanswered: number;
  /** The number of its last line, where that has no end: the log is cut off within it, and the line is left out. Else null. */
  readonly cutLine: number | null;
}

/** A parser, which is told one line after the other. */
export interface LogLines {
  /**
   * @param line without its end, and without blanks before it
   * @param isWhole false of a last line without an end
   * @throws LogError if the line can't be used
   */
  read(line: string, isWhole: boolean): void;
  /** @throws LogError if what was read is no log that can be used */
  finish(): GuestLog;
}

/** Tells a parser the lines of a text. */
export function readLines(text: string, log: LogLines): GuestLog {
  for (let at = 0; at < text.length;) {
    const newline = text.indexOf('\n', at);
    const next = newline === -1 ? text.length : newline + 1;
    const line = text.slice(at, next).trimEnd();
    log.read(line, newline !== -1 || line === '');
    at = next;
  }
  return log.finish();
}

/** A log that can't be used. The message is one line: `name:line: what was found and what was expected`. */
export class LogError extends Error {
  override readonly name = 'LogError';

  /**
   * @param source the name of the log, as the user knows it
   * @param line counted from 1
   */
  constructor(source: string, line: number, what: string) {
    super(`${oneLine(source)}:${line}: ${oneLine(what)}`);
  }
}

/**
 * The sectors of a range of bytes. A range that is not whole sectors is widened for reads, writes
 * and zeroes, for they touch the whole sector on its way; a trim is narrowed, since what it covers
 * in part keeps its content. A trim that covers no sector whole has `count` 0: there is no such
 * request for the disk, and parsers leave it out.
 */
export function wholeSectors(kind: GuestKind, offsetBytes: number, countBytes: number): { first: number; count: number } {
  const offset = offsetBytes / SECTOR_BYTES;
  const end = (offsetBytes + countBytes) / SECTOR_BYTES;
  if (kind === 'discard') return { first: Math.ceil(offset), count: Math.max(0, Math.floor(end) - Math.ceil(offset)) };
  return { first: Math.floor(offset), count: Math.ceil(end) - Math.floor(offset) };
}

/**
 * For each request the fewest earlier ones whose end, taken together, means the end of all that had
 * ended before it began: the transitive reduction of the interval order of the log.
 *
 * Let `lastBegin` be the latest begin among all that had ended. Whatever ended before that is
 * implied by the one that began there, and nothing else is implied. Both bounds only grow as the
 * log goes on, so one sweep finds them: n log n for n requests, and what the answer itself takes.
 *
 * @param requests in the order in which they began
 * @returns by request, indices into `requests`, ascending
 * @throws RangeError if they are not in that order
 */
export function immediatePredecessors(requests: readonly LoggedRequest[]): number[][] {
  const byEnd = requests.map((request, index) => ({ ...request, index })).toSorted((a, b) => a.end - b.end);
  let ended = 0; // byEnd up to here had ended before the request at hand began
  let implied = 0; // and up to here, before the last of those began
  let lastBegin = -Infinity;
  return requests.map(({ begin }, i) => {
    if (i > 0 && begin < requests[i - 1]!.begin) throw new RangeError(`request ${i} began before the one in front of it`);
    for (; ended < byEnd.length && byEnd[ended]!.end < begin; ended++) lastBegin = Math.max(lastBegin, byEnd[ended]!.begin);
    while (implied < ended && byEnd[implied]!.end < lastBegin) implied++;
    return byEnd
      .slice(implied, ended)
      .map(({ index }) => index)
      .toSorted((a, b) => a - b);
  });
}

/** Names and excerpts come from files: line ends and other control characters must not reach a terminal. */
function oneLine(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '?');
}
