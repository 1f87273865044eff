import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { RULE_NAMES } from '../../../model/families/notifier/rules.ts';
import { readTrace } from '../../trace/read.ts';
import { jsonSchemaText } from '../../trace/json-schema.ts';
import { writeTraceFile } from '../../trace/write.ts';
import { FileError, readTextBlocks, readTextFile } from './text.ts';
import { keepTrace, loadTrace, saveTrace, removeTrace } from './traces.ts';
import { loadWorkload } from './workload.ts';

const TRACE_TEXT = readFileSync(new URL('../../trace/golden/format-1.trace.yaml', import.meta.url), 'utf8');
const TRACE = readTrace(TRACE_TEXT);
const SCHEMA = 'trace-2.schema.json';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cowcheck-files-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

const at = (...names: string[]): string => join(folder, ...names);
function file(name: string, content: string | Uint8Array): string {
  writeFileSync(at(name), content);
  return at(name);
}

/** What a FileError says after the file's name: where, if it knows, as in `12:5: `, and what. It must be of one line. */
function errorOf(path: string, act: () => unknown): string {
  try {
    act();
  } catch (error) {
    if (!(error instanceof FileError)) throw error;
    expect(error.message).not.toMatch(/[\n\r]/);
    expect(error.message.startsWith(`${path}:`)).toBe(true);
    return error.message.slice(path.length + 1).trimStart();
  }
  throw new Error('there was no error');
}

describe('readTextFile', () => {
  const read = (path: string): string => readTextFile(path, 1_000);

  it('reads a text, as it is', () => {
    expect(read(file('a', 'one\r\ntwo\n'))).toBe('one\r\ntwo\n');
    expect(read(file('b', 'größer 🐄\n'))).toBe('größer 🐄\n');
    expect(read(file('c', ''))).toBe('');
    expect(read(file('d', 'x'.repeat(1_000)))).toHaveLength(1_000);
  });

  it('reads through a link', () => {
    file('a', 'text');
    symlinkSync('a', at('link'));
    expect(read(at('link'))).toBe('text');
  });

  it.each<[about: string, make: (path: string) => void, says: string]>([
    ['a file that is not there', () => {}, 'no such file'],
    ['a folder', (path) => mkdirSync(path), 'it is a directory'],
    ['a link to nothing', (path) => symlinkSync('nothing', path), 'no such file'],
    ['a FIFO that nobody writes to', (path) => void execFileSync('mkfifo', [path]), 'it is not a regular file'],
    ['a file that is too long', (path) => writeFileSync(path, 'x'.repeat(1_001)), 'it is 1 MiB long; at most '],
    ['what is no UTF-8', (path) => writeFileSync(path, Uint8Array.of(0x74, 0xff, 0xfe)), '1: it is not text: expected UTF-8'],
    ['text that ends within a character', (path) => writeFileSync(path, Uint8Array.of(0xc3)), '1: it is not text: expected UTF-8'],
    [
      'what is no UTF-8 further down',
      (path) => writeFileSync(path, Buffer.concat([Buffer.from('ü\n\n'), Uint8Array.of(0xff), Buffer.from('\nü\n')])),
      '3: it is not text: expected UTF-8',
    ],
    ['a link to itself', (path) => symlinkSync('thing', path), 'it cannot be read (ELOOP)'],
  ])('says in one line what is wrong with %s', (_, make, says) => {
    make(at('thing'));
    expect(errorOf(at('thing'), () => read(at('thing')))).toContain(says);
  });

  it('says so where a folder on the way is none', () => {
    file('a', 'text');
    expect(errorOf(at('a', 'b'), () => read(at('a', 'b')))).toBe('no such directory');
    expect(errorOf(at('no', 'b'), () => read(at('no', 'b')))).toBe('no such file');
    expect(errorOf('/dev/null', () => read('/dev/null'))).toBe('it is not a regular file');
  });

  it('is not drawn into a file of terabytes', () => {
    truncateSync(file('huge', ''), 2 ** 40);
    expect(errorOf(at('huge'), () => readTextFile(at('huge'), 2 ** 20))).toBe('it is 1048576 MiB long; at most 1 MiB are read');
  });

  it.skipIf(process.getuid?.() === 0)('says so where it may not', () => {
    chmodSync(file('secret', 'text'), 0);
    expect(errorOf(at('secret'), () => read(at('secret')))).toBe('permission denied');
  });

  it('says it in one line of bounded length, whatever the name', () => {
    expect(() => read(at('a\nb'))).toThrow(/^[^\n]*$/);
    expect(() => read(at('a\u001B[2Jb'))).toThrow(/a\\u001b\[2Jb: no such file$/);
    expect(errorOf("''", () => read(''))).toBe('no such file');
    expect(() => read('x'.repeat(100_000))).toThrow(/^x{60}\.\.\.: the file name is too long$/);
  });

  it('names the line of what is no UTF-8 however long the text', () => {
    const lines = Buffer.from(`${'x'.repeat(70_000)}\n${'ü\n'.repeat(100_000)}`);
    const path = file('long', Buffer.concat([lines, Uint8Array.of(0xc3), lines]));
    expect(errorOf(path, () => readTextFile(path, 2 ** 20))).toBe('100002: it is not text: expected UTF-8');
  });
});

describe('loadTrace', () => {
  it('reads a trace', () => {
    expect(loadTrace(file('a.trace.yaml', TRACE_TEXT))).toEqual(TRACE);
  });

  it('names the file and what is wrong with what it says', () => {
    const load = (path: string): string => errorOf(path, () => loadTrace(path));
    expect(load(file('a', ''))).toBe('1:1: not a trace: the key "trace" is missing (a trace has "trace: 2")');
    expect(load(file('b', TRACE_TEXT.replace('trace: 1', 'trace: 7')))).toBe(
      '1:8: format 7 is too new for this cowcheck, which reads formats up to 2: update cowcheck',
    );
    expect(load(file('c', TRACE_TEXT.replace('write: [3, 2]', 'write: [9, 2]')))).toBe(
      '23:7: scenario: g4 asks for sectors 9 to 10 of a disk of 10 sectors',
    );
    expect(load(file('d', `${TRACE_TEXT}colour: red\n`))).toBe('84:1: at the top: unknown key "colour"');
    expect(load(at('e'))).toBe('no such file');
    expect(load(folder)).toBe('it is a directory');
  });

  it('reads no more than a trace can have', () => {
    truncateSync(file('long', ''), 40 * 2 ** 20);
    expect(errorOf(at('long'), () => loadTrace(at('long')))).toBe('it is 40 MiB long; at most 32 MiB are read');
  });
});

describe('saveTrace', () => {
  it('writes a trace under a name that says what it is about, into a folder that it makes', () => {
    const path = saveTrace(TRACE, at('new', 'deep'));
    expect(relative(folder, path)).toMatch(/^new\/deep\/top-drainBeforeUnhook-[0-9a-f]{8}\.trace\.yaml$/);
    expect(readFileSync(path, 'utf8')).toBe(writeTraceFile(TRACE, SCHEMA));
    expect(loadTrace(path)).toEqual(TRACE);
  });

  it('puts the schema beside it that its first line names, once, and takes it away with the last trace', () => {
    const [first, second] = [saveTrace(TRACE, folder), saveTrace({ ...TRACE, cause: [] }, folder)];
    const before = statSync(at(SCHEMA)).ino;
    expect(readFileSync(at(SCHEMA), 'utf8')).toBe(jsonSchemaText());
    saveTrace(TRACE, folder);
    expect(statSync(at(SCHEMA)).ino).toBe(before);
    writeFileSync(at(SCHEMA), '{"title": "of an earlier cowcheck"}');
    saveTrace(TRACE, folder);
    expect(readFileSync(at(SCHEMA), 'utf8')).toBe(jsonSchemaText());
    removeTrace(first);
    expect(existsSync(at(SCHEMA))).toBe(true);
    removeTrace(second);
    expect(readdirSync(folder)).toEqual([]);
  });

  it('saves a trace where its schema can not be written', () => {
    mkdirSync(at(SCHEMA));
    expect(loadTrace(saveTrace(TRACE, folder))).toEqual(TRACE);
  });

  it('gives the same name to the same trace, and another one to another', () => {
    const path = saveTrace(TRACE, folder);
    expect(saveTrace(TRACE, folder)).toBe(path);
    const other = saveTrace({ ...TRACE, minimal: 'not tried' }, folder);
    expect(other).not.toBe(path);
    const [two, none] = [
      saveTrace({ ...TRACE, cause: ['copyBeforeWrite', 'wakeWaiters'] }, folder),
      saveTrace({ ...TRACE, cause: [] }, folder),
    ];
    expect(relative(folder, two)).toMatch(/^top-copyBeforeWrite\+wakeWaiters-/);
    expect(relative(folder, none)).toMatch(/^top-snapshot-kept-/);
    expect(readdirSync(folder).toSorted()).toEqual([...[path, other, two, none].map((p) => relative(folder, p)), SCHEMA].toSorted());
  });

  it('says in one line that it could not, and leaves nothing behind', () => {
    const name = relative(folder, saveTrace(TRACE, folder));
    mkdirSync(at('there', name), { recursive: true }); // a folder by the name of the trace
    expect(errorOf(at('there', name), () => saveTrace(TRACE, at('there')))).toMatch(/^cannot be written \(\w+\)$/);
    expect(readdirSync(at('there'))).toEqual([name]);
    expect(readdirSync(at('there', name))).toEqual([]);
  });

  it.skipIf(!existsSync('/proc/self'))('says so where no folder can be made', () => {
    expect(() => saveTrace(TRACE, '/proc/self/no/where')).toThrow(/^\/proc\/self\/no\/where\/top-.*: cannot be written \(\w+\)$/);
  });

  it('says so where the folder is a file', () => {
    const name = relative(folder, saveTrace(TRACE, folder));
    file('taken', 'text');
    expect(errorOf(at('taken', name), () => saveTrace(TRACE, at('taken')))).toMatch(/^cannot be written \(\w+\)$/);
    expect(errorOf(at('taken', 'deeper', name), () => saveTrace(TRACE, at('taken', 'deeper')))).toMatch(/^cannot be written \(\w+\)$/);
    expect(readFileSync(at('taken'), 'utf8')).toBe('text');
  });

  it.skipIf(process.getuid?.() === 0)('says so where the folder is not writable', () => {
    mkdirSync(at('mine'));
    chmodSync(at('mine'), 0o500);
    expect(() => saveTrace(TRACE, at('mine'))).toThrow(FileError);
    expect(readdirSync(at('mine'))).toEqual([]);
  });

  it('takes a short name for many causes, which together would be too long for one', () => {
    const path = saveTrace({ ...TRACE, cause: RULE_NAMES }, folder);
    expect(relative(folder, path)).toMatch(new RegExp(`^top-${RULE_NAMES[0]}\\+${RULE_NAMES.length - 1}-more-[0-9a-f]{8}\\.trace\\.yaml$`));
  });

  it('removes what somebody left who was killed while writing, but nothing that is being written', () => {
    const [old, young, other] = ['a.trace.yaml.1.unfinished', 'b.trace.yaml.2.unfinished', 'c.trace.yaml'].map((name) =>
      file(name, 'trac'),
    );
    for (const path of [old!, other!]) utimesSync(path, new Date(0), new Date(0));
    saveTrace(TRACE, folder);
    expect([old!, young!, other!].map((path) => existsSync(path))).toEqual([false, true, true]);
  });

  it('replaces what stood there as a whole', () => {
    const path = saveTrace(TRACE, folder);
    const before = statSync(path).ino;
    writeFileSync(path, 'half');
    saveTrace(TRACE, folder);
    expect(readFileSync(path, 'utf8')).toBe(writeTraceFile(TRACE, SCHEMA));
    expect(statSync(path).ino).not.toBe(before); // renamed into place, not written over
    expect(readdirSync(folder).toSorted()).toEqual([relative(folder, path), SCHEMA]);
  });
});

describe('keepTrace', () => {
  const EDITED = `# seen on a Monday\n${TRACE_TEXT.replace('wake: qemu', 'wake:    "qemu"')}`;

  it('moves a trace into the corpus, formatted canonically, in the newest format', () => {
    const path = file('some.trace.yaml', EDITED);
    const kept = keepTrace(path, at('corpus', 'found'));
    expect(kept).toBe(at('corpus', 'found', 'some.trace.yaml'));
    expect(readFileSync(kept, 'utf8')).toBe(writeTraceFile(TRACE, SCHEMA));
    expect(readFileSync(at('corpus', 'found', SCHEMA), 'utf8')).toBe(jsonSchemaText());
    expect(existsSync(path)).toBe(false);
  });

  it('formats one that is in the corpus already, where it is', () => {
    const path = file('some.trace.yaml', EDITED);
    expect(keepTrace(path, folder)).toBe(path);
    expect(readFileSync(path, 'utf8')).toBe(writeTraceFile(TRACE, SCHEMA));
  });

  it('keeps it, by whatever name it is called', () => {
    const path = file('some.trace.yaml', EDITED);
    keepTrace(`${folder}/./some.trace.yaml`, folder);
    expect(existsSync(path)).toBe(true);
  });

  it('moves nothing that it cannot read', () => {
    const path = file('some.trace.yaml', `${TRACE_TEXT}colour: red\n`);
    expect(errorOf(path, () => keepTrace(path, at('corpus')))).toBe('84:1: at the top: unknown key "colour"');
    expect(existsSync(path)).toBe(true);
    expect(existsSync(at('corpus'))).toBe(false);
    expect(errorOf(at('none'), () => keepTrace(at('none'), at('corpus')))).toBe('no such file');
  });

  it('leaves a trace where it is if it cannot be written', () => {
    const path = file('some.trace.yaml', EDITED);
    mkdirSync(at('corpus', 'some.trace.yaml'), { recursive: true });
    expect(errorOf(at('corpus', 'some.trace.yaml'), () => keepTrace(path, at('corpus')))).toMatch(/^cannot be written/);
    expect(readFileSync(path, 'utf8')).toBe(EDITED);
    expect(readdirSync(at('corpus'))).toEqual(['some.trace.yaml']);
  });

  it('does not lose another trace of the same name', () => {
    mkdirSync(at('corpus'));
    writeFileSync(
      at('corpus', 'some.trace.yaml'),
      TRACE_TEXT.replace('drainBeforeUnhook]\nwake', 'drainBeforeUnhook]\n# mine\nwake').replace('run: 419', 'run: 7'),
    );
    const path = file('some.trace.yaml', EDITED);
    try {
      keepTrace(path, at('corpus'));
    } catch (error) {
      expect(error).toBeInstanceOf(FileError);
    }
    const all = readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.yaml'))
      .map((name) => readFileSync(at(name), 'utf8'));
    expect(all.some((text) => text.includes('run: 7'))).toBe(true);
  });

  it('never writes what it could not read again', () => {
    const path = file('some.trace.yaml', TRACE_TEXT.replace('got: s6.g5', 'got: "null"'));
    const kept = keepTrace(path, at('corpus'));
    expect(loadTrace(kept).verdict?.got).toBe('null');
  });
});

describe('loadWorkload', () => {
  const example = (name: string): string => new URL(`../../../examples/workloads/${name}`, import.meta.url).pathname;

  const requestsOf = async (path: string): Promise<number> => (await loadWorkload(path))!.requests.length;
  async function refusal(path: string): Promise<string> {
    const error = await loadWorkload(path).catch((thrown: unknown) => thrown);
    return errorOf(path, () => {
      throw error;
    });
  }

  it('reads a log, and says what is wrong in one line that names file and line', async () => {
    expect(await requestsOf(example('ext4-sqlite.nbdkit.log'))).toBeGreaterThan(100);
    expect(await refusal(file('a.log', 'this is no log\n'))).toMatch(/^1: expected a log of/);
    expect(await refusal(at('none'))).toBe('no such file');
    truncateSync(file('long', ''), 2 ** 30 + 1);
    expect(await refusal(at('long'))).toBe('it is 1025 MiB long; at most 1024 MiB are read');
  });

  it('reads it block by block, tells how far it is, and stops when it is told to', async () => {
    const lines = Array.from({ length: 120_000 }, (_, i) => `${i} d.img write ${4096 * i} 4096\n`);
    const path = file('blocks', `\uFEFFfio version 3 iolog\n0 d.img add\n0 d.img open\n${lines.join('')}`);
    const told: number[] = [];
    expect((await loadWorkload(path, (read, size) => told.push(read / size)))!.requests).toHaveLength(lines.length);
    expect(told.length).toBeGreaterThan(3);
    expect(told).toEqual(told.toSorted((a, b) => a - b));
    expect(told.at(-1)).toBe(1);
    let asked = 0;
    expect(await loadWorkload(path, undefined, () => ++asked > 2)).toBeNull();
    expect(asked).toBe(3);
  });

  it('unpacks one of gzip, also if it is cut off, and no more of it than of any other', async () => {
    const text = readFileSync(example('ext4-sqlite.nbdkit.log'), 'utf8');
    const packed = gzipSync(text);
    const plain = await loadWorkload(file('plain.log', text));
    expect(await loadWorkload(file('packed.log.gz', packed))).toEqual(plain);
    const cut = await loadWorkload(file('cut.log.gz', packed.subarray(0, packed.length >> 1)));
    expect(cut!.requests.length).toBeGreaterThan(10);
    expect(cut!.requests.length).toBeLessThan(plain!.requests.length);
    await expect(loadWorkload(file('none.gz', Uint8Array.of(0x1f, 0x8b, 1, 2, 3)))).rejects.toThrow(
      /none\.gz: it looks like gzip, but cannot be unpacked$/,
    );
    const readAll = async (blocks: AsyncIterable<unknown>): Promise<void> => {
      for await (const _ of blocks);
    };
    const bomb = readTextBlocks(file('bomb.gz', gzipSync(Buffer.alloc(2 ** 24, 'a\n'))), 2 ** 20);
    await expect(readAll(bomb)).rejects.toThrow(/bomb\.gz: it is larger than 1 MiB when unpacked, the most that is read$/);
  });

  it('names the line that is no text, in whichever block', async () => {
    const lines = 'x'.repeat(1023).concat('\n');
    const path = file('broken', '');
    writeFileSync(path, Buffer.concat([Buffer.from(lines.repeat(3000)), Uint8Array.of(0xc3, 0x28), Buffer.from('\n')]));
    expect(await refusal(path)).toBe('3001: it is not text: expected UTF-8');
  });

  it('knows by what a file says in which of two formats it is, whatever its name', async () => {
    expect(await requestsOf(example('oltp.fio.iolog'))).toBe(400);
    expect(await requestsOf(file('a.log', 'fio version 2 iolog\nd.img add\nd.img open\nd.img sync 0 0\n'))).toBe(1);
    const says = async (text: string): Promise<string> => (await refusal(file('b', text))).replace(/^1: /, '');
    expect(await says('fio version 9 iolog\n')).toBe('found a fio iolog of version 9, expected version 2 or 3');
    expect(await says('2026-11-23 04:25:14 connection=1 Connect tls=0\n')).toBe(
      'found Connect without size=, expected bytes in hexadecimal, such as size=0x1000',
    );
    const either = 'expected a log of nbdkit\'s log filter or a fio iolog ("fio version 2 iolog" or "fio version 3 iolog")';
    expect(await says('trace: 1\n')).toBe(either);
    expect(await says(' \n')).toBe(`found an empty file, ${either}`);
  });
});
