/** Files that were edited by hand: formatted, and checked. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type Ran, runHere } from '../testing.ts';

const CANONICAL = fileURLToPath(new URL('../../../../traces/gallery/drainBeforeUnhook.trace.yaml', import.meta.url));
const TEXT = readFileSync(CANONICAL, 'utf8');

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'cowcheck-trace-'))));
afterEach(() => rmSync(folder, { recursive: true }));

const trace = (...args: readonly string[]): Promise<Ran> => runHere(['trace', ...args], { cwd: folder });
const write = (text: string): void => writeFileSync(join(folder, 'a.trace.yaml'), text);
const read = (): string => readFileSync(join(folder, 'a.trace.yaml'), 'utf8');

it('says nothing of a file that is as cowcheck writes it', async () => {
  write(TEXT);
  expect(await trace('fmt', 'a.trace.yaml')).toEqual({ status: 0, out: '', err: '' });
  expect(await trace('check', 'a.trace.yaml')).toEqual({ status: 0, out: 'reproduced  a.trace.yaml\n', err: '' });
  expect(read()).toBe(TEXT);
});

it('formats one that was edited, which runs as before', async () => {
  write(`# a note\n\n${TEXT}`);
  expect(await trace('check', 'a.trace.yaml')).toEqual({ status: 1, out: 'not formatted, reproduced  a.trace.yaml\n', err: '' });
  expect(await trace('fmt', 'a.trace.yaml')).toEqual({ status: 0, out: 'formatted  a.trace.yaml\n', err: '' });
  expect(read()).toBe(TEXT);
});

it('says of one that does not end as it says how it ends', async () => {
  write(TEXT.replace('s0.g2\n  - g2: write.done', 's0.g1\n  - g2: write.done'));
  const { status, out } = await trace('check', 'a.trace.yaml', '--json');
  expect(status).toBe(1);
  expect(JSON.parse(out)).toEqual([{ trace: 'a.trace.yaml', formatted: true, outcome: 'diverged' }]);
});

it('writes nothing if one of them can not be read', async () => {
  write(`# a note\n${TEXT}`);
  const { status, err } = await trace('fmt', 'a.trace.yaml', 'b.trace.yaml');
  expect({ status, err }).toEqual({ status: 2, err: 'cowcheck: b.trace.yaml: no such file\n' });
  expect(read()).toMatch(/^# a note/);
  expect((await trace('ftm', 'a.trace.yaml')).err).toContain('fmt, check');
});

it('records what the steps of an edited trace show, and how it ends', async () => {
  write(
    TEXT.replace(/ -> s0\.g2$/gm, ' -> something')
      .replace(/^verdict: .*(?:\n {2}.*)*/m, 'verdict: holds')
      .replace(/^(?:cause|minimal|found):.*\n/gm, ''),
  );
  expect(await trace('record', 'a.trace.yaml')).toEqual({ status: 0, out: 'snapshot-kept breaks at step 13  a.trace.yaml\n', err: '' });
  const bare = (text: string): string => text.replace(/^(?:minimal|found):.*\n/gm, '');
  expect(bare(read())).toBe(bare(TEXT));
  expect(JSON.parse((await trace('record', 'a.trace.yaml', '--json')).out)).toEqual([
    { trace: 'a.trace.yaml', changed: false, property: 'snapshot-kept' },
  ]);
});

it('goes on to the end behind the last step, and says that nothing breaks', async () => {
  write(
    TEXT.replace('without: [drainBeforeUnhook]', '')
      .replace(/^schedule:\n(?: {2}- .*\n)*/m, 'schedule: []\n')
      .replace(/^verdict: .*(?:\n {2}.*)*/m, 'verdict: holds')
      .replace(/^(?:cause|minimal|found):.*\n/gm, ''),
  );
  expect(await trace('record', 'a.trace.yaml')).toMatchObject({ status: 0, out: 'nothing breaks  a.trace.yaml\n' });
  expect(await trace('check', 'a.trace.yaml')).toMatchObject({ status: 0 });
});

it('drops what comes behind the step that breaks a property', async () => {
  write(TEXT.replace(/\nverdict:/, '\n  - g1: copy.done c0\n  - job: close\nverdict:'));
  expect(await trace('record', 'a.trace.yaml')).toMatchObject({ status: 0, out: 'snapshot-kept breaks at step 13  a.trace.yaml\n' });
  expect(read()).not.toContain('job: close');
});

it('says which step can not run, and writes nothing', async () => {
  const wrong = TEXT.replace(/^( {2}- job: )(?!start).*$/m, '$1close');
  write(wrong);
  const { status, err } = await trace('record', 'a.trace.yaml');
  expect(status).toBe(2);
  expect(err).toMatch(/^cowcheck: a\.trace\.yaml: step \d+ \("job: close"\) cannot run there; runnable: .+\n$/);
  expect(read()).toBe(wrong);
});
