/**
 * Logs of nbdkit's log filter (nbdkit-log-filter(1), `logfile=`): one line when a request begins and
 * one when it is answered, numbered by connection.
 *
 *   2026-11-23 04:25:14.540965 connection=1 Connect export="" tls=0 size=0x2000000 ...
 *   2026-11-23 04:25:14.561873 connection=1 Read id=1 offset=0x0 count=0x200 ...
 *   2026-11-23 04:25:14.562983 connection=1 ...Read id=1 return=0
 *
 * Positions in the log are line numbers. Times are not looked at: the filter writes each line under
 * a lock, so the order of the lines is the order of the events.
 *
 * A log may end anywhere, for nbdkit or its guest may have been killed. What has no answer at its end is taken to end with it: it may
 * have taken effect, and nothing that came later saw its answer. A last line without an end is left out.
 */
import type { GuestKind } from '../../model/block/guest.ts';
import {
  DISK_BYTES_MAX,
  DISK_MAX_IN_WORDS,
  type GuestLog,
  IN_FLIGHT_MAX,
  LogError,
  type LogLines,
  type LoggedRequest,
  REQUESTS_MAX,
  SECTOR_BYTES,
  readLines,
  wholeSectors,
} from './guest-log.ts';

export { LogError };

const KINDS: Readonly<Record<string, GuestKind>> = { Read: 'read', Write: 'write', Zero: 'zero', Trim: 'discard', Flush: 'flush' };

/** Anchored, and no part can match what the next begins with, so that a line is read once. Other lines are no I/O. */
const EVENT = /^\S+ \S+ connection=(\d+) (\.\.\.)?(Connect|Read|Write|Zero|Trim|Flush)(?= |$)(.*)$/s;
const HEXADECIMAL = /^0x[0-9a-f]+$/i;
const INTEGER = /^-?\d+$/;

interface Begun extends LoggedRequest {
  /** Infinity: not answered yet. */
  end: number;
  hasFailed: boolean;
}

/**
 * Reads the log of one disk; several connections to it may overlap. A request that was answered
 * with an error is taken to have had no effect and is left out, and so is a trim that covers no
 * sector whole.
 * @param name how error messages call the log
 * @throws LogError if it is empty, not such a log, malformed, without any request, or beyond the limits of guest-log.ts
 */
export function parseNbdkitLog(text: string, name: string): GuestLog {
  const log = new NbdkitLog(name);
  if (text.trim() === '') log.fail('an empty file', "a log of nbdkit's log filter");
  return readLines(text, log);
}

export class NbdkitLog implements LogLines {
  readonly #name: string;
  readonly #requestsMax: number;
  #line = 0;
  #cutLine: number | null = null;
  #diskBytes: number | null = null;
  readonly #begun: Begun[] = [];
  /** By connection and title. */
  readonly #inFlight = new Map<string, Begun>();
  #busiest = { inFlight: 0, line: 0 };

  /** @param requestsMax a log of more is refused */
  constructor(name: string, requestsMax = REQUESTS_MAX) {
    this.#name = name;
    this.#requestsMax = requestsMax;
  }

  read(line: string, isWhole: boolean): void {
    this.#line++;
    if (!isWhole) {
      this.#cutLine = this.#line;
      return;
    }
    const event = EVENT.exec(line);
    if (event === null) return;
    const [, connection = '', dots, verb = '', attributes = ''] = event;
    if (verb === 'Connect') return this.#connect(attributes);
    const title = `${verb} id=${this.#id(verb, attributes)}`;
    const key = `${connection} ${title}`;
    if (dots === undefined) this.#begin(key, title, KINDS[verb]!, attributes);
    else this.#answer(key, title, attributes);
  }

  finish(): GuestLog {
    if (this.#diskBytes === null)
      this.fail('no Connect line in the whole file', "a log of nbdkit's log filter, which names the disk's size in such a line", 1);
    if (this.#busiest.inFlight > IN_FLIGHT_MAX)
      this.fail(`${this.#busiest.inFlight} requests in flight at a time`, `at most ${IN_FLIGHT_MAX}`, this.#busiest.line);
    const afterAll = this.#line + 1;
    const requests = this.#begun.flatMap(({ kind, first, count, begin, end, hasFailed }) =>
      hasFailed || (kind !== 'flush' && count === 0) ? [] : [{ kind, first, count, begin, end: Math.min(end, afterAll) }],
    );
    if (requests.length === 0) this.fail('no request that took effect', 'at least one read, write, zero, trim or flush');
    const unanswered = requests.filter(({ end }) => end === afterAll).length;
    return { sectors: Math.ceil(this.#diskBytes / SECTOR_BYTES), requests, unanswered, cutLine: this.#cutLine };
  }

  fail(found: string, expected: string, line = Math.max(1, this.#line)): never {
    throw new LogError(this.#name, line, `found ${found}, expected ${expected}`);
  }

  #connect(attributes: string): void {
    const bytes = this.#bytes('Connect', attributes, 'size');
    if (bytes < 1 || bytes > DISK_BYTES_MAX) this.fail(`a disk of ${bytes} bytes`, `1 byte to ${DISK_MAX_IN_WORDS}`);
    if (this.#diskBytes !== null && this.#diskBytes !== bytes)
      this.fail(`a disk of ${bytes} bytes`, `${this.#diskBytes} bytes, as connected before: one log is of one disk`);
    this.#diskBytes = bytes;
  }

  #begin(key: string, title: string, kind: GuestKind, attributes: string): void {
    if (this.#begun.length === this.#requestsMax) this.fail(`more than ${this.#requestsMax} requests`, 'no more than that');
    if (this.#inFlight.has(key)) this.fail(`${title} for the second time`, 'the answer to the first before it');
    const begun: Begun = { kind, ...this.#range(title, kind, attributes), begin: this.#line, end: Infinity, hasFailed: false };
    this.#begun.push(begun);
    this.#inFlight.set(key, begun);
    if (this.#inFlight.size > this.#busiest.inFlight) this.#busiest = { inFlight: this.#inFlight.size, line: this.#line };
  }

  #range(title: string, kind: GuestKind, attributes: string): { first: number; count: number } {
    const disk =
      this.#diskBytes ??
      this.fail(`${title} before any Connect line`, "a Connect line with the disk's size first, as nbdkit's log filter writes it");
    if (kind === 'flush') return { first: 0, count: 0 };
    const offset = this.#bytes(title, attributes, 'offset');
    const count = this.#bytes(title, attributes, 'count');
    if (count === 0) this.fail(`${title} with count=0x0`, 'a count of at least 1 byte');
    if (offset + count > disk) this.fail(`${title} up to byte ${offset + count}`, `an end within the disk's ${disk} bytes`);
    return wholeSectors(kind, offset, count);
  }

  #answer(key: string, title: string, attributes: string): void {
    const begun = this.#inFlight.get(key) ?? this.fail(`an answer to ${title}`, 'that request further up');
    const result = attribute(attributes, 'return');
    if (result === null || !INTEGER.test(result))
      this.fail(`an answer to ${title} ${excerpt('return', result)}`, 'a whole number, such as return=0');
    this.#inFlight.delete(key);
    begun.end = this.#line;
    begun.hasFailed = Number(result) !== 0;
  }

  #id(verb: string, attributes: string): string {
    const id = attribute(attributes, 'id');
    if (id === null || !INTEGER.test(id)) this.fail(`${verb} ${excerpt('id', id)}`, "the request's number, such as id=7");
    return id;
  }

  #bytes(title: string, attributes: string, key: string): number {
    const value = attribute(attributes, key);
    if (value === null || !HEXADECIMAL.test(value))
      this.fail(`${title} ${excerpt(key, value)}`, `bytes in hexadecimal, such as ${key}=0x1000`);
    return Number(value);
  }
}

/** The value of ` key=value`; the last one, for an export's name, which a client chooses, comes before all else. */
function attribute(attributes: string, key: string): string | null {
  const at = attributes.lastIndexOf(` ${key}=`);
  if (at === -1) return null;
  const first = at + key.length + 2;
  const end = attributes.indexOf(' ', first);
  return attributes.slice(first, end === -1 ? undefined : end);
}

/** What was found for a key, short enough for a message. */
function excerpt(key: string, value: string | null): string {
  if (value === null) return `without ${key}=`;
  return `with ${key}=${value.length > 40 ? `${value.slice(0, 40)}...` : value}`;
}
