/** Reporters as a user asks for them: to standard output and to files, of check and of replay. */
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { GOLDEN, type Ran, runHere } from '../testing.ts';

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'cowcheck-reporting-'))));
afterEach(() => rmSync(folder, { recursive: true }));

const BROKEN = 'check --mode none --without cancelWakesParkedJob --runs 200 --seed a --prove-seconds 0 --workers 1'.split(' ');
const cowcheck = (...args: readonly string[]): Promise<Ran> => runHere(args, { cwd: folder });
const written = (name: string): string => readFileSync(join(folder, name), 'utf8');

it('writes each to its file, and text where it is', async () => {
  const files = ['json=a.json', 'ndjson=a.ndjson', 'junit=a.xml', 'sarif=a.sarif', 'tap=a.tap', 'html=a.html', 'text=a.txt'];
  const { status, out } = await cowcheck(...BROKEN, ...files.flatMap((file) => ['--reporter', file]), '--reporter', 'github');
  expect(status).toBe(1);
  expect(out).toContain('1. property always-finishes is broken in mode NONE');
  expect(out).toMatch(/\n::error file=cowcheck-traces\/none-[^\n]+npx cowcheck replay cowcheck-traces\/none-/);
  expect(out).toContain(written('a.txt'));
  const json = JSON.parse(written('a.json')) as Record<string, unknown>;
  expect(json).toMatchObject({ verdict: 'broken', cowcheck: expect.stringMatching(/^\d+\.\d+\.\d+/), duration: expect.any(Number) });
  expect(written('a.xml')).toContain('<testsuite name="check correct" tests="1" failures="1" errors="0"');
  expect(written('a.tap')).toContain('not ok 1 - check correct, NONE: always-finishes (cancelWakesParkedJob)\n');
  expect(JSON.parse(written('a.sarif'))).toMatchObject({ runs: [{ results: [{ ruleId: 'always-finishes' }] }] });
  expect(written('a.html')).toContain('without cancelWakesParkedJob');
  expect(written('a.ndjson').trimEnd().split('\n').at(-1)).toMatch(/^\{"event":"end",/);
});

it('prints nothing else where a reporter has standard output', async () => {
  const { out } = await cowcheck(...BROKEN, '--reporter', 'tap');
  expect(out).toMatch(/^TAP version 14\n1\.\.1\n/);
});

it('of a search that holds prints nothing with --quiet, and every situation with --verbose', async () => {
  const holds = ['check', '--mode', 'full', '--runs', '60', '--seed', 'a', '--workers', '1'];
  expect(await cowcheck(...holds, '--quiet')).toEqual({ status: 0, out: '', err: '' });
  expect((await cowcheck(...holds, '--verbose')).out).toMatch(/ runs {2}a guest copied a cluster before it wrote\n/);
});

it('of a replay has a case for each trace', async () => {
  const { status, out } = await cowcheck('replay', GOLDEN, '--reporter', 'tap');
  expect({ status, out }).toEqual({ status: 0, out: `TAP version 14\n1..1\nok 1 - replay, ${GOLDEN}\n` });
});

it('refuses what can not be, before anything runs', async () => {
  mkdirSync(join(folder, 'here'));
  for (const [args, says] of [
    [['--json', '--reporter', 'tap'], /^cowcheck: only one of --reporter json and tap can write to standard output/],
    [['--quiet', '--verbose'], /^cowcheck: options '--quiet' and '--verbose' cannot be used together\./],
    [['--reporter', 'junit=here'], /^cowcheck: here: it is a directory\n$/],
  ] as const) {
    const { status, out, err } = await cowcheck('check', ...args);
    expect({ status, out }).toEqual({ status: 2, out: '' });
    expect(err).toMatch(says);
  }
  expect(readdirSync(folder)).toEqual(['here']);
});

it('ends with 2 where all holds and a report is lost', async () => {
  const { status, err } = await cowcheck('replay', GOLDEN, '--reporter', 'junit=/proc/a.xml');
  expect(err).toMatch(/^cowcheck: \/proc\/a\.xml: [^\n]+\n$/);
  expect(status).toBe(2);
});
