/** `--reporter ndjson`: each event when it happens, as the command writes it. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { GOLDEN, INTERRUPTED, run, runHere } from '../testing.ts';

let folder: string;
beforeAll(() => (folder = mkdtempSync(join(tmpdir(), 'cowcheck-events-'))));
afterAll(() => rmSync(folder, { recursive: true }));

type Event = Record<string, unknown> & { readonly event: string };
const eventsIn = (text: string): Event[] =>
  text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Event);

const BROKEN = 'check --mode none --without cancelWakesParkedJob --runs 200 --seed a --prove-seconds 0 --workers 1'.split(' ');

it('of a search are its start, a failure as it was found and as it became, and its end', async () => {
  const { status, out } = await runHere([...BROKEN, '--reporter', 'ndjson'], { cwd: folder });
  const events = eventsIn(out).filter(({ event }) => event !== 'progress');
  expect(status).toBe(1);
  expect(events.map(({ event }) => event)).toEqual(['start', 'found', 'failure', 'end']);
  const [start] = events;
  expect(start).toMatchObject({
    name: 'check correct',
    scope: expect.stringMatching(/^up to 4 clusters/),
    options: { seed: 'a', runs: 200 },
  });
  const [found, failure, end] = events.slice(-3);
  expect(found).toMatchObject({ property: 'always-finishes', cause: ['cancelWakesParkedJob'], mode: 'none' });
  expect(failure).toMatchObject({ property: 'always-finishes', sentence: expect.any(String) });
  expect(failure!['steps']).toBeLessThanOrEqual(found!['steps'] as number);
  expect(end).toMatchObject({ verdict: 'broken', duration: expect.any(Number), byMode: { none: { verdict: 'broken' } } });
  expect(Object.keys(end!)).not.toContain('failures');
});

it('of a proof tell how far it is', async () => {
  const scope = '--exhaustive --mode none --clusters 1 --writes 1 --cluster-sectors 1 --workers 1'.split(' ');
  const { out } = await runHere(['check', ...scope, '--reporter', 'ndjson'], { cwd: folder });
  const [start, progress, ...rest] = eventsIn(out);
  expect(start).toMatchObject({ event: 'start', name: 'check correct --exhaustive', scope: expect.stringMatching(/^NONE: every disk/) });
  expect(progress).toMatchObject({ event: 'progress', scenarios: expect.any(Number), states: expect.any(Number), failures: 0 });
  expect(rest.at(-1)).toMatchObject({ event: 'end', verdict: 'holds', complete: true });
});

it('of a replay are a case for each trace', async () => {
  const { out } = await runHere(['replay', GOLDEN, GOLDEN, '--reporter', 'ndjson'], { cwd: folder });
  expect(eventsIn(out).map(({ event }) => event)).toEqual(['start', 'case', 'case', 'end']);
});

// The search has a thousand million runs to go when its first line ends it.
it('come before the end', { timeout: 60_000 }, async () => {
  const endless = ['check', '--runs', '1000000000', '--seed', 'a', '--workers', '1', '--reporter', 'ndjson'];
  const { status, out } = await run(endless, { cwd: folder, interrupt: { at: /"event":"start"/, signal: 'SIGINT' } });
  expect(status).toBe(INTERRUPTED);
  expect(eventsIn(out).at(-1)).toMatchObject({ event: 'end', verdict: 'unfinished' });
});

it('go to a file as well; one that can not be written is told at the end', async () => {
  const replay = (file: string): ReturnType<typeof runHere> => runHere(['replay', GOLDEN, '--reporter', `ndjson=${file}`], { cwd: folder });
  expect((await replay('a.ndjson')).status).toBe(0);
  expect(eventsIn(readFileSync(join(folder, 'a.ndjson'), 'utf8'))).toHaveLength(3);
  expect(await replay('/proc/a')).toMatchObject({ status: 2, err: 'cowcheck: /proc/a: cannot be written (ENOENT)\n' });
  mkdirSync(join(folder, 'here'));
  expect(await replay('here')).toMatchObject({ status: 2, out: '', err: 'cowcheck: here: it is a directory\n' });
});
