/**
 * I/O logs of fio (`write_iolog=`), versions 2 and 3: one line when a request begins, none when it
 * ends. https://fio.readthedocs.io/en/latest/fio_doc.html, "Trace file format v2" and "v3":
 *
 *   fio version 3 iolog
 *   20 d.img add
 *   336 d.img open
 *   341 d.img write 503808 4096          timestamp filename action offset length
 *   377 d.img sync 0 0
 *   12527 d.img close
 *
 * Version 2 has no timestamps, and lines "filename wait microseconds 0" instead. fio reads a line
 * with sscanf and skips what it can't use (iolog.c, `read_iolog`); here that is an error, for half a
 * workload is another one. Only a last line without an end is left out: fio, or its machine, was killed while it wrote.
 *
 * What the log does not say, and what is made of it:
 *
 * Ends. fio logs a request just before it queues it (https://github.com/axboe/fio/issues/1561), so
 * the order of the lines is the order of the begins, and a timestamp tells nothing of an end. Each
 * request is taken to end as late as it can, just before the first later one that has to wait for it:
 *
 * - the one that comes IN_FLIGHT later: no guest keeps a request waiting for ever;
 * - one that overlaps it in some sector, unless both only read. A program that wants its data back
 *   does not ask for that, and "the logs being replayed don't have synchronization information"
 *   (https://github.com/axboe/fio/pull/343, serialize_overlap). Requests for different sectors of
 *   one cluster stay in flight together, and those are the ones whose copies meet;
 * - a sync, and for a sync all that comes after it. A flush is about what has been answered before
 *   it, and the program that asked for one wants it to be about all it had written. fio itself syncs
 *   "serialized with other io" (engines/libaio.c);
 * - what comes after the file has been opened again: fio closes it when its last request has ended
 *   (ioengines.c, `td_io_close_file`).
 *
 * The size of the disk. It is taken to end where the furthest request ends, rounded up to a whole
 * MiB, which disks of guests mostly are.
 */
import type { GuestKind } from '../../model/block/guest.ts';
import {
  DISK_BYTES_MAX,
  DISK_MAX_IN_WORDS,
  type GuestLog,
  LogError,
  type LogLines,
  type LoggedRequest,
  REQUESTS_MAX,
  SECTOR_BYTES,
  readLines,
  wholeSectors,
} from './guest-log.ts';

/**
 * The guest's queue depth, which no iolog tells (fio's own default, 1, would leave no two requests
 * to meet). The guest that examples/workloads/ext4-sqlite.nbdkit.log was recorded from had up to 7
 * requests in flight: 8 is as much as a small guest does, and all of it can fall on one cluster.
 */
export const IN_FLIGHT = 8;

const DISK_GRAIN_BYTES = 2 ** 20;

const FIRST_WORDS = 'fio version ';
const FIRST_LINE = /^fio version (\S+) iolog$/;
const BOTH_VERSIONS = '"fio version 2 iolog" or "fio version 3 iolog"';

type FileState = 'not added' | 'closed' | 'open';

/** What an action makes of a file that is in the one state in which it may be done. */
interface FileChange {
  readonly of: FileState;
  readonly makes: FileState;
}

const FILE_ACTIONS: ReadonlyMap<string, FileChange> = new Map([
  ['add', { of: 'not added', makes: 'closed' }],
  ['open', { of: 'closed', makes: 'open' }],
  ['close', { of: 'open', makes: 'closed' }],
]);

const KINDS: ReadonlyMap<string, GuestKind> = new Map([
  ['read', 'read'],
  ['write', 'write'],
  ['trim', 'discard'],
  ['sync', 'flush'],
  ['datasync', 'flush'],
]);

const FIELDS_MAX = 5;
const INTEGER = /^\d+$/;

/** Whether it claims to be one: then it should be read as one, and what is wrong be said in these terms. */
export function isFioIolog(text: string): boolean {
  return text.startsWith(FIRST_WORDS);
}

/**
 * Reads the log of one disk. A trim that covers no sector whole is left out.
 * @param name how error messages call the log
 * @throws LogError if it is empty, not such a log, malformed, of several files, without any request, or beyond
 * the limits of guest-log.ts
 */
export function parseFioIolog(text: string, name: string): GuestLog {
  const log = new FioIolog(name);
  if (text.trim() === '') log.fail('an empty file', `a fio iolog, which begins with ${BOTH_VERSIONS}`);
  return readLines(text, log);
}

export class FioIolog implements LogLines {
  readonly #name: string;
  readonly #requestsMax: number;
  #line = 0;
  #cutLine: number | null = null;
  #timestamps = false;
  #time = 0;
  #file = '';
  #fileState: FileState = 'not added';
  #furthest = 0;
  readonly #requests = new Requests();

  /** @param requestsMax a log of more is refused */
  constructor(name: string, requestsMax = REQUESTS_MAX) {
    this.#name = name;
    this.#requestsMax = requestsMax;
  }

  read(line: string, isWhole: boolean): void {
    this.#line++;
    if (this.#line === 1) return this.#firstLine(line);
    if (!isWhole) {
      this.#cutLine = this.#line;
      return;
    }
    if (line === '') return;
    if (line.startsWith(FIRST_WORDS))
      this.fail(
        'another first line',
        'one recording of one job: fio appends to an existing log, and with numjobs above 1 all jobs write to it',
      );
    const fields = line.trimStart().split(/[ \t]+/, FIELDS_MAX + 1);
    if (this.#timestamps) this.#passTime(fields.shift());
    this.#act(fields);
  }

  finish(): GuestLog {
    const requests = this.#requests.all();
    if (requests.length === 0) this.fail('no request', 'at least one read, write, sync, datasync, or trim of a whole sector');
    const grains = Math.max(1, Math.ceil(this.#furthest / DISK_GRAIN_BYTES));
    return { sectors: (grains * DISK_GRAIN_BYTES) / SECTOR_BYTES, requests, unanswered: 0, cutLine: this.#cutLine };
  }

  fail(found: string, expected: string): never {
    throw new LogError(this.#name, Math.max(1, this.#line), `found ${found}, expected ${expected}`);
  }

  #firstLine(line: string): void {
    const version = FIRST_LINE.exec(line)?.[1];
    if (version === undefined) this.fail(quoted(line), BOTH_VERSIONS);
    if (version !== '2' && version !== '3') this.fail(`a fio iolog of version ${excerpt(version)}`, 'version 2 or 3');
    this.#timestamps = version === '3';
  }

  /** fio writes microseconds, other tools milliseconds, and its HOWTO names no unit: they only have to be in order. */
  #passTime(timestamp = ''): void {
    if (!INTEGER.test(timestamp)) this.fail(`timestamp ${quoted(timestamp)}`, 'a whole number');
    const time = Number(timestamp);
    if (time < this.#time) this.fail(`timestamp ${excerpt(timestamp)} after ${this.#time}`, 'lines in the order of time');
    this.#time = time;
  }

  #act(fields: readonly string[]): void {
    const [, action = ''] = fields;
    const kind = KINDS.get(action);
    const change = FILE_ACTIONS.get(action);
    if (kind !== undefined) this.#request(kind, fields);
    else if (change !== undefined) this.#changeFile(change, fields);
    else if (action === 'wait' && !this.#timestamps) this.#range(fields);
    else
      this.fail(
        action === '' ? 'a line without an action' : `action ${quoted(action)}`,
        `one of ${this.#actions()}, after a file name without spaces`,
      );
  }

  #actions(): string {
    return [...FILE_ACTIONS.keys(), ...KINDS.keys(), ...(this.#timestamps ? [] : ['wait'])].join(', ');
  }

  #changeFile({ of, makes }: FileChange, fields: readonly string[]): void {
    this.#checkFields(fields);
    this.#checkFile(fields, of);
    this.#file = fields[0]!;
    this.#fileState = makes;
    if (makes === 'open') this.#requests.endAll();
  }

  #request(kind: GuestKind, fields: readonly string[]): void {
    const { offset, length } = this.#range(fields);
    this.#checkFile(fields, 'open');
    if (this.#requests.count === this.#requestsMax) this.fail(`more than ${this.#requestsMax} requests`, 'no more than that');
    if (kind === 'flush') return this.#requests.begin(kind, 0, 0); // fsync(2) takes no range, whatever stands there
    const end = offset + length;
    if (length === 0) this.fail(`${fields[1]} of length 0`, 'a length of at least 1 byte'); // nor does fio do it (io_u.c, `get_io_u`)
    if (end > DISK_BYTES_MAX) this.fail(`${fields[1]} up to byte ${end}`, `an end within ${DISK_MAX_IN_WORDS}`);
    this.#furthest = Math.max(this.#furthest, end);
    const { first, count } = wholeSectors(kind, offset, length);
    if (count > 0) this.#requests.begin(kind, first, count);
  }

  #range(fields: readonly string[]): { offset: number; length: number } {
    this.#checkFields(fields, 'offset', 'length');
    return { offset: this.#integer(fields, 2, 'offset'), length: this.#integer(fields, 3, 'length') };
  }

  #integer(fields: readonly string[], at: number, what: string): number {
    const value = fields[at]!;
    if (!INTEGER.test(value)) this.fail(`${fields[1]} with ${what} ${quoted(value)}`, 'a whole number');
    return Number(value);
  }

  /** @param after the fields that come after the action */
  #checkFields(fields: readonly string[], ...after: readonly string[]): void {
    const expected = 2 + after.length;
    if (fields.length === expected) return;
    const form = [...(this.#timestamps ? ['timestamp'] : []), 'filename', fields[1], ...after].join(' ');
    this.fail(`${fields[1]} with too ${fields.length < expected ? 'few' : 'many'} fields`, `"${form}"`);
  }

  #checkFile([file = '', action]: readonly string[], state: FileState): void {
    if (this.#fileState !== 'not added' && file !== this.#file)
      this.fail(`a second file, ${quoted(file)}`, `only ${quoted(this.#file)}: one log is of one disk`);
    if (this.#fileState !== state) this.fail(`${action} of a file that is ${this.#fileState}`, `one that is ${state}`);
  }
}

interface Begun extends LoggedRequest {
  /** Infinity while it is in flight. */
  end: number;
}

/** The requests, in the order of their begin, with the ends that the log does not have (see the top of this file). */
class Requests {
  readonly #begun: Begun[] = [];
  #inFlight: readonly Begun[] = [];

  get count(): number {
    return this.#begun.length;
  }

  begin(kind: GuestKind, first: number, count: number): void {
    const request = { kind, first, count, begin: 2 * this.count, end: Infinity };
    this.#endThose((earlier) => waitsFor(request, earlier));
    this.#begun.push(request);
    this.#inFlight = [...this.#inFlight, request];
  }

  endAll(): void {
    this.#endThose(() => true);
  }

  all(): readonly LoggedRequest[] {
    this.endAll();
    return this.#begun;
  }

  /** Begins are even, ends odd: those that end here do so after the last begin and before the next. */
  #endThose(which: (request: Begun) => boolean): void {
    for (const request of this.#inFlight) if (which(request)) request.end = 2 * this.count - 1;
    this.#inFlight = this.#inFlight.filter(({ end }) => end === Infinity);
  }
}

function waitsFor(later: LoggedRequest, earlier: LoggedRequest): boolean {
  if (later.begin - earlier.begin >= 2 * IN_FLIGHT) return true;
  if (later.kind === 'flush' || earlier.kind === 'flush') return true;
  if (later.kind === 'read' && earlier.kind === 'read') return false;
  return later.first < earlier.first + earlier.count && earlier.first < later.first + later.count;
}

function quoted(text: string): string {
  return `"${excerpt(text)}"`;
}

/** Short enough for a message. */
function excerpt(text: string): string {
  return text.length > 40 ? `${text.slice(0, 40)}...` : text;
}
