import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseFioIolog } from './fio-iolog.ts';
import { type GuestLog, LogError } from './guest-log.ts';
import { LINE_MAX, LogReader } from './log-reader.ts';
import { parseNbdkitLog } from './nbdkit-log.ts';

const example = (name: string): string => readFileSync(new URL(`../../examples/workloads/${name}`, import.meta.url), 'utf8');
const NBDKIT = example('ext4-sqlite.nbdkit.log');
const FIO = example('oltp.fio.iolog');

function read(...pieces: readonly string[]): GuestLog {
  const reader = new LogReader('a.log');
  for (const piece of pieces) reader.push(piece);
  return reader.finish();
}

const inPieces = (text: string, size: number): string[] =>
  Array.from({ length: Math.ceil(text.length / size) }, (_, i) => text.slice(i * size, (i + 1) * size));

describe('LogReader', () => {
  it('reads a log of either format, in whatever pieces it comes', () => {
    for (const size of [7, 1000, 1 << 20]) {
      expect(read(...inPieces(NBDKIT, size))).toEqual(parseNbdkitLog(NBDKIT, 'a.log'));
      expect(read(...inPieces(FIO, size))).toEqual(parseFioIolog(FIO, 'a.log'));
    }
  });

  it('leaves out a last line that is cut off, and says which', () => {
    expect(read(FIO.slice(0, -5)).cutLine).toBe(404);
    expect(read(NBDKIT.slice(0, 10_000)).cutLine).toBe(NBDKIT.slice(0, 10_000).split('\n').length);
    expect(read(NBDKIT).cutLine).toBeNull();
    expect(read(`${FIO}  `).cutLine).toBeNull();
  });

  const EITHER = 'a log of nbdkit\'s log filter or a fio iolog ("fio version 2 iolog" or "fio version 3 iolog")';
  it.each([
    ['nothing', '', `a.log:1: found an empty file, expected ${EITHER}`],
    ['blanks', ' \n\n ', `a.log:1: found an empty file, expected ${EITHER}`],
    ['something else', 'trace: 1\n', `a.log:1: expected ${EITHER}`],
    ['a line without an end', `x\n${'x'.repeat(LINE_MAX + 1)}`, `a.log:2: found a line of more than 65536 characters, expected ${EITHER}`],
    ['a long line', `x\n${'x'.repeat(LINE_MAX + 1)}\n`, `a.log:2: found a line of more than 65536 characters, expected ${EITHER}`],
  ])('refuses %s in one line', (_, text, message) => {
    expect(() => read(text)).toThrow(LogError);
    expect(() => read(text)).toThrow(message);
  });

  it('does not read on where so many lines were neither', () => {
    const reader = new LogReader('a.log');
    expect(() => reader.push('hello\n'.repeat(10_000))).not.toThrow();
    expect(() => reader.push('hello\n')).toThrow('a.log:1: expected a log of');
  });
});
