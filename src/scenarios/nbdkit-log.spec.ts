import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type GuestLog, IN_FLIGHT_MAX } from './guest-log.ts';
import { LogError, NbdkitLog, parseNbdkitLog } from './nbdkit-log.ts';

const REAL = readFileSync(new URL('../../examples/workloads/ext4-sqlite.nbdkit.log', import.meta.url), 'utf8');

/** A log as nbdkit would write it, of events such as `Read id=1 offset=0x0 count=0x200 ...`. */
const logOf = (...events: readonly string[]): string =>
  events.map((event) => `2026-11-23 04:25:14.000000 connection=1 ${event}\n`).join('');
const CONNECT = 'Connect export="" tls=0 size=0x10000 minsize=0x0 prefsize=0x0 maxsize=0x0 write=1';
const parse = (...events: readonly string[]): GuestLog => parseNbdkitLog(logOf(CONNECT, ...events), 'a.log');

/** The one line that a refused log is answered with. */
function refusal(text: string): string {
  try {
    parseNbdkitLog(text, 'a.log');
  } catch (error) {
    if (!(error instanceof LogError)) throw error;
    expect(error.message).not.toContain('\n');
    return error.message;
  }
  throw new Error('the log was not refused');
}

describe('parseNbdkitLog', () => {
  it('reads what the guest asked for, in sectors, with the lines at which it began and ended', () => {
    const log = parse(
      'Read id=1 offset=0x0 count=0x400 ...',
      'Write id=2 offset=0x200 count=0x200 fua=1 ...',
      '...Write id=2 return=0',
      '...Read id=1 return=0',
      'Flush id=3 ...',
      '...Flush id=3 return=0',
    );
    expect(log).toEqual({
      sectors: 128,
      requests: [
        { kind: 'read', first: 0, count: 2, begin: 2, end: 5 },
        { kind: 'write', first: 1, count: 1, begin: 3, end: 4 },
        { kind: 'flush', first: 0, count: 0, begin: 6, end: 7 },
      ],
      unanswered: 0,
      cutLine: null,
    });
  });

  it('reads the log of a real guest', () => {
    const { sectors, requests, unanswered, cutLine } = parseNbdkitLog(REAL, 'ext4-sqlite.nbdkit.log');
    expect([unanswered, cutLine]).toEqual([0, null]);
    expect(sectors * 512).toBe(32 * 1024 * 1024);
    const count = (kind: string): number => requests.filter((r) => r.kind === kind).length;
    expect(requests).toHaveLength(492);
    expect(['read', 'write', 'zero', 'discard', 'flush'].map(count)).toEqual([124, 209, 4, 40, 115]);
    expect(busiest(requests)).toBe(7);
    expect(requests.every((r, i) => r.begin < r.end && (i === 0 || requests[i - 1]!.begin < r.begin))).toBe(true);
  });

  it('skips what is no I/O', () => {
    const log = parse(
      'Cache id=1 offset=0x0 count=0x200 ...',
      'Extents id=2 offset=0x0 count=0x200 req_one=1 ...',
      '...Extents id=2 extents=(0x0 0x200 "") return=0',
      '...Cache id=1 return=0',
      'Flush id=3 ...',
      '...Flush id=3 return=0',
      'Disconnect transactions=3',
    );
    expect(log.requests.map((r) => r.kind)).toEqual(['flush']);
    expect(
      parseNbdkitLog(
        `2026-11-23 04:25:14 Ready thread_model=3\nsomething else\n\n${logOf(CONNECT, 'Flush id=1 ...', '...Flush id=1 return=0')}`,
        'a.log',
      ).requests,
    ).toHaveLength(1);
  });

  it('leaves out requests that were answered with an error', () => {
    const log = parse(
      'Write id=1 offset=0x0 count=0x200 fua=0 ...',
      '...Write id=1 return=-1 error=EIO',
      'Read id=2 offset=0x0 count=0x200 ...',
      '...Read id=2 return=0',
    );
    expect(log.requests.map((r) => r.kind)).toEqual(['read']);
  });

  it('reads the answers of old releases, and lines that end as on Windows', () => {
    const text = logOf('Connect size=0x10000 write=1', 'Read id=1 offset=0x0 count=0x200 ...', '...Read id=1 return=0 (Success)');
    expect(parseNbdkitLog(text.replaceAll('\n', '\r\n'), 'a.log').requests).toHaveLength(1);
  });

  it('widens reads and writes to whole sectors, narrows trims, and drops trims of nothing', () => {
    const log = parse(
      'Write id=1 offset=0x1 count=0x200 fua=0 ...',
      '...Write id=1 return=0',
      'Trim id=2 offset=0x1 count=0x500 fua=0 ...',
      '...Trim id=2 return=0',
      'Trim id=3 offset=0x1 count=0x300 fua=0 ...',
      '...Trim id=3 return=0',
    );
    expect(log.requests.map(({ kind, first, count }) => [kind, first, count])).toEqual([
      ['write', 0, 2],
      ['discard', 1, 1],
    ]);
  });

  it('tells connections apart', () => {
    const on = (connection: number, event: string): string => logOf(event).replace('connection=1', `connection=${connection}`);
    const log = parseNbdkitLog(
      on(1, CONNECT) +
        on(2, CONNECT) +
        on(1, 'Flush id=1 ...') +
        on(2, 'Flush id=1 ...') +
        on(2, '...Flush id=1 return=0') +
        on(1, '...Flush id=1 return=0'),
      'a.log',
    );
    expect(log.requests.map(({ begin, end }) => [begin, end])).toEqual([
      [3, 6],
      [4, 5],
    ]);
  });

  it('takes the size from nbdkit, not from the name of an export', () => {
    const log = parseNbdkitLog(
      logOf(CONNECT.replace('export=""', 'export="x size=0x200 y"'), 'Flush id=1 ...', '...Flush id=1 return=0'),
      'a.log',
    );
    expect(log.sectors).toBe(128);
  });

  it('counts a last sector that the disk fills in part', () => {
    expect(
      parseNbdkitLog(logOf('Connect size=0x201', 'Read id=1 offset=0x200 count=0x1 ...', '...Read id=1 return=0'), 'a.log'),
    ).toMatchObject({ sectors: 2, requests: [{ first: 1, count: 1 }] });
  });
});

describe('a log that is cut off', () => {
  const write = 'Write id=1 offset=0x0 count=0x200 fua=0 ...';
  const read = 'Read id=2 offset=0x0 count=0x200 ...';

  it('has requests without an answer, which end with it', () => {
    const log = parse(write, read, '...Read id=2 return=0');
    expect(log.requests).toEqual([
      { kind: 'write', first: 0, count: 1, begin: 2, end: 5 },
      { kind: 'read', first: 0, count: 1, begin: 3, end: 4 },
    ]);
    expect([log.unanswered, log.cutLine]).toEqual([1, null]);
  });

  it('in the middle of a line loses that line, however much of it is there', () => {
    const whole = logOf(CONNECT, write, read, '...Read id=2 return=0');
    for (let cut = 1; cut <= '...Read id=2 return=0\n'.length; cut++) {
      const log = parseNbdkitLog(whole.slice(0, -cut), 'a.log');
      expect([log.requests.length, log.unanswered, log.cutLine]).toEqual([2, 2, 4]);
    }
    expect(parseNbdkitLog(`${whole}  `, 'a.log').cutLine).toBeNull();
  });

  it('is read wherever the log of a real guest is cut, once it has a request', () => {
    const firstRequest = REAL.indexOf('\n', REAL.indexOf('Read id='));
    for (let at = firstRequest + 1; at < REAL.length; at += 997) {
      const log = parseNbdkitLog(REAL.slice(0, at), 'a.log');
      expect(log.requests.length, `cut at ${at}`).toBeGreaterThan(0);
      expect(log.requests.every(({ begin, end }) => begin < end)).toBe(true);
      expect(log.cutLine === null).toBe(REAL[at - 1] === '\n');
    }
    expect(refusal(REAL.slice(0, firstRequest))).toContain('found no request that took effect');
  });
});

describe('a log that can not be used is refused in one line', () => {
  const read = 'Read id=1 offset=0x0 count=0x200 ...';
  const readDone = '...Read id=1 return=0';

  it.each([
    ['empty', '', "a.log:1: found an empty file, expected a log of nbdkit's log filter"],
    ['only blank', ' \n\n', "a.log:1: found an empty file, expected a log of nbdkit's log filter"],
    [
      'another format',
      'fio version 3 iolog\n20 d.img add\n',
      "a.log:1: found no Connect line in the whole file, expected a log of nbdkit's log filter, which names the disk's size in such a line",
    ],
    [
      'a Connect line without size',
      logOf('Connect export="" minsize=0x0'),
      'a.log:1: found Connect without size=, expected bytes in hexadecimal, such as size=0x1000',
    ],
    [
      'a request before Connect',
      logOf(read),
      "a.log:1: found Read id=1 before any Connect line, expected a Connect line with the disk's size first, as " +
        "nbdkit's log filter writes it",
    ],
    ['a disk of no size', logOf('Connect size=0x0'), 'a.log:1: found a disk of 0 bytes, expected 1 byte to 1125899906842624 bytes (1 PiB)'],
    [
      'a disk over 1 PiB',
      logOf('Connect size=0x4000000000001'),
      'a.log:1: found a disk of 1125899906842625 bytes, expected 1 byte to 1125899906842624 bytes (1 PiB)',
    ],
    [
      'two disks',
      logOf(CONNECT, 'Connect size=0x200'),
      'a.log:2: found a disk of 512 bytes, expected 65536 bytes, as connected before: one log is of one disk',
    ],
    [
      'past the end',
      logOf(CONNECT, 'Write id=4 offset=0xfe00 count=0x201 fua=0 ...'),
      "a.log:2: found Write id=4 up to byte 65537, expected an end within the disk's 65536 bytes",
    ],
    ['an answer to nobody', logOf(CONNECT, readDone), 'a.log:2: found an answer to Read id=1, expected that request further up'],
    [
      'a second answer',
      logOf(CONNECT, read, readDone, readDone),
      'a.log:4: found an answer to Read id=1, expected that request further up',
    ],
    [
      'an answer of another kind',
      logOf(CONNECT, read, '...Write id=1 return=0'),
      'a.log:3: found an answer to Write id=1, expected that request further up',
    ],
    [
      'the same request twice',
      logOf(CONNECT, read, read),
      'a.log:3: found Read id=1 for the second time, expected the answer to the first before it',
    ],
    ['no id', logOf(CONNECT, 'Flush ...'), "a.log:2: found Flush without id=, expected the request's number, such as id=7"],
    [
      'no offset',
      logOf(CONNECT, 'Read id=1 count=0x200 ...'),
      'a.log:2: found Read id=1 without offset=, expected bytes in hexadecimal, such as offset=0x1000',
    ],
    [
      'a negative offset',
      logOf(CONNECT, 'Read id=1 offset=-0x200 count=0x200 ...'),
      'a.log:2: found Read id=1 with offset=-0x200, expected bytes in hexadecimal, such as offset=0x1000',
    ],
    [
      'a count that is no number',
      logOf(CONNECT, 'Read id=1 offset=0x0 count=0x\u001b[2J ...'),
      'a.log:2: found Read id=1 with count=0x?[2J, expected bytes in hexadecimal, such as count=0x1000',
    ],
    [
      'a count of nothing',
      logOf(CONNECT, 'Read id=1 offset=0x0 count=0x0 ...'),
      'a.log:2: found Read id=1 with count=0x0, expected a count of at least 1 byte',
    ],
    [
      'an answer without a result',
      logOf(CONNECT, read, '...Read id=1'),
      'a.log:3: found an answer to Read id=1 without return=, expected a whole number, such as return=0',
    ],
    [
      'an answer that is no number',
      logOf(CONNECT, read, '...Read id=1 return=maybe'),
      'a.log:3: found an answer to Read id=1 with return=maybe, expected a whole number, such as return=0',
    ],
    [
      'nothing to do',
      logOf(CONNECT, 'Disconnect transactions=0'),
      'a.log:2: found no request that took effect, expected at least one read, write, zero, trim or flush',
    ],
  ])('%s', (_, text, message) => {
    expect(refusal(text)).toBe(message);
  });

  it('when an offset is larger than any number', () => {
    expect(refusal(logOf(CONNECT, `Read id=1 offset=0x${'f'.repeat(1000)} count=0x200 ...`))).toMatch(
      /^a\.log:2: found Read id=1 up to byte Infinity, /,
    );
  });

  it('when a field is a novel', () => {
    expect(refusal(logOf(CONNECT, `Read id=1 offset=${'x'.repeat(100_000)} count=0x200 ...`)).length).toBeLessThan(200);
  });

  it('with more requests than the limit', () => {
    const log = new NbdkitLog('a.log', 1_000);
    const tell = (event: string): void => log.read(logOf(event).trimEnd(), true);
    tell(CONNECT);
    for (let i = 0; i < 1_000; i++) for (const event of ['Flush id=1 ...', '...Flush id=1 return=0']) tell(event);
    expect(log.finish().requests).toHaveLength(1_000);
    expect(() => tell('Flush id=1 ...')).toThrow('a.log:2002: found more than 1000 requests, expected no more than that');
  });

  it('with more requests in flight than the limit', () => {
    const each = (line: (id: number) => string): string[] => Array.from({ length: IN_FLIGHT_MAX + 1 }, (_, i) => line(i + 1));
    const text = logOf(CONNECT, ...each((id) => `Flush id=${id} ...`), ...each((id) => `...Flush id=${id} return=0`));
    expect(refusal(text)).toBe('a.log:258: found 257 requests in flight at a time, expected at most 256');
  });

  it.each([
    ['a word', 'x'.repeat(4_000_000)],
    ['blanks', `x${' '.repeat(4_000_000)}x`],
    ['a connection', `a b connection=${'1'.repeat(4_000_000)}x`],
    ['attributes', `a b connection=1 Read${' offset='.repeat(500_000)}`],
    ['lines', '\n'.repeat(1_000_000) + 'x'],
  ])('in linear time: a long row of %s', (_, text) => {
    const started = performance.now();
    refusal(text);
    expect(performance.now() - started).toBeLessThan(20_000); // takes 0.1 s; in quadratic time it would be hours
  });
});

/** At most how many requests were in flight. */
function busiest(requests: GuestLog['requests']): number {
  return Math.max(...requests.map((r) => requests.filter((other) => other.begin <= r.begin && r.begin < other.end).length));
}
