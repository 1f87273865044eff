/** The test runner of a project: what its package.json names. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { testRunnerOf } from './test-runner.ts';

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'cowcheck-runner-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const manifest = (text: string, at = folder): void => writeFileSync(join(at, 'package.json'), text);

it('is the one that the package.json beside a test, or the next one above it, depends on', () => {
  const tests = join(folder, 'packages/mine');
  mkdirSync(tests, { recursive: true });
  manifest('{"devDependencies":{"typescript":"6","jest":"30"}}');
  expect(testRunnerOf(tests)).toBe('jest');
  manifest('{"dependencies":{"vitest":"4"}}', tests);
  expect(testRunnerOf(tests)).toBe('vitest');
  manifest('{"name":"mine"}', tests);
  expect(testRunnerOf(tests)).toBe('jest');
});

it.each(['{}', '{"scripts":{"test":"node --test"}}', '{', 'null', '{"dependencies":null,"devDependencies":5}', '"jest"'])(
  'is that of node where none is named: %s',
  (text) => {
    manifest(text);
    expect(testRunnerOf(folder)).toBe('node');
  },
);

it('is that of node where package.json can not be read', () => {
  mkdirSync(join(folder, 'package.json'));
  expect(testRunnerOf(folder)).toBe('node');
});
