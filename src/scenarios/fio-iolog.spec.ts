import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sized } from '../../tools/nightly/testing.ts';
import type { GuestKind } from '../../model/block/guest.ts';
import { FioIolog, IN_FLIGHT, isFioIolog, parseFioIolog } from './fio-iolog.ts';
import { type GuestLog, LogError, type LoggedRequest, immediatePredecessors } from './guest-log.ts';
import { burstsOf } from './bursts.ts';
import { CLUSTER_SECTORS } from './kept-clusters.ts';

const REAL = readFileSync(new URL('../../examples/workloads/oltp.fio.iolog', import.meta.url), 'utf8');

/** A log as fio would write it, of actions such as `read 0 4096`. */
const logOf = (...actions: readonly string[]): string =>
  ['fio version 3 iolog', ...actions.map((action, i) => `${10 * i} d.img ${action}`), ''].join('\n');
const oldLogOf = (...actions: readonly string[]): string =>
  ['fio version 2 iolog', ...actions.map((action) => `d.img ${action}`), ''].join('\n');
const parse = (...actions: readonly string[]): GuestLog => parseFioIolog(logOf('add', 'open', ...actions), 'a.iolog');

/** The one line that a refused log is answered with. */
function refusal(text: string): string {
  try {
    parseFioIolog(text, 'a.iolog');
  } catch (error) {
    if (!(error instanceof LogError)) throw error;
    expect(error.message).not.toContain('\n');
    return error.message;
  }
  throw new Error('the log was not refused');
}

/** What each request waited for, as the scenarios have it. */
const waits = (...actions: readonly string[]): number[][] => immediatePredecessors(parse(...actions).requests);

describe('parseFioIolog', () => {
  it('reads what the guest asked for, in sectors, each in flight until a later one had to wait for it', () => {
    const log = parse('write 0 4096', 'write 4096 4096', 'write 0 512', 'datasync 0 0', 'read 8192 1024', 'close');
    expect(log).toEqual({
      sectors: 2048, // 1 MiB
      requests: [
        { kind: 'write', first: 0, count: 8, begin: 0, end: 3 }, // the third overlaps it
        { kind: 'write', first: 8, count: 8, begin: 2, end: 5 },
        { kind: 'write', first: 0, count: 1, begin: 4, end: 5 },
        { kind: 'flush', first: 0, count: 0, begin: 6, end: 7 },
        { kind: 'read', first: 16, count: 2, begin: 8, end: 9 },
      ],
      unanswered: 0,
      cutLine: null,
    });
  });

  it('reads the log of a database', () => {
    const log = parseFioIolog(REAL, 'oltp.fio.iolog');
    expect(log.sectors * 512).toBe(8 * 1024 * 1024);
    const count = (kind: string): number => log.requests.filter((r) => r.kind === kind).length;
    expect(log.requests).toHaveLength(400);
    expect(['read', 'write', 'zero', 'discard', 'flush'].map(count)).toEqual([123, 277, 0, 0, 0]);
    expect(busiest(log)).toBe(IN_FLIGHT);
    expect(log.requests.every((r, i) => r.begin < r.end && (i === 0 || log.requests[i - 1]!.begin < r.begin))).toBe(true);
  });

  it('finds bursts in it: writes of one backup cluster that are in flight together', () => {
    const log = parseFioIolog(REAL, 'oltp.fio.iolog');
    const bursts = burstsOf(log.requests, CLUSTER_SECTORS);
    expect(bursts).toHaveLength(14);
    expect(bursts.every((i) => log.requests[i]!.kind === 'write')).toBe(true);
  });

  it('reads version 2, in which waits take the place of timestamps', () => {
    const actions = ['add', 'open', 'write 0 4096', 'sync 0 0', 'trim 4096 4096', 'close'];
    const waiting = actions.flatMap((action) => (action === 'sync 0 0' ? ['wait 12000 0', action] : [action]));
    expect(parseFioIolog(oldLogOf(...waiting), 'a.iolog')).toEqual(parseFioIolog(logOf(...actions), 'a.iolog'));
  });

  it('reads each action as the request that a disk would get', () => {
    const kinds = parse('read 0 512', 'write 0 512', 'trim 0 512', 'sync 0 0', 'datasync 0 0').requests.map((r) => r.kind);
    expect(kinds).toEqual(['read', 'write', 'discard', 'flush', 'flush']);
  });

  it('takes the disk to end at the whole MiB after the furthest request', () => {
    expect(parse('read 0 1').sectors).toBe(2048);
    expect(parse('write 1048064 512', 'read 0 512').sectors).toBe(2048);
    expect(parse('write 0 512', 'trim 1048576 1').sectors).toBe(4096);
    expect(parse('sync 1048576 4096').sectors).toBe(2048);
    expect(parse('read 1073741312 512').sectors).toBe(2 ** 21);
  });

  it('widens reads and writes to whole sectors, narrows trims, and drops trims of nothing', () => {
    const log = parse('write 1 512', 'trim 1 1280', 'trim 1 768');
    expect(log.requests.map(({ kind, first, count }) => [kind, first, count])).toEqual([
      ['write', 0, 2],
      ['discard', 1, 1],
    ]);
  });

  it('does not mind blank lines, blanks in lines, and lines that end as on Windows', () => {
    const text = logOf('add', 'open', 'write 0 512')
      .replaceAll(' d.img ', '  d.img\t')
      .replaceAll('\n', ' \r\n\r\n')
      .replaceAll('\n0', '\n  0');
    expect(parseFioIolog(text, 'a.iolog').requests).toHaveLength(1);
  });
});

describe('requests in flight', () => {
  const apart = (n: number): string[] => Array.from({ length: n }, (_, i) => `write ${4096 * i} 4096`);

  it('are at most so many', () => {
    const requests = waits(...apart(IN_FLIGHT + 2));
    expect(requests.slice(0, IN_FLIGHT).flat()).toEqual([]);
    expect(requests.slice(IN_FLIGHT)).toEqual([[0], [0, 1]]);
  });

  it('share no sector, unless they only read it', () => {
    expect(waits('write 0 1024', 'write 512 1024')).toEqual([[], [0]]);
    expect(waits('write 0 1024', 'read 512 1024')).toEqual([[], [0]]);
    expect(waits('read 0 1024', 'trim 512 1024')).toEqual([[], [0]]);
    expect(waits('read 0 1024', 'read 512 1024')).toEqual([[], []]);
    expect(waits('write 0 100', 'write 100 100')).toEqual([[], [0]]);
  });

  it('may well share a backup cluster', () => {
    expect(waits('write 0 512', 'write 512 512', 'trim 1024 512')).toEqual([[], [], []]);
    expect(burstsOf(parse('write 0 512', 'write 512 512').requests, CLUSTER_SECTORS)).toEqual([0]);
  });

  it('have all ended before a sync, and it before those that come after', () => {
    expect(waits('write 0 512', 'read 512 512', 'sync 0 0', 'write 1024 512', 'write 1536 512')).toEqual([[], [], [0, 1], [2], [2]]);
    expect(waits('sync 0 0', 'datasync 0 0')).toEqual([[], [0]]);
  });

  it('have all ended before the file is opened again', () => {
    expect(waits('write 0 512', 'write 512 512', 'close', 'open', 'read 1024 512')).toEqual([[], [], [0, 1]]);
  });

  it('do not wait for timestamps', () => {
    expect(waits('write 0 512', 'write 512 512').flat()).toEqual([]);
    const later = logOf('add', 'open', 'write 0 512').concat('99000000 d.img write 512 512\n');
    expect(immediatePredecessors(parseFioIolog(later, 'a.iolog').requests).flat()).toEqual([]);
  });
});

describe('a log that can not be used is refused in one line', () => {
  const ACTIONS = 'add, open, close, read, write, trim, sync, datasync';
  const opened = ['add', 'open'] as const;

  it.each([
    ['empty', '', 'a.iolog:1: found an empty file, expected a fio iolog, which begins with "fio version 2 iolog" or "fio version 3 iolog"'],
    [
      'only blank',
      ' \n\n',
      'a.iolog:1: found an empty file, expected a fio iolog, which begins with "fio version 2 iolog" or "fio version 3 iolog"',
    ],
    [
      'another format',
      'connection=1 Connect\n',
      'a.iolog:1: found "connection=1 Connect", expected "fio version 2 iolog" or "fio version 3 iolog"',
    ],
    ['a first line cut off', 'fio version 3', 'a.iolog:1: found "fio version 3", expected "fio version 2 iolog" or "fio version 3 iolog"'],
    ['version 1', 'fio version 1 iolog\n', 'a.iolog:1: found a fio iolog of version 1, expected version 2 or 3'],
    ['version 4', 'fio version 4 iolog\n', 'a.iolog:1: found a fio iolog of version 4, expected version 2 or 3'],
    [
      'two recordings',
      logOf(...opened, 'read 0 512') + logOf(...opened),
      'a.iolog:5: found another first line, expected one recording of one job: fio appends to an existing log, ' +
        'and with numjobs above 1 all jobs write to it',
    ],
    [
      'two recordings, version 2',
      oldLogOf(...opened) + oldLogOf(...opened),
      'a.iolog:4: found another first line, expected one recording of one job: fio appends to an existing log, ' +
        'and with numjobs above 1 all jobs write to it',
    ],
    [
      'an unknown action',
      logOf(...opened, 'sync_file_range 0 512'),
      `a.iolog:4: found action "sync_file_range", expected one of ${ACTIONS}, after a file name without spaces`,
    ],
    [
      'an action that only objects have',
      logOf(...opened, 'constructor 0 512'),
      `a.iolog:4: found action "constructor", expected one of ${ACTIONS}, after a file name without spaces`,
    ],
    [
      'an unknown action, version 2',
      oldLogOf('erase'),
      `a.iolog:2: found action "erase", expected one of ${ACTIONS}, wait, after a file name without spaces`,
    ],
    [
      'a wait in version 3',
      logOf(...opened, 'wait 100 0'),
      `a.iolog:4: found action "wait", expected one of ${ACTIONS}, after a file name without spaces`,
    ],
    [
      'a file name with a space',
      'fio version 3 iolog\n0 my disk.img add\n',
      `a.iolog:2: found action "disk.img", expected one of ${ACTIONS}, after a file name without spaces`,
    ],
    ['no action', logOf(''), `a.iolog:2: found a line without an action, expected one of ${ACTIONS}, after a file name without spaces`],
    [
      'nothing but a timestamp',
      'fio version 3 iolog\n0\n',
      `a.iolog:2: found a line without an action, expected one of ${ACTIONS}, after a file name without spaces`,
    ],
    [
      'no length',
      logOf(...opened, 'read 0'),
      'a.iolog:4: found read with too few fields, expected "timestamp filename read offset length"',
    ],
    ['no offset', oldLogOf(...opened, 'write'), 'a.iolog:4: found write with too few fields, expected "filename write offset length"'],
    [
      'a sync without a range',
      logOf(...opened, 'sync'),
      'a.iolog:4: found sync with too few fields, expected "timestamp filename sync offset length"',
    ],
    [
      'a field too many',
      logOf(...opened, 'read 0 512 1'),
      'a.iolog:4: found read with too many fields, expected "timestamp filename read offset length"',
    ],
    ['an open with a range', logOf('add', 'open 0 0'), 'a.iolog:3: found open with too many fields, expected "timestamp filename open"'],
    [
      'a wait without microseconds',
      oldLogOf(...opened, 'wait'),
      'a.iolog:4: found wait with too few fields, expected "filename wait offset length"',
    ],
    ['a wait for ever', oldLogOf(...opened, 'wait ever 0'), 'a.iolog:4: found wait with offset "ever", expected a whole number'],
    ['no timestamp', logOf('add').replace('0 ', ''), 'a.iolog:2: found timestamp "d.img", expected a whole number'],
    [
      'a timestamp that is no whole number',
      logOf('add').replace('0 ', '0.5 '),
      'a.iolog:2: found timestamp "0.5", expected a whole number',
    ],
    [
      'time that runs backwards',
      logOf('add', 'open').replace('10 ', '7 ').concat('6 d.img read 0 512\n'),
      'a.iolog:4: found timestamp 6 after 7, expected lines in the order of time',
    ],
    ['a negative offset', logOf(...opened, 'read -512 512'), 'a.iolog:4: found read with offset "-512", expected a whole number'],
    [
      'a length that is no number',
      logOf(...opened, 'trim 0 \u001b[2J'),
      'a.iolog:4: found trim with length "?[2J", expected a whole number',
    ],
    ['a length in hexadecimal', logOf(...opened, 'write 0 0x200'), 'a.iolog:4: found write with length "0x200", expected a whole number'],
    ['a length of nothing', logOf(...opened, 'write 0 0'), 'a.iolog:4: found write of length 0, expected a length of at least 1 byte'],
    [
      'past 1 PiB',
      logOf(...opened, 'write 1125899906842112 513'),
      'a.iolog:4: found write up to byte 1125899906842625, expected an end within 1125899906842624 bytes (1 PiB)',
    ],
    [
      'two files',
      logOf('add').concat('0 e.img add\n'),
      'a.iolog:3: found a second file, "e.img", expected only "d.img": one log is of one disk',
    ],
    [
      'a request to another file',
      logOf(...opened).concat('10 e.img read 0 512\n'),
      'a.iolog:4: found a second file, "e.img", expected only "d.img": one log is of one disk',
    ],
    ['a request before all', logOf('read 0 512'), 'a.iolog:2: found read of a file that is not added, expected one that is open'],
    [
      'a request before the file is open',
      logOf('add', 'sync 0 0'),
      'a.iolog:3: found sync of a file that is closed, expected one that is open',
    ],
    [
      'a request after the file is closed',
      logOf(...opened, 'close', 'trim 0 512'),
      'a.iolog:5: found trim of a file that is closed, expected one that is open',
    ],
    ['an open before the file is added', logOf('open'), 'a.iolog:2: found open of a file that is not added, expected one that is closed'],
    ['a second open', logOf(...opened, 'open'), 'a.iolog:4: found open of a file that is open, expected one that is closed'],
    ['a second add', logOf(...opened, 'add'), 'a.iolog:4: found add of a file that is open, expected one that is not added'],
    ['a close of what is closed', logOf('add', 'close'), 'a.iolog:3: found close of a file that is closed, expected one that is open'],
    [
      'cut off in its first request',
      logOf(...opened, 'write 0 4096').slice(0, -2),
      'a.iolog:4: found no request, expected at least one read, write, sync, datasync, or trim of a whole sector',
    ],
    [
      'nothing to do',
      logOf(...opened, 'close'),
      'a.iolog:4: found no request, expected at least one read, write, sync, datasync, or trim of a whole sector',
    ],
    [
      'a trim of nothing',
      logOf(...opened, 'trim 1 512'),
      'a.iolog:4: found no request, expected at least one read, write, sync, datasync, or trim of a whole sector',
    ],
    [
      'only a first line',
      'fio version 3 iolog',
      'a.iolog:1: found no request, expected at least one read, write, sync, datasync, or trim of a whole sector',
    ],
  ])('%s', (_, text, message) => {
    expect(refusal(text)).toBe(message);
  });

  it('when an offset is larger than any number', () => {
    expect(refusal(logOf(...opened, `read ${'9'.repeat(1000)} 512`))).toMatch(/^a\.iolog:4: found read up to byte Infinity, /);
  });

  it.each([
    ['version', `fio version ${'4'.repeat(100_000)} iolog\n`],
    ['timestamp', logOf('add').replace('0 ', `${'x'.repeat(100_000)} `)],
    [
      'timestamp in the past',
      logOf('add')
        .replace('0 ', `${'9'.repeat(1000)} `)
        .concat(`${'1'.repeat(300)} d.img open\n`),
    ],
    ['file name', logOf('add').concat(`0 ${'x'.repeat(100_000)} open\n`)],
    ['action', logOf('x'.repeat(100_000))],
    ['offset', logOf(...opened, `read ${'x'.repeat(100_000)} 512`)],
  ])('when the %s is a novel', (_, text) => {
    expect(refusal(text).length).toBeLessThan(250);
  });

  it('unless the log of a database is cut behind its first request: then a line that is cut is left out', () => {
    const firstRequest = REAL.indexOf('\n', REAL.indexOf('write'));
    for (let at = 0; at < REAL.length; at += 13) {
      const text = REAL.slice(0, at);
      if (at <= firstRequest) expect(refusal(text), `cut at ${at}`).toMatch(/^a\.iolog:\d+: found /);
      else {
        const log = parseFioIolog(text, 'a.iolog');
        expect([log.requests.length, log.cutLine]).toEqual([linesOf(text) - 3, REAL[at - 1] === '\n' ? null : linesOf(text) + 1]);
      }
    }
  });

  it('with more requests than the limit', () => {
    const log = new FioIolog('a.iolog', 1_000);
    for (const line of logOf(...opened)
      .trimEnd()
      .split('\n'))
      log.read(line, true);
    for (let i = 0; i < 1_000; i++) log.read('99 d.img sync 0 0', true);
    expect(log.finish().requests).toHaveLength(1_000);
    expect(() => log.read('99 d.img sync 0 0', true)).toThrow('a.iolog:1004: found more than 1000 requests, expected no more than that');
  });

  it.each([
    ['a word', 'x'.repeat(4_000_000)],
    ['a version', `fio version ${'2'.repeat(4_000_000)}`],
    ['blanks', `fio version 3 iolog\nx${' '.repeat(4_000_000)}x\n`],
    ['digits', `fio version 3 iolog\n${'1'.repeat(4_000_000)}x\n`],
    ['fields', `fio version 3 iolog\n${'1 '.repeat(2_000_000)}\n`],
    ['lines', `fio version 3 iolog${'\n'.repeat(1_000_000)}x\n`],
    ['waits', `fio version 2 iolog\n${'d.img wait 1 0\n'.repeat(300_000)}`],
  ])('in linear time: a long row of %s', (_, text) => {
    const started = performance.now();
    refusal(text);
    expect(performance.now() - started).toBeLessThan(20_000); // takes 0.1 s; in quadratic time it would be hours
  });
});

describe('any log', () => {
  const WORDS: Record<string, GuestKind> = { read: 'read', write: 'write', trim: 'discard', sync: 'flush', datasync: 'flush' };
  const request = fc.record({ word: fc.constantFrom(...Object.keys(WORDS)), first: fc.nat(40), count: fc.integer({ min: 1, max: 12 }) });

  it('is read as it was written, in both versions', () => {
    const property = fc.property(fc.array(request, { minLength: 1, maxLength: 40 }), fc.boolean(), (asked, old) => {
      const actions = ['add', 'open', ...asked.map(({ word, first, count }) => `${word} ${512 * first} ${512 * count}`), 'close'];
      const { requests } = parseFioIolog(old ? oldLogOf(...actions) : logOf(...actions), 'a.iolog');
      const expected = asked.map(({ word, first, count }) => (WORDS[word] === 'flush' ? ['flush', 0, 0] : [WORDS[word], first, count]));
      expect(requests.map(({ kind, first, count }) => [kind, first, count])).toEqual(expected);
    });
    fc.assert(property, { seed: 3, numRuns: 200 });
  });

  it('has each request end just before the first that must wait for it', () => {
    const property = fc.property(fc.array(request, { minLength: 1, maxLength: 40 }), (asked) => {
      const { requests } = parse(...asked.map(({ word, first, count }) => `${word} ${512 * first} ${512 * count}`));
      requests.forEach((earlier, i) => {
        const inFlight = requests.slice(i + 1).filter((later) => later.begin < earlier.end);
        const next = requests[i + 1 + inFlight.length];
        expect(inFlight.some((later) => mustWait(requests, later, earlier))).toBe(false);
        expect(next === undefined || mustWait(requests, next, earlier)).toBe(true);
      });
    });
    fc.assert(property, { seed: 4, numRuns: 200 });
  });

  it('is read or refused, whatever happened to it', () => {
    const words = fc.constantFrom(
      '',
      ' ',
      '\n',
      '\r\n',
      '0',
      '-1',
      '4096',
      '1073741825',
      'd.img',
      'e.img',
      'wait',
      'sync',
      'close',
      'open',
      'add',
      '\u0000',
      '\u2028',
      '\u001b[',
    );
    const inLines = fc.record({
      at: fc.nat(REAL.length),
      length: fc.nat(6),
      piece: fc.oneof(words, fc.string({ unit: 'binary', maxLength: 6 })),
    });
    const lineStart = fc.nat(REAL.length - 1).map((n) => REAL.lastIndexOf('\n', n) + 1);
    const ofLines = fc
      .tuple(lineStart, lineStart, fc.constantFrom('', '', '\n', 'fio version 2 iolog\n', '9999 d.img sync 0 0\n', '99999 d.img close\n'))
      .map(([at, to, piece]) => ({ at, length: Math.max(0, to - at), piece }));
    const damage = fc.oneof(inLines, ofLines);
    let refused = 0;
    let read = 0;
    const property = fc.property(fc.array(damage, { minLength: 1, maxLength: 3 }), (all) => {
      const text = all.reduce((so, { at, length, piece: put }) => so.slice(0, at) + put + so.slice(at + length), REAL);
      const log = readOrRefused(text);
      if (log === null) refused++;
      else read++;
      expect(log?.requests.every((r) => r.begin < r.end && r.first + r.count <= log.sectors)).not.toBe(false);
    });
    fc.assert(property, { seed: 5, numRuns: sized(200, 1_000) });
    expect(Math.min(refused, read)).toBeGreaterThan(20); // both happen
  });
});

describe('isFioIolog', () => {
  it('knows one by its first words, of whatever version', () => {
    expect(
      ['fio version 3 iolog\n', 'fio version 9', '', ' fio version 3 iolog', '2026-11-23 connection=1 fio version 3'].map(isFioIolog),
    ).toEqual([true, true, false, false, false]);
  });
});

/** By the definition, at the top of fio-iolog.ts. */
function mustWait(requests: readonly LoggedRequest[], later: LoggedRequest, earlier: LoggedRequest): boolean {
  const sectors = ({ first, count }: LoggedRequest): number[] => Array.from({ length: count }, (_, i) => first + i);
  const shared = sectors(later).some((s) => sectors(earlier).includes(s));
  const kinds = [later.kind, earlier.kind];
  return (
    requests.indexOf(later) - requests.indexOf(earlier) >= IN_FLIGHT ||
    kinds.includes('flush') ||
    (shared && kinds.some((kind) => kind !== 'read'))
  );
}

/** At most how many requests were in flight. */
function busiest({ requests }: GuestLog): number {
  return Math.max(...requests.map((r) => requests.filter((other) => other.begin <= r.begin && r.begin < other.end).length));
}

const linesOf = (text: string): number => text.split('\n').length - 1;

function readOrRefused(text: string): GuestLog | null {
  try {
    return parseFioIolog(text, 'a.iolog');
  } catch (error) {
    if (!(error instanceof LogError)) throw error;
    expect(error.message).toMatch(/^a\.iolog:\d+: found [^\n\r]+, expected [^\n\r]+$/);
    return null;
  }
}
