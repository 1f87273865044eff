import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { textsWith } from './build.ts';
import { inCache } from './cache.ts';
import { NotApplied } from './edit.ts';
import { writeTree } from './sources.ts';

let cache: string;
beforeEach(() => {
  cache = mkdtempSync(join(tmpdir(), 'cc-builds-'));
  vi.stubEnv('XDG_CACHE_HOME', cache);
  mkdirSync(inCache('tree/block'), { recursive: true });
  writeFileSync(inCache('tree/block/a.c'), 'lock();\n');
  writeFileSync(inCache('tree/block/b.c'), 'read();\n');
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(cache, { recursive: true, force: true });
});

const tree = (): string[] => ['a', 'b'].map((name) => readFileSync(inCache(`tree/block/${name}.c`), 'utf8').trim());
const edit = (file: string, was: string, is: string) => ({ name: 'some', changes: [{ file: `block/${file}.c`, was, is }] });

it('of one edit nothing is left in the tree when the next one is made', () => {
  writeTree(textsWith([edit('a', 'lock', 'unlock')]));
  expect(tree()).toEqual(['unlock();', 'read();']);
  writeTree(textsWith([edit('b', 'read', 'write')]));
  expect(tree()).toEqual(['lock();', 'write();']);
  writeTree(textsWith([]));
  expect(tree()).toEqual(['lock();', 'read();']);
});

it('an edit is made of the text as QEMU has it, even while the tree has another', () => {
  writeTree(textsWith([edit('a', 'lock', 'unlock')]));
  expect(textsWith([edit('a', 'lock();', 'wait();')]).get('block/a.c')).toBe('wait();\n');
});

it('a file that stays as it is keeps its time, so that it is not compiled again', () => {
  writeTree(textsWith([edit('a', 'lock', 'unlock')]));
  utimesSync(inCache('tree/block/a.c'), 1, 1);
  writeTree(textsWith([edit('a', 'lock', 'unlock'), edit('b', 'read', 'write')]));
  expect(statSync(inCache('tree/block/a.c')).mtimeMs).toBe(1000);
  expect(tree()).toEqual(['unlock();', 'write();']);
});

it('an edit that does not fit leaves the tree alone', () => {
  expect(() => textsWith([edit('a', 'lock', 'unlock'), edit('b', 'lock', 'unlock')])).toThrow(NotApplied);
  expect(tree()).toEqual(['lock();', 'read();']);
});
